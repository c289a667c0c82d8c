"""An email that needs the owner: what happened and why. The server's own words stay under Details."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import assert_never

from crm.rules.addresses import suggest
from crm.rules.next_words import Sentence, say, strong
from crm.rules.sending import MessageKind, MessageState
from crm.rules.smtp_replies import DEAD_ADDRESS
from crm.rules.telling import clock, count_words, moment, on_day

UNSENDABLE = "the text can’t be sent"
"""How a refusal of our own begins, when a text could not be filled (flows/delivery)."""

_ANSWER = re.compile(r"([245])\d\d[ -]?(?:(\d\.\d{1,3}\.\d{1,3})\b)?")


class Trouble(StrEnum):
    """What keeps an email from being sent, and so which ways out there are."""

    BOUNCED = "bounced"
    REFUSED = "refused"
    UNSENDABLE = "unsendable"
    UNCERTAIN = "uncertain"
    DELAYED = "delayed"


@dataclass(frozen=True)
class TroubleFacts:
    """What is known about the email. `at`: when it failed or became uncertain; `due_at`: the next try."""

    kind: MessageKind
    state: MessageState
    name: str
    full_name: str
    address: str
    subject: str
    reply: str
    attempts: int
    at: datetime
    due_at: datetime
    follow_ups_held: bool = False
    follow_ups_ended: bool = False

    @property
    def trouble(self) -> Trouble:
        if self.state is MessageState.UNCERTAIN:
            return Trouble.UNCERTAIN
        if self.state is not MessageState.FAILED:
            return Trouble.DELAYED
        if self.reply.startswith(UNSENDABLE):
            return Trouble.UNSENDABLE
        return Trouble.BOUNCED if is_dead(self.reply) else Trouble.REFUSED

    @property
    def is_to_the_owner(self) -> bool:
        """A notice or a test: nobody waits for it."""
        return self.kind in (MessageKind.NOTICE, MessageKind.TEST)

    @property
    def meant(self) -> str | None:
        """The address that was probably meant, when this one bounced."""
        return suggest(self.address) if self.trouble is Trouble.BOUNCED else None


@dataclass(frozen=True)
class Told:
    """The trouble for the owner: one line, and the reason below it."""

    heading: str
    reason: Sentence


def is_dead(reply: str) -> bool:
    """Whether the server's answer says that nobody lives at the address (RFC 3463)."""
    found = _ANSWER.match(reply)
    return found is not None and found[2] in DEAD_ADDRESS


def tell(facts: TroubleFacts, now: datetime, zone: tzinfo) -> Told:
    """What to say about it. Nobody's pronoun is guessed."""
    match facts.trouble:
        case Trouble.BOUNCED:
            return Told(f"{_whose(facts)} bounced", _bounced(facts))
        case Trouble.REFUSED:
            refused = "The mail server refused it for good, so it isn’t tried again by itself."
            return Told(f"{_whose(facts)} was refused", say(f"{refused}{_held(facts)}"))
        case Trouble.UNSENDABLE:
            broken = "Something in its text can’t be filled in or sent."
            return Told(f"“{facts.subject}” can’t go to {facts.full_name}", say(f"{broken}{_held(facts)}"))
        case Trouble.UNCERTAIN:
            heading = f"We can’t tell if {facts.full_name} got “{facts.subject}”"
            return Told(heading, _uncertain(facts, now, zone))
        case Trouble.DELAYED:
            return Told(_delayed_heading(facts), _delayed(facts, now, zone))
        case _:
            assert_never(facts.trouble)


def _whose(facts: TroubleFacts) -> str:
    match facts.kind:
        case MessageKind.NOTICE:
            return "A notice to you"
        case MessageKind.TEST:
            return "Your test email"
        case MessageKind.STEP | MessageKind.REPLY | MessageKind.CALL | MessageKind.OFFER:
            return f"{facts.full_name}’s email"
        case _:
            assert_never(facts.kind)


def _bounced(facts: TroubleFacts) -> Sentence:
    domain = facts.address.rpartition("@")[2]
    if facts.meant:
        return say(f"There is no “{domain}”. Did they mean ", strong(facts.meant), f"?{_held(facts)}")
    return say("The mail server says that nobody has the address ", strong(facts.address), f".{_held(facts)}")


def _uncertain(facts: TroubleFacts, now: datetime, zone: tzinfo) -> Sentence:
    day = on_day(facts.at, now, zone)
    when = clock(facts.at, zone) if day == "today" else f"{clock(facts.at, zone)} {day}"
    dropped = f"The connection dropped at {when}, just after we handed it over."
    if facts.is_to_the_owner:
        return say(dropped)
    never = f"It isn’t sent again unless you say so, so {facts.name} never gets it twice."
    return say(f"{dropped} {never}")


def _delayed_heading(facts: TroubleFacts) -> str:
    to = "you" if facts.is_to_the_owner else facts.full_name
    if _ANSWER.match(facts.reply):
        return f"Your mail server turned away an email to {to}"
    return f"Your mail server didn’t take an email to {to}"


def _delayed(facts: TroubleFacts, now: datetime, zone: tzinfo) -> Sentence:
    said = "It said “try later”." if _ANSWER.match(facts.reply) else "It didn’t answer."
    again = moment(facts.due_at, now, zone).removeprefix("today ")
    return say(f"{said} We tried {_times(facts.attempts)} and try again {again}. Nothing to do yet.")


def _held(facts: TroubleFacts) -> str:
    if facts.follow_ups_ended:
        return f" {facts.name}’s follow-ups stopped."
    return f" {facts.name}’s follow-ups are on hold." if facts.follow_ups_held else ""


def _times(attempts: int) -> str:
    return {1: "once", 2: "twice"}.get(attempts, f"{count_words(attempts)} times")

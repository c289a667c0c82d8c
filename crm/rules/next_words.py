"""The sentences of the next box, one for each state (design/UI.md 5). Nobody's pronoun is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TypeAlias, assert_never

from crm.rules.next_facts import Because, NextEmail, NextFacts, PlaceOffered
from crm.rules.sending import StopReason, SuppressionReason
from crm.rules.stages import SCREEN_WORDS, Stage
from crm.rules.telling import clock, clock_there, day_of_year, day_words, moment, on_day, opening, until
from crm.rules.windows import Shift


@dataclass(frozen=True)
class Span:
    """A piece of a sentence; `strong` for times and subjects."""

    text: str
    strong: bool = False


Sentence: TypeAlias = tuple[Span, ...]

WHAT_STOPPED = {
    StopReason.REPLIED: "{name} wrote back",
    StopReason.ANSWERED: "You answered {name}",
    StopReason.CALLED: "You called {name}",
    StopReason.BOOKED: "{name} booked a call",
    StopReason.BOUNCED: "The email to {name} bounced",
    StopReason.UNSUBSCRIBED: "{name} unsubscribed",
}

STILL_YOURSELF = "You can still write yourself."


def say(*parts: str | Span) -> Sentence:
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def strong(text: str) -> Span:
    return Span(text, strong=True)


def planned(facts: NextFacts, email: NextEmail) -> Sentence:
    """When, who, what, and because of what, or why it goes later than its wait."""
    greeted = _already(facts, email)
    who = "they get" if greeted else f"{facts.name} gets"
    gets = (*greeted, *_when(email.due_at, facts), f"{who} ", strong(email.subject))
    if email.shift and email.wished_at and not email.by_hand:
        return say(*gets, f". It was due {was_due(email.wished_at, email.shift, facts.now, facts.zone)}.")
    return say(*gets, f", because {_because(facts, email)}.")


def asked(facts: NextFacts, email: NextEmail, expires_at: datetime) -> Sentence:
    """It goes only with the owner's yes: when, and until when he can say it."""
    limit = moment(expires_at, facts.now, facts.zone)
    if expires_at <= facts.now:
        return say("You were asked about ", strong(email.subject), f" until {limit}. It is left out now.")
    if email.due_at <= facts.now:
        late = say(f"{facts.name} gets ", strong(email.subject), " once you say yes, within your hours.")
        return (
            *late,
            Span(f" It was due {moment(email.due_at, facts.now, facts.zone)}; you can until {limit}."),
        )
    gets = say(*_when(email.due_at, facts), f"{facts.name} gets ", strong(email.subject), " if you say yes.")
    return (*gets, Span(f" You can until {limit}."))


def put_off(facts: NextFacts, email: NextEmail) -> Sentence:
    """It was tried, and the mail server wants it later."""
    again = say(*_when(email.due_at, facts), f"we try again to send {facts.name} ", strong(email.subject))
    return (*again, Span(", because the mail server hasn’t taken it yet. Nothing to do."))


def underway(facts: NextFacts, email: NextEmail) -> Sentence:
    return say(f"{facts.name} gets ", strong(email.subject), " right now.")


def uncertain(facts: NextFacts, email: NextEmail) -> Sentence:
    got = say(f"We can’t tell if {facts.name} got ", strong(email.subject))
    return (*got, Span(". It isn’t sent again unless you say so."))


def paused(facts: NextFacts) -> Sentence:
    since = f" You paused this {on_day(facts.paused_at, facts.now, facts.zone)}." if facts.paused_at else ""
    return say(f"Nothing goes to {facts.name} until you turn it back on.{since}")


def read_first(facts: NextFacts) -> Sentence:
    """Their words suggest danger: the acknowledgement goes with 988 first, the rest waits for the owner."""
    rest = f"Nothing else goes to {facts.name} until you say so."
    if facts.acknowledged:
        subject, sent_at = facts.acknowledged.subject, facts.acknowledged.sent_at
        at = _at(sent_at, facts)
        return say(f"{facts.name} got ", strong(subject), f" {at}, with 988 at the top. {rest}")
    if facts.email and facts.email.at_once:
        gets = say(*_when(facts.email.due_at, facts), f"{facts.name} gets ", strong(facts.email.subject))
        return (*gets, Span(f", with 988 at the top. {rest}"))
    return say(f"Nothing goes to {facts.name} until you say so, because this is one to read first.")


def everything_held(facts: NextFacts, email: NextEmail) -> Sentence:
    waits = say("You are holding everything. ", f"{facts.name} gets ", strong(email.subject))
    return (*waits, Span(" after you resume."))


def account_down() -> Sentence:
    return say(
        "Emails are waiting because the sending account isn’t answering. They go out in order when it is."
    )


def looks_like_spam(facts: NextFacts) -> Sentence:
    return say(f"Nothing goes to {facts.name}, because this looks like spam. Only you decide if it is.")


def place_offered(facts: NextFacts, place: PlaceOffered) -> Sentence:
    until_then = moment(place.ends_at, facts.now, facts.zone)
    return say(f"{facts.name} has until {until_then} to say yes to ", strong(place.words), ".")


def place_taken(facts: NextFacts, place: PlaceOffered) -> Sentence:
    return say(f"{facts.name} said yes to ", strong(place.words), ". It’s your turn to arrange it.")


def no_address(facts: NextFacts) -> Sentence:
    return say(f"No follow-ups: {facts.name} left no email address.")


def no_consent(facts: NextFacts) -> Sentence:
    return say(f"No follow-ups: {facts.name} asked for a personal answer only. {STILL_YOURSELF}")


def suppressed(facts: NextFacts, reason: SuppressionReason) -> Sentence:
    """Why this address gets nothing, whatever its sequence."""
    match reason:
        case SuppressionReason.UNSUBSCRIBED:
            return say(f"{facts.name} unsubscribed, so no follow-ups go out. {STILL_YOURSELF}")
        case SuppressionReason.BOUNCED:
            return say(f"The email to {facts.name} bounced, so nothing goes to that address.")
        case SuppressionReason.COMPLAINED:
            return say(f"{facts.name} reported an email as spam, so nothing goes to that address.")
        case SuppressionReason.ERASED:
            return say(
                f"What you had about {facts.name} was erased, so no follow-ups go out. {STILL_YOURSELF}"
            )
        case _:
            assert_never(reason)


def stopped(facts: NextFacts, reason: StopReason) -> Sentence:
    """What ended the follow-ups before their last email."""
    match reason:
        case StopReason.NO_CONSENT:
            return no_consent(facts)
        case StopReason.NO_ADDRESS:
            return no_address(facts)
        case StopReason.BY_HAND:
            return say(f"Nothing is planned. You stopped {facts.name}’s follow-ups.")
        case StopReason.OTHER_SEQUENCE | StopReason.MERGED:
            return say(f"Nothing is planned for {facts.name}.")
        case _:
            is_yours = reason is StopReason.REPLIED and facts.waits_for_you and not facts.is_answered
            turn = " It’s your turn." if is_yours else ""
            return say(f"{_what_stopped(facts, reason)}, so the follow-ups stopped.{turn}")


def closing(facts: NextFacts, closes_at: datetime) -> Sentence:
    """The last email has gone, and silence closes."""
    return say(
        f"Nothing is planned. Moves to Closed {on_day(closes_at, facts.now, facts.zone)}, with no email."
    )


def settled(facts: NextFacts) -> Sentence:
    """Nothing runs: where the person stands says why."""
    if facts.stage is Stage.CLIENT:
        return say(f"Nothing is planned. {facts.name} is a client.")
    if facts.stage in (Stage.CLOSED, Stage.WAITLISTED, Stage.REFERRED_OUT, Stage.SPAM):
        return say(f"Nothing is planned. {facts.name} is in {SCREEN_WORDS[facts.stage]}.")
    return say(f"Nothing is planned for {facts.name}.")


def was_due(wished_at: datetime, shift: Shift, now: datetime, zone: tzinfo) -> str:
    """When its wait ended, and why it goes later: Saturday, which is outside your hours."""
    day = day_words(wished_at, now, zone)
    match shift:
        case Shift.NIGHT:
            return f"{day} at {clock(wished_at, zone)}, which is outside your hours"
        case Shift.DAY_OFF:
            return f"{day}, which is outside your hours"
        case Shift.HOLIDAY:
            return f"{day}, which is a holiday"
        case Shift.AWAY:
            return f"{day}, when you are away"
        case Shift.PACE:
            return f"{day}, too soon after another one"
        case Shift.NOT_THERE:
            return f"{day}, when they said they would be away"
        case _:
            assert_never(shift)


def _already(facts: NextFacts, email: NextEmail) -> tuple[str | Span, ...]:
    """What they have already had, while the acknowledgement is all that has gone."""
    if facts.acknowledged is None or facts.is_answered or email.at_once:
        return ()
    return (
        f"{facts.name} got ",
        strong(facts.acknowledged.subject),
        f" {_at(facts.acknowledged.sent_at, facts)}. ",
    )


def on_their_clock(facts: NextFacts, email: NextEmail) -> str:
    """Said once where the person's clock shows another hour: That’s 8:30 am for Irene."""
    if facts.their_zone is None:
        return ""
    there = clock_there(email.due_at, facts.zone, facts.their_zone, facts.name)
    return f"That’s {there}. " if there else ""


def _when(due_at: datetime, facts: NextFacts) -> tuple[str | Span, ...]:
    left = due_at - facts.now
    if left < timedelta(minutes=1):
        return ("In a moment ",)
    if left < timedelta(hours=1):
        return (f"{until(due_at, facts.now)}, at ", strong(clock(due_at, facts.zone)), ", ")
    words = moment(due_at, facts.now, facts.zone)
    if words.startswith(("today", "tomorrow")):
        return (strong(opening(words)), " ")
    return ("On ", strong(words), " ")


def _at(instant: datetime, facts: NextFacts) -> str:
    """The time of something past: at 1:30 pm, yesterday at 1:30 pm, on March 2."""
    day = on_day(instant, facts.now, facts.zone)
    if day.startswith("on "):
        return day
    at = f"at {clock(instant, facts.zone)}"
    return at if day == "today" else f"{day} {at}"


def _because(facts: NextFacts, email: NextEmail) -> str:
    if email.by_hand:
        return "you said to send it now"
    match facts.because:
        case Because.REFERRED_OUT:
            return "you referred them to someone else"
        case Because.NO_SHOW:
            return f"you didn’t get to talk{_on_the_day(facts)}"
        case Because.BY_HAND:
            return "you started these follow-ups yourself"
        case Because.INQUIRY if email.at_once:
            return "everyone who writes gets an answer right away"
        case Because.INQUIRY | Because.ANSWERED:
            return _silence(facts)
        case _:
            assert_never(facts.because)


def _on_the_day(facts: NextFacts) -> str:
    return f" {on_day(facts.call_at, facts.now, facts.zone)}" if facts.call_at else ""


def _silence(facts: NextFacts) -> str:
    if facts.answered_at is None or not facts.is_answered:
        return "you haven’t answered yet and they haven’t booked a call"
    if facts.called_at and facts.called_at >= facts.answered_at:
        called_on = day_of_year(facts.called_at, facts.zone)
        return f"they haven’t written since your call of {called_on} or booked a call"
    answered_on = day_of_year(facts.answered_at, facts.zone)
    return f"they haven’t answered your reply of {answered_on} or booked a call"


def _what_stopped(facts: NextFacts, reason: StopReason) -> str:
    if reason is StopReason.BOOKED and facts.call_at:
        day = on_day(facts.call_at, facts.now, facts.zone)
        has = "has" if facts.call_at > facts.now else "had"
        return f"{facts.name} {has} a call with you {day} at {clock(facts.call_at, facts.zone)}"
    stage = SCREEN_WORDS[facts.stage]
    return WHAT_STOPPED.get(reason, "{name} moved to {stage}").format(name=facts.name, stage=stage)

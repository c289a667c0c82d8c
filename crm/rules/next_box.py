"""The one sentence about what happens next with a person: when, who, what, because (design/UI.md 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules import next_words
from crm.rules.next_facts import Because, NextEmail, NextFacts, SentEmail
from crm.rules.next_words import Sentence, Span
from crm.rules.sending import FINAL_STAGES, EnrollmentState, MessageState, StopReason
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Action",
    "Because",
    "BoxKind",
    "NextBox",
    "NextEmail",
    "NextFacts",
    "SentEmail",
    "Span",
    "next_box",
]

STOPS_BY_ITSELF = "It stops by itself if they write, book, or unsubscribe."
OUTSIDE_HOURS = "It’s outside your hours now."

SOON = timedelta(days=1)
"""An email further off than this may well find a failing account repaired."""


class BoxKind(StrEnum):
    """How the box looks: `planned`, `paused`, `held` are dashed blue, `uncertain` asks, the rest is grey."""

    PLANNED = "planned"
    PAUSED = "paused"
    HELD = "held"
    STOPPED = "stopped"
    NOTHING = "nothing"
    UNCERTAIN = "uncertain"


class Action(StrEnum):
    """What the owner can do about it."""

    APPROVE = "approve"
    SEND_NOW = "send_now"
    SKIP = "skip"
    PAUSE = "pause"
    EDIT = "edit"
    RESUME = "resume"
    RESUME_EVERYTHING = "resume_everything"
    CONTINUE = "continue"
    START = "start"
    ARRIVED = "arrived"
    AGAIN = "again"
    NOT_SPAM = "not_spam"


ASKED = (Action.APPROVE, Action.SKIP, Action.PAUSE, Action.EDIT)
ON_ITS_WAY = (Action.SEND_NOW, Action.SKIP, Action.PAUSE, Action.EDIT)


@dataclass(frozen=True)
class NextBox:
    """The box, its actions in the order they are offered. `send_now_note` stands beside Send now."""

    kind: BoxKind
    heading: str
    sentence: Sentence
    note: str = ""
    actions: tuple[Action, ...] = ()
    send_now_note: str = ""

    @property
    def text(self) -> str:
        """The sentence without its emphasis."""
        return "".join(span.text for span in self.sentence)


def next_box(facts: NextFacts) -> NextBox:
    """What happens next with this person, and what the owner can do about it.

    What the owner must decide comes first, then what ends follow-ups, then what holds them.
    """
    box = (
        _unsure(facts)
        or _offered(facts)
        or _never(facts)
        or _held(facts)
        or _planned(facts)
        or _nothing(facts)
    )
    if Action.SEND_NOW in box.actions and facts.hours.shift_at(facts.now):
        return replace(box, send_now_note=OUTSIDE_HOURS)
    return box


def _unsure(facts: NextFacts) -> NextBox | None:
    """What only the owner can know."""
    if facts.email and facts.email.state is MessageState.UNCERTAIN:
        sentence = next_words.uncertain(facts, facts.email)
        return NextBox(BoxKind.UNCERTAIN, "Did it arrive?", sentence, actions=(Action.ARRIVED, Action.AGAIN))
    if facts.quarantined:
        return _waiting("Nothing is sent", next_words.looks_like_spam(facts), Action.NOT_SPAM)
    return None


def _offered(facts: NextFacts) -> NextBox | None:
    """A place of the waitlist: their turn to answer, or the owner's to arrange it."""
    if facts.place is None or facts.is_following_up:
        return None
    if facts.place.accepted:
        return _waiting("They said yes", next_words.place_taken(facts, facts.place))
    return _coming(next_words.place_offered(facts, facts.place))


def _never(facts: NextFacts) -> NextBox | None:
    """What ends follow-ups for good, in the order of rules/sending."""
    if not facts.has_address:
        return _silent(next_words.no_address(facts))
    if facts.suppressed:
        return _stopped(next_words.suppressed(facts, facts.suppressed))
    if facts.enrollment is EnrollmentState.STOPPED and facts.stop_reason:
        restart = _may_start(facts) and facts.stop_reason is not StopReason.NO_CONSENT
        actions = (Action.START,) if restart else ()
        return _stopped(next_words.stopped(facts, facts.stop_reason), *actions)
    if not facts.follow_ups_wanted and not (facts.email and facts.email.at_once):
        return _silent(next_words.no_consent(facts))
    return None


def _held(facts: NextFacts) -> NextBox | None:
    """What keeps a follow-up waiting, in the order of rules/sending."""
    if not facts.is_following_up:
        return None
    if facts.read_first:
        heading = "Follow-ups are waiting for you"
        return _waiting(heading, next_words.read_first(facts), Action.CONTINUE)
    if facts.enrollment is EnrollmentState.PAUSED:
        return NextBox(BoxKind.PAUSED, "Paused", next_words.paused(facts), actions=(Action.RESUME,))
    if facts.email and facts.email.expires_at:
        return _asked(facts, facts.email, facts.email.expires_at)
    return _held_for_everyone(facts, facts.email) if facts.email else None


def _asked(facts: NextFacts, email: NextEmail, expires_at: datetime) -> NextBox:
    actions = ASKED if facts.now < expires_at else ()
    return _waiting("Waits for your yes", next_words.asked(facts, email, expires_at), *actions)


def _held_for_everyone(facts: NextFacts, email: NextEmail) -> NextBox | None:
    if facts.everything_held:
        sentence = next_words.everything_held(facts, email)
        return _waiting("Everything is on hold", sentence, Action.RESUME_EVERYTHING)
    if facts.account_failing and email.due_at - facts.now < SOON:
        return _waiting("Emails are waiting", next_words.account_down())
    return None


def _planned(facts: NextFacts) -> NextBox | None:
    """The one follow-up on its way."""
    email = facts.email
    if email is None or not facts.is_following_up:
        return None
    if email.state is MessageState.SENDING:
        return _coming(next_words.underway(facts, email))
    if email.attempts:
        return _coming(next_words.put_off(facts, email), *ON_ITS_WAY)
    actions = ON_ITS_WAY[1:] if email.by_hand else ON_ITS_WAY
    note = "" if email.at_once else f"{next_words.on_their_clock(facts, email)}{STOPS_BY_ITSELF}"
    return replace(_coming(next_words.planned(facts, email), *actions), note=note)


def _nothing(facts: NextFacts) -> NextBox:
    if facts.is_following_up and facts.closes_at:
        sentence = next_words.closing(facts, facts.closes_at)
        return NextBox(BoxKind.NOTHING, "What happens next", sentence, actions=(Action.START,))
    return _silent(next_words.settled(facts), *((Action.START,) if _may_start(facts) else ()))


def _may_start(facts: NextFacts) -> bool:
    """Whether a follow-up of any sequence could go to this person."""
    return facts.stage not in FINAL_STAGES and facts.stage is not Stage.SPAM


def _coming(sentence: Sentence, *actions: Action) -> NextBox:
    return NextBox(BoxKind.PLANNED, "What happens next", sentence, actions=actions)


def _waiting(heading: str, sentence: Sentence, *actions: Action) -> NextBox:
    return NextBox(BoxKind.HELD, heading, sentence, actions=actions)


def _stopped(sentence: Sentence, *actions: Action) -> NextBox:
    return NextBox(BoxKind.STOPPED, "Nothing is planned", sentence, actions=actions)


def _silent(sentence: Sentence, *actions: Action) -> NextBox:
    return NextBox(BoxKind.NOTHING, "Nothing is planned", sentence, actions=actions)

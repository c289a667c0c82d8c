"""The one sentence about what happens next with a person: when, who, what, because (design/UI.md 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.sending import EnrollmentState, MessageState, StopReason, SuppressionReason
from crm.rules.stages import Stage
from crm.rules.telling import clock, date_words, day_words, moment, on_day, opening, until
from crm.rules.windows import SendingWindow, Shift

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class BoxKind(StrEnum):
    """How the box looks: `planned`, `paused` and `held` are dashed blue, the others grey or asking."""

    PLANNED = "planned"
    PAUSED = "paused"
    HELD = "held"
    STOPPED = "stopped"
    NOTHING = "nothing"
    UNCERTAIN = "uncertain"


class Action(StrEnum):
    """What the owner can do about it, in the order it is offered."""

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


class Because(StrEnum):
    """What started the sequence; the values of models' Trigger."""

    INQUIRY = "inquiry"
    ANSWERED = "answered"
    NO_SHOW = "no_show"
    REFERRED_OUT = "referred_out"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Span:
    """A piece of the sentence; `strong` for times and subjects."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class NextEmail:
    """The follow-up on its way. `at_once` is the acknowledgement; `attempts` counts tries that were put off."""

    subject: str
    due_at: datetime
    wished_at: datetime | None = None
    shift: Shift | None = None
    state: MessageState = MessageState.SCHEDULED
    at_once: bool = False
    by_hand: bool = False
    attempts: int = 0


@dataclass(frozen=True)
class SentEmail:
    """An email that has gone."""

    subject: str
    sent_at: datetime


@dataclass(frozen=True)
class NextFacts:
    """Everything the sentence may speak about.

    `email` is the open follow-up; `acknowledged` the acknowledgement of the latest inquiry, if it went;
    `called_at` the last call the owner logged, `call_at` the call that is booked or was missed.
    """

    first_name: str
    now: datetime
    window: SendingWindow
    email: NextEmail | None = None
    acknowledged: SentEmail | None = None
    because: Because = Because.INQUIRY
    stage: Stage = Stage.NEW
    enrollment: EnrollmentState | None = None
    paused_at: datetime | None = None
    stop_reason: StopReason | None = None
    closes_at: datetime | None = None
    heard_at: datetime | None = None
    answered_at: datetime | None = None
    called_at: datetime | None = None
    call_at: datetime | None = None
    read_first: bool = False
    quarantined: bool = False
    follow_ups_wanted: bool = True
    has_address: bool = True
    suppressed: SuppressionReason | None = None
    everything_held: bool = False
    account_failing: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return self.window.zone

    @property
    def name(self) -> str:
        return self.first_name or "This person"


@dataclass(frozen=True)
class NextBox:
    """The box. `send_now_note` warns beside Send now, when now is outside the sending hours."""

    kind: BoxKind
    heading: str
    sentence: tuple[Span, ...]
    note: str = ""
    actions: tuple[Action, ...] = ()
    send_now_note: str = field(default="")

    @property
    def text(self) -> str:
        """The sentence without its emphasis."""
        return "".join(span.text for span in self.sentence)


def next_box(facts: NextFacts) -> NextBox:
    """What happens next with this person, and what the owner can do about it."""
    raise NotImplementedError

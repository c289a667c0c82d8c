"""What the sentence about a person's next email may speak of (rules/next_box)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.sending import EnrollmentState, MessageState, StopReason, SuppressionReason
from crm.rules.stages import Stage
from crm.rules.windows import SendingWindow, Shift

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Because(StrEnum):
    """What started the sequence; the values of models' Trigger."""

    INQUIRY = "inquiry"
    ANSWERED = "answered"
    NO_SHOW = "no_show"
    REFERRED_OUT = "referred_out"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class NextEmail:
    """The follow-up on its way. `at_once` ignores hours; `attempts` counts the tries that were put off.

    `expires_at`: until when the owner may say yes, while it waits for that.
    """

    subject: str
    due_at: datetime
    wished_at: datetime | None = None
    shift: Shift | None = None
    state: MessageState = MessageState.SCHEDULED
    at_once: bool = False
    by_hand: bool = False
    attempts: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True)
class SentEmail:
    """An email that has gone."""

    subject: str
    sent_at: datetime


@dataclass(frozen=True)
class PlaceOffered:
    """A place of the waitlist that is theirs if they say so first. `accepted`: they have."""

    words: str
    ends_at: datetime
    accepted: bool = False


@dataclass(frozen=True)
class NextFacts:
    """Everything the sentence may speak of.

    `email` is the open follow-up. `acknowledged` is the acknowledgement of the latest inquiry while
    nothing else has gone since. `called_at` is the last call the owner logged, `call_at` the call
    that is booked or was missed, `heard_at` when the person last wrote. `their_zone` is where their
    clock hangs, if that is known; times are told on the practice's. Nobody `waits_for_you` who has
    become a client, say, since they wrote.
    """

    first_name: str
    now: datetime
    window: SendingWindow
    their_zone: ZoneInfo | None = None
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
    place: PlaceOffered | None = None
    waits_for_you: bool = True

    @property
    def zone(self) -> ZoneInfo:
        return self.window.zone

    @property
    def hours(self) -> SendingWindow:
        """The hours on the clock of the person."""
        return replace(self.window, zone=self.their_zone) if self.their_zone else self.window

    @property
    def name(self) -> str:
        return self.first_name or "This person"

    @property
    def is_answered(self) -> bool:
        """Whether the owner had the last word."""
        return self.answered_at is not None and (self.heard_at is None or self.heard_at <= self.answered_at)

    @property
    def is_following_up(self) -> bool:
        return self.enrollment in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)

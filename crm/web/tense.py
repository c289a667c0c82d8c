"""One line about a person, as every list shows it: what is now, else what comes next, else what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from crm.models import BookingState, Waiting
from crm.models.booking import is_over
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.sending import EnrollmentState, MessageState, StopReason
from crm.rules.stages import CLOSE_WORDS, Stage
from crm.rules.telling import Pressing, ago, brief_moment, day_words, on_day, opening, promise_line

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crm.flows.bearings import Person
    from crm.models import Medium

DAY = timedelta(days=1)
FOR_WHAT = {Waiting.CALL: "The call is off", Waiting.PLACE: "Said yes to the place"}


class Tense(StrEnum):
    """How the line looks: the class it wears."""

    BAD = "bad"
    NOW = "now"
    SOON = "soon"
    NEXT = "next"
    GOOD = "good"
    WAS = ""


RANKS = {Tense.BAD: 0, Tense.NOW: 0, Tense.SOON: 0, Tense.NEXT: 1, Tense.GOOD: 2, Tense.WAS: 2}


@dataclass(frozen=True)
class TenseLine:
    """`at` is what people of the same tense are sorted by: soonest first, of what was the latest."""

    tense: Tense
    words: str
    at: datetime

    @property
    def place(self) -> tuple[int, float]:
        rank = RANKS[self.tense]
        return rank, -self.at.timestamp() if rank == RANKS[Tense.WAS] else self.at.timestamp()


class Email(Protocol):
    """What is asked of a message."""

    @property
    def state(self) -> MessageState: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def created_at(self) -> datetime: ...


class Call(Protocol):
    """What is asked of a booking."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def state(self) -> BookingState: ...
    @property
    def medium(self) -> Medium: ...


class Way(Protocol):
    """What is asked of an enrollment."""

    @property
    def state(self) -> EnrollmentState: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...
    @property
    def stop_reason(self) -> StopReason | None: ...


@dataclass(frozen=True)
class Standing:
    """Where a person stands: their open email, the one in trouble, the call nobody has told of.

    `way` is the latest sequence they were put into.
    """

    lead: Person
    email: Email | None = None
    trouble: Email | None = None
    booking: Call | None = None
    way: Way | None = None
    everything_held: bool = False

    @property
    def open_way(self) -> Way | None:
        return self.way if self.way and self.way.state in OPEN_ENROLLMENTS else None

    @property
    def stopped_for(self) -> StopReason | None:
        return self.way.stop_reason if self.way else None


def tense_of(standing: Standing, now: datetime, zone: ZoneInfo) -> TenseLine:
    """The most pressing thing that is true of this person."""
    return _now(standing, now, zone) or _next(standing, now, zone) or _was(standing, now, zone)


def _now(standing: Standing, now: datetime, zone: ZoneInfo) -> TenseLine | None:
    lead, booking = standing.lead, standing.booking
    if lead.read_first_at:
        return TenseLine(Tense.BAD, "Read first", datetime.min.replace(tzinfo=zone) + DAY)
    if standing.trouble:
        return TenseLine(Tense.BAD, _trouble(standing.trouble, standing), standing.trouble.created_at)
    if booking and booking.state is BookingState.ASKED:
        return TenseLine(Tense.NOW, f"Wants {brief_moment(booking.starts_at, now, zone)}", booking.starts_at)
    if booking and is_over(booking.ends_at, now):
        day = day_words(booking.starts_at, now, zone)
        how = "How did the call go?" if day == "today" else f"How did {day} go?"
        return TenseLine(Tense.NOW, how, booking.starts_at)
    if lead.waiting_for and not _is_put_off(lead, now):
        return _waiting(lead, now, zone)
    return None


def _waiting(lead: Person, now: datetime, zone: ZoneInfo) -> TenseLine:
    since, by = lead.waiting_since or now, lead.reply_by or now
    promise = promise_line(by, now, zone)
    if promise.pressing is Pressing.PASSED:
        return TenseLine(Tense.BAD, str(promise), by)
    if lead.waiting_for is Waiting.REPLY:
        return TenseLine(Tense.NOW, f"Wrote back {ago(since, now)} ago", by)
    if lead.waiting_for in FOR_WHAT:
        return TenseLine(Tense.NOW, FOR_WHAT[lead.waiting_for], by)
    look = Tense.NOW if promise.pressing is Pressing.TODAY else Tense.SOON
    return TenseLine(look, str(promise), by)


def _trouble(email: Email, standing: Standing) -> str:
    if email.state is MessageState.UNCERTAIN:
        return "Did an email arrive?"
    bounced = standing.stopped_for is StopReason.BOUNCED
    return "Email bounced" if bounced else "Email was turned away"


def _next(standing: Standing, now: datetime, zone: ZoneInfo) -> TenseLine | None:
    lead, booking, enrollment = standing.lead, standing.booking, standing.open_way
    if booking:
        when = opening(brief_moment(booking.starts_at, now, zone))
        return TenseLine(Tense.NEXT, f"{when}, {booking.medium.brief}", booking.starts_at)
    if lead.snoozed_until and _is_put_off(lead, now):
        return TenseLine(
            Tense.NEXT, f"Back {brief_moment(lead.snoozed_until, now, zone)}", lead.snoozed_until
        )
    if enrollment and enrollment.state is EnrollmentState.PAUSED:
        return TenseLine(Tense.NEXT, "Follow-ups paused", enrollment.paused_at or now)
    if standing.email:
        return TenseLine(Tense.NEXT, _email(standing, now, zone), standing.email.due_at)
    if enrollment and enrollment.closes_at:
        closes = f"Closes {on_day(enrollment.closes_at, now, zone)}"
        return TenseLine(Tense.NEXT, closes, enrollment.closes_at)
    return None


def _email(standing: Standing, now: datetime, zone: ZoneInfo) -> str:
    due_at = standing.email.due_at if standing.email else now
    if standing.email and standing.email.state is MessageState.AWAITING_APPROVAL:
        return "Email waits for your yes"
    if standing.everything_held:
        return "Email once you resume"
    return "Email in a moment" if due_at <= now else f"Email {brief_moment(due_at, now, zone)}"


def _was(standing: Standing, now: datetime, zone: ZoneInfo) -> TenseLine:
    lead = standing.lead
    if settled := _settled(lead, now, zone):
        return settled
    if lead.quarantined_at:
        return TenseLine(Tense.WAS, "Looks like spam", lead.quarantined_at)
    if standing.stopped_for is StopReason.UNSUBSCRIBED:
        return TenseLine(Tense.WAS, "Stopped the emails", lead.stage_changed_at)
    if lead.answered_at:
        return TenseLine(Tense.WAS, f"You answered {on_day(lead.answered_at, now, zone)}", lead.answered_at)
    return TenseLine(Tense.WAS, f"Since {_bare_day(lead.stage_changed_at, now, zone)}", lead.stage_changed_at)


def _settled(lead: Person, now: datetime, zone: ZoneInfo) -> TenseLine | None:
    at = lead.stage_changed_at
    match lead.stage:
        case Stage.CLIENT:
            return TenseLine(Tense.GOOD, f"Since {_bare_day(at, now, zone)}", at)
        case Stage.CONSULT_DONE:
            return TenseLine(Tense.WAS, f"Thinking it over since {_bare_day(at, now, zone)}", at)
        case Stage.CLOSED:
            return TenseLine(Tense.WAS, _closed(lead, now, zone), at)
        case _:
            return None


def _closed(lead: Person, now: datetime, zone: ZoneInfo) -> str:
    why = f", {CLOSE_WORDS[lead.close_reason]}" if lead.close_reason else ""
    return f"Closed {on_day(lead.stage_changed_at, now, zone)}{why}"


def _bare_day(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    return on_day(instant, now, zone).removeprefix("on ")


def _is_put_off(lead: Person, now: datetime) -> bool:
    return lead.snoozed_until is not None and lead.snoozed_until > now

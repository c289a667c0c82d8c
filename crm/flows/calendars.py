"""What can be booked with a clinician now: everything that decides it, read in a few statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.calls import clinician_of
from crm.models import Booking, BookingState, BusyTime, CallSettings, Opening, Practice, SpecialDay
from crm.models.practice import federal_holidays
from crm.rules.slots import Agenda, Calendar, Span

if TYPE_CHECKING:
    from crm.models import Lead
    from crm.rules.windows import Absence

A_DAY, A_WEEK, WEEKS = timedelta(days=1), timedelta(days=7), timedelta(days=35)
BESIDE = timedelta(days=2)


def calendar_of(
    clinician_id: int, now: datetime, but: int | None = None, near: date | None = None
) -> Calendar:
    """Everything that decides. `but`: a call whose own time counts as free, because it is being moved.

    `near`: only the weeks from this day on are looked up; a year of calls is more than a page needs.
    """
    settings = CallSettings.of(clinician_id)
    agenda = agenda_of(settings, now)
    last = now.astimezone(agenda.zone).date() + settings.horizon_days * A_DAY
    looked_up = (near - A_WEEK, min(near + WEEKS, last)) if near else None
    window = _window(looked_up, now, settings.horizon_days)
    return Calendar(
        agenda=agenda,
        manner=settings.manner,
        now=now,
        calls=_calls(clinician_id, window, but),
        elsewhere=_elsewhere(clinician_id, window),
        looked_up=looked_up,
    )


def offers_times(lead: Lead) -> bool:
    """Whether whoever talks with them has any hours at all. Until then people are asked in words what suits.

    Most practices that take no calls by calendar have nobody's hours, and are asked no more than that.
    """
    return Opening.any() and Opening.any(clinician_of(lead))


def agenda_of(settings: CallSettings, now: datetime) -> Agenda:
    """Their hours, and the days that differ."""
    practice = Practice.current()
    zone = settings.zone(practice.zone_name)
    today = now.astimezone(zone).date()
    specials = SpecialDay.since(settings.clinician_id, today - A_DAY)
    return Agenda(
        zone=zone,
        week=Opening.week_of(settings.clinician_id),
        specials=tuple(each.as_rule for each in specials),
        closed=closed_days(practice, today, settings.horizon_days),
    )


def closed_days(practice: Practice, today: date, days: int) -> frozenset[date]:
    """When the whole practice rests: its holidays, and the times away under Sending hours."""
    span = [today + number * A_DAY for number in range(-1, days + 3)]
    holidays = federal_holidays() if practice.rests_on_holidays else frozenset()
    return frozenset(day for day in span if day in holidays or _is_away(day, practice.times_away))


def _is_away(day: date, times_away: tuple[Absence, ...]) -> bool:
    return any(each.first <= day <= each.last for each in times_away)


def _window(looked_up: tuple[date, date] | None, now: datetime, horizon_days: int) -> Span:
    """From when to when anything busy matters. Yesterday's may still count for today on their clock."""
    if looked_up is None:
        return Span(now - BESIDE, now + (horizon_days + 2) * A_DAY)
    first, last = (datetime.combine(day, time(), UTC) for day in looked_up)
    return Span(max(first, now) - BESIDE, last + BESIDE)


def _calls(clinician_id: int, window: Span, but: int | None) -> tuple[Span, ...]:
    """Whatever was not called off: also one that is over counts for the most of its day."""
    rows = sa.select(Booking.busy_from, Booking.busy_until).where(
        Booking.clinician_id == clinician_id,
        Booking.busy_until > window.starts_at,
        Booking.busy_from < window.ends_at,
        Booking.state.in_((BookingState.ASKED, BookingState.CONFIRMED)),
        Booking.id != (but or 0),
    )
    return tuple(Span(*row) for row in db.session.execute(rows))


def _elsewhere(clinician_id: int, window: Span) -> tuple[Span, ...]:
    rows = sa.select(BusyTime.begins_at, BusyTime.ends_at).where(
        BusyTime.clinician_id == clinician_id,
        BusyTime.ends_at > window.starts_at,
        BusyTime.begins_at < window.ends_at,
    )
    return tuple(Span(*row) for row in db.session.execute(rows))

"""What can be booked with a clinician now: everything that decides it, read in a few statements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.calls import clinician_of
from crm.models import Booking, BusyTime, CallSettings, Opening, Practice, SpecialDay
from crm.models.practice import federal_holidays
from crm.rules.slots import Agenda, Calendar, Span

if TYPE_CHECKING:
    from crm.models import Lead
    from crm.rules.windows import Absence

A_DAY = timedelta(days=1)
BESIDE = timedelta(days=2)
"""A call of yesterday may still count for today on their clock."""


def calendar_of(clinician_id: int, now: datetime, but: int | None = None) -> Calendar:
    """Everything that decides. `but`: a call whose own time counts as free, because it is being moved."""
    settings = CallSettings.of(clinician_id)
    ends = now + (settings.horizon_days + 2) * A_DAY
    return Calendar(
        agenda=agenda_of(settings, now),
        manner=settings.manner,
        now=now,
        calls=_calls(clinician_id, now, ends, but),
        elsewhere=_elsewhere(clinician_id, now, ends),
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


def _calls(clinician_id: int, now: datetime, ends: datetime, but: int | None) -> tuple[Span, ...]:
    """Whatever was not called off: also one that is over counts for the most of its day."""
    rows = sa.select(Booking.busy_from, Booking.busy_until).where(
        Booking.clinician_id == clinician_id,
        Booking.busy_until > now - BESIDE,
        Booking.busy_from < ends,
        Booking.state.in_(("asked", "confirmed")),
        Booking.id != (but or 0),
    )
    return tuple(Span(*row) for row in db.session.execute(rows))


def _elsewhere(clinician_id: int, now: datetime, ends: datetime) -> tuple[Span, ...]:
    rows = sa.select(BusyTime.begins_at, BusyTime.ends_at).where(
        BusyTime.clinician_id == clinician_id, BusyTime.ends_at > now, BusyTime.begins_at < ends
    )
    return tuple(Span(*row) for row in db.session.execute(rows))

"""A clinician's calls as a calendar for a program of theirs (RFC 5545). Busy, unless they want names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from icalendar import Calendar, Event
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.models import Account, Assignment, Booking, BookingState
from crm.rules.permissions import SIGHT, Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm.models import CallSettings

BEHIND = timedelta(days=30)
PRODUCT = "-//practice-crm//calls//EN"


def feed_of(settings: CallSettings, now: datetime) -> bytes:
    """Calls of the last month and all to come. What was called off is gone from it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Calls")
    sees = _in_sight(settings.clinician_id) if settings.feed_has_names else lambda _lead_id: False
    for booking in db.session.scalars(_calls(settings.clinician_id, now)):
        calendar.add_component(_event(booking, now, named=sees(booking.lead_id)))
    body: bytes = calendar.to_ical()
    return body


def _in_sight(account_id: int) -> Callable[[int], bool]:
    """Whom they may see here: of who is with somebody else by now a feed must not tell them more."""
    if SIGHT[db.session.get_one(Account, account_id).role] is not Sight.THEIR_OWN:
        return lambda _lead_id: True
    theirs = sa.select(Assignment.lead_id).where(Assignment.account_id == account_id)
    return set(db.session.scalars(theirs)).__contains__


def _calls(clinician_id: int, now: datetime) -> sa.Select[Booking]:
    mine = (Booking.clinician_id == clinician_id, Booking.busy_until > now - BEHIND)
    stand = Booking.state.in_((BookingState.ASKED, BookingState.CONFIRMED))
    return (
        sa.select(Booking).where(*mine, stand).options(joinedload(Booking.lead)).order_by(Booking.starts_at)
    )


def _event(booking: Booking, now: datetime, *, named: bool) -> Event:
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", f"Call with {booking.lead.name or 'someone'}" if named else "Busy")
    event.add("status", "TENTATIVE" if booking.state is BookingState.ASKED else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event

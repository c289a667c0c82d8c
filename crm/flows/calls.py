"""A call is asked for, agreed, moved, called off: each in one transaction with what follows from it.

Whoever acts has taken the person's turn (models/turns); the clinician's turn is taken here, so that two
people never wait for each other crosswise. Every verb raises Taken where another call holds the time, and
then the transaction must end without a trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.db import db
from crm.models import (
    Account,
    Assignment,
    Booking,
    BookingState,
    CallSettings,
    EventKind,
    MadeBy,
    Practice,
    Waiting,
)
from crm.rules.promises import reply_by
from crm.rules.stages import Stage
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Lead
    from crm.rules.slots import Place


@dataclass(frozen=True)
class Wish:
    """A call somebody wants: when and how, with whom, whose hand wrote it down, on which clock they saw it.

    `needs_yes`: it is asked for, and the clinician decides. `nonce`: the same form sent twice is one call.
    `number`: where to ring them, if it is not the one that is known. `client_key`: from where it came.
    """

    place: Place
    clinician_id: int
    made_by: MadeBy = MadeBy.OWNER
    needs_yes: bool = False
    zone_name: str | None = None
    number: str = ""
    nonce: str | None = None
    client_key: str = ""


class NobodyTakesCalls(Exception):  # noqa: N818 - a fact, not an error
    """There is no account yet."""


def clinician_of(lead: Lead) -> int:
    """Who talks with this person: in whose care they are, else the owner. Raises NobodyTakesCalls.

    Whoever has left the practice takes no calls, whatever hours they had.
    """
    theirs = Assignment.of_who_is_here(lead.id) if lead.id else None
    if theirs is not None:
        return theirs
    owner = Account.owner()
    if owner is None:
        raise NobodyTakesCalls
    return owner.id


def book(lead: Lead, wish: Wish, now: datetime, account_id: int | None = None) -> Booking:
    """A call is agreed, or asked for. Follow-ups stop; a call that was to come is this one, moved."""
    CallSettings.turn_of(wish.clinician_id)
    stood = lead.call_to_come(now)
    if stood is not None and stood.clinician_id == wish.clinician_id:
        return _again(stood, wish, now, account_id)
    if stood is not None:
        stood.cancel(now)
    booking = _written_down(lead, wish, now)
    booking.hold()
    _stop_follow_ups(lead, now, account_id)
    _tell(booking, now, account_id)
    return booking


def move(booking: Booking, place: Place, now: datetime, account_id: int | None = None) -> None:
    """The same call at another time. Its calendar entry is the same one, changed."""
    _turn(booking)
    was = booking.starts_at
    booking.move(place)
    event = booking.lead.record(EventKind.CALL_MOVED, now, account_id=account_id)
    event.facts = _facts(booking) | {"was": was.isoformat()}


def cancel(booking: Booking, now: datetime, account_id: int | None = None) -> None:
    """It is off. Follow-ups don't begin anew; the person stands on Today, so that nobody is forgotten."""
    give_up(booking, now, account_id)
    _back_on_today(booking.lead, now, account_id)


def give_up(booking: Booking, now: datetime, account_id: int | None = None) -> None:
    """It is off, its time is free, and nobody waits for another."""
    _turn(booking)
    booking.cancel(now)
    event = booking.lead.record(EventKind.CALL_CANCELLED, now, account_id=account_id)
    event.facts = _facts(booking)


def approve(booking: Booking, now: datetime, account_id: int | None = None) -> None:
    """The clinician's yes to what was asked. Twice is once."""
    if not booking.waits_for_a_yes:
        return
    _turn(booking)
    booking.confirm()
    _agreed(booking, now, account_id)


def decline(booking: Booking, now: datetime, account_id: int | None = None) -> None:
    """Not at that time: it is free again, and the person waits for another word."""
    if not booking.waits_for_a_yes:
        return
    _turn(booking)
    booking.decline(now)
    event = booking.lead.record(EventKind.CALL_DECLINED, now, account_id=account_id)
    event.facts = _facts(booking)
    _back_on_today(booking.lead, now, account_id)


def _written_down(lead: Lead, wish: Wish, now: datetime) -> Booking:
    booking = Booking(
        clinician_id=wish.clinician_id,
        state=BookingState.ASKED if wish.needs_yes else BookingState.CONFIRMED,
        made_by=wish.made_by,
        zone_name=wish.zone_name,
        number=wish.number,
        nonce=wish.nonce,
        client_key=wish.client_key,
        created_at=now,
    )
    booking.take_place(wish.place)
    lead.bookings.append(booking)
    return booking


def _again(stood: Booking, wish: Wish, now: datetime, account_id: int | None) -> Booking:
    """Somebody who has a call chooses anew. What needs a yes needs it for the new time, too."""
    stood.made_by, stood.nonce, stood.client_key = wish.made_by, wish.nonce, wish.client_key
    stood.zone_name = wish.zone_name or stood.zone_name
    stood.number = wish.number or stood.number
    stood.state = BookingState.ASKED if wish.needs_yes else BookingState.CONFIRMED
    was = stood.starts_at
    stood.move(wish.place)
    _stop_follow_ups(stood.lead, now, account_id)
    _tell(stood, now, account_id, was)
    return stood


def _stop_follow_ups(lead: Lead, now: datetime, account_id: int | None) -> None:
    if lead.enrollment:
        lead.enrollment.happened(Happening.BOOKED, now, account_id)


def _tell(booking: Booking, now: datetime, account_id: int | None, was: datetime | None = None) -> None:
    if booking.state is BookingState.CONFIRMED:
        _agreed(booking, now, account_id, was)
        return
    lead = booking.lead
    lead.record(EventKind.CALL_ASKED, now, account_id=account_id).facts = _facts(booking, was)
    lead.waits_for(Waiting.CALL, _reply_by(now), now)


def _agreed(booking: Booking, now: datetime, account_id: int | None, was: datetime | None = None) -> None:
    lead = booking.lead
    lead.record(EventKind.CALL_BOOKED, now, account_id=account_id).facts = _facts(booking, was)
    lead.move(Stage.CONSULT_BOOKED, now, account_id)
    lead.stop_waiting()


def _back_on_today(lead: Lead, now: datetime, account_id: int | None) -> None:
    if lead.stage is Stage.CONSULT_BOOKED:
        lead.move(Stage.CONTACTED, now, account_id)
    lead.waits_for(Waiting.CALL, _reply_by(now), now)


def _reply_by(now: datetime) -> datetime:
    practice = Practice.current()
    return reply_by(now, practice.promise, practice.window)


def _turn(booking: Booking) -> None:
    db.session.flush()
    CallSettings.turn_of(booking.clinician_id)


def _facts(booking: Booking, was: datetime | None = None) -> dict[str, str]:
    facts = {"starts_at": booking.starts_at.isoformat(), "medium": str(booking.medium)}
    return facts | {"was": was.isoformat()} if was else facts

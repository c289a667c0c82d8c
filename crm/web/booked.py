"""One call as the person sees it, by its own link: when it is, how they talk, and the way out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import calls
from crm.models import Account, Booking, BookingState, CallSettings, Medium, Practice, turns
from crm.rules.telling import first_name
from crm.web.clients import client_key
from crm.web.forms.checks import national, tidy
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token
from crm.web.time_page import city_time, whole_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo as Zone

    from werkzeug.wrappers import Response

bp = Blueprint("booked", __name__, url_prefix="/booking/<token>")


@bp.get("")
def show(token: str) -> str:
    """Nothing changes by looking."""
    booking = _booking(token)
    practice, now = Practice.current(), clock.now()
    zone = _zone(booking, practice)
    return render_template(
        "public/booked.html",
        practice=Face.of(practice),
        booking=booking,
        states=BookingState,
        clinician=first_name(db.session.get_one(Account, booking.clinician_id).name),
        when=whole_words(booking.starts_at, zone),
        city=city_time(zone),
        how=how_they_talk(booking),
        instructions=CallSettings.of(booking.clinician_id).instructions,
        is_over=booking.is_over(now),
    )


@bp.post("/cancellation")
@carries_its_own_token
def cancel(token: str) -> Response:
    """Off, at once, and no reason is asked for. Twice is once; what is over stays as it was."""
    with transaction():
        turns.take_of(lambda: _booking(token).lead_id)
        booking, now = _booking(token), clock.now()
        if booking.stands and not booking.is_over(now):
            booking.client_key = client_key()
            calls.cancel(booking, now)
    return redirect(url_for(".show", token=token), 303)


def _booking(token: str) -> Booking:
    return Booking.of(tidy(token)) or abort(404)


def how_they_talk(booking: Booking) -> str:
    """Connor calls (213) 555-0148. What only an email may tell (the link) is not here."""
    settings = CallSettings.of(booking.clinician_id)
    name = first_name(db.session.get_one(Account, booking.clinician_id).name)
    match booking.medium:
        case Medium.PHONE if settings.phone_number:
            return f"You call {national(settings.phone_number)}."
        case Medium.PHONE:
            return f"{name} calls {national(booking.number) or 'the number you gave'}."
        case Medium.VIDEO:
            return "By video. The link comes by email."
        case Medium.IN_PERSON:
            return settings.address or "In person, at the practice."


def _zone(booking: Booking, practice: Practice) -> Zone:
    return ZoneInfo(booking.zone_name or booking.lead.zone_name or practice.zone_name)

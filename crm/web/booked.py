"""One call as the person sees it, by its own link: when it is, and how they talk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template

from crm import clock
from crm.db import db
from crm.models import Account, Booking, BookingState, CallSettings, Medium, Practice
from crm.rules.telling import first_name
from crm.web.forms.checks import national, tidy
from crm.web.practice_face import Face
from crm.web.time_page import city_time, whole_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo as Zone

bp = Blueprint("booked", __name__, url_prefix="/booking/<token>")


@bp.get("")
def show(token: str) -> str:
    """Nothing changes by looking."""
    booking = Booking.of(tidy(token)) or abort(404)
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

"""One call as the person sees it, by its own link: when it is, how they talk, and the way out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import calls
from crm.models import Account, Booking, BookingState, CallSettings, Medium, Practice, turns
from crm.rules.day_words import day_and_clock
from crm.rules.pages import pages_in
from crm.rules.telling import first_name
from crm.web.clients import client_key
from crm.web.forms.checks import tidy
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token
from crm.web.spoken import spoken
from crm.web.time_page import city_time, rung_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo as Zone

    from werkzeug.wrappers import Response

bp = Blueprint("booked", __name__, url_prefix="/booking/<token>")


@bp.get("")
def show(token: str) -> str:
    """Nothing changes by looking."""
    booking, practice = _booking(token), Practice.current()
    return spoken(
        "public/booked.html",
        Face.of(practice),
        booking.lead.language,
        call=shown_call(booking, practice),
        states=BookingState,
        clinician=first_name(db.session.get_one(Account, booking.clinician_id).name),
        is_over=booking.is_over(clock.now()),
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


@dataclass(frozen=True)
class ShownCall:
    """A call on the clock of whoever has it: when, where that clock stands, and how they talk."""

    booking: Booking
    when: str
    city: str
    how: str
    instructions: str


def shown_call(booking: Booking, practice: Practice) -> ShownCall:
    zone, language = _zone(booking, practice), booking.lead.language
    return ShownCall(
        booking=booking,
        when=day_and_clock(language, booking.starts_at, zone),
        city=city_time(zone, language),
        how=how_they_talk(booking),
        instructions=CallSettings.of(booking.clinician_id).instructions,
    )


def _booking(token: str) -> Booking:
    return Booking.of(tidy(token)) or abort(404)


def how_they_talk(booking: Booking) -> str:
    """Connor calls (213) 555-0148. What only an email may tell (the link) is not here."""
    settings, words = CallSettings.of(booking.clinician_id), pages_in(booking.lead.language)
    match booking.medium:
        case Medium.PHONE:
            name = first_name(db.session.get_one(Account, booking.clinician_id).name)
            return rung_words(words, settings, name, booking.number)
        case Medium.VIDEO:
            return words.call.video
        case Medium.IN_PERSON:
            return settings.address or words.call.in_person


def _zone(booking: Booking, practice: Practice) -> Zone:
    return ZoneInfo(booking.zone_name or booking.lead.zone_name or practice.zone_name)

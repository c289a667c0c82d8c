"""A call is agreed, and later: how did it go?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, assert_never

from flask import Blueprint, redirect, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows import call_notes, triage, waitlist
from crm.flows.calendars import calendar_of, offers_times
from crm.flows.calls import clinician_of
from crm.models import Booking, Lead, Medium, Outcome, Practice, Taken
from crm.rules.permissions import May
from crm.rules.stages import SCREEN_WORDS
from crm.rules.telling import moment, on_day, opening, people
from crm.web.access import account
from crm.web.dialogs import and_stopped, dialog, person_url
from crm.web.forms.acts import AfterCall, BookingForm, OutcomeForm
from crm.web.gate import allows
from crm.web.meanwhile import Meanwhile, nobody_was_first
from crm.web.respond import came_from, done, get_or_404, safe_next

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import Undo

bp = Blueprint("bookings", __name__)
FREE_ONES = 12


@bp.get("/people/<int:lead_id>/booking/new")
def new(lead_id: int) -> str:
    return _booking_dialog(get_or_404(Lead, lead_id), BookingForm())


@bp.post("/people/<int:lead_id>/booking")
def create(lead_id: int) -> Response | tuple[str, int]:
    """Agree on a call. An earlier one that is still to come is replaced."""
    form = BookingForm(request.form)
    now, practice = clock.now(), Practice.current()
    zone = practice.zone
    starts_at = form.starts_at(now, zone)
    if starts_at is None:
        return _booking_dialog(get_or_404(Lead, lead_id), form), 422
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id, lock=True)
            nobody_was_first(lead)
            ran = lead.enrollment is not None
            undo = triage.book(lead, starts_at, Medium(form.medium.data), account().id, now)
            agreed = f"{lead.first_name} has a call with you {moment(starts_at, now, zone)}."
    except Taken:
        form.time.errors = ["You have another call then, or the pause beside one."]
        return _booking_dialog(get_or_404(Lead, lead_id), form), 422
    except Meanwhile as told:
        return _booking_dialog(get_or_404(Lead, lead_id), form, told), 409
    return done(agreed + and_stopped(ran=ran), to=person_url(lead), undo=undo)


@bp.post("/bookings/<int:booking_id>/approval")
def create_approval(booking_id: int) -> Response:
    """Yes to the time somebody asked for."""
    return _decide(booking_id, triage.approve_call, "{name} has a call with you {when}.")


@bp.post("/bookings/<int:booking_id>/refusal")
def create_refusal(booking_id: int) -> Response:
    """Not then: the time is free again, and it is for him to offer others."""
    return _decide(booking_id, triage.decline_call, "{when} is free again. {name} waits for another time.")


@bp.post("/bookings/<int:booking_id>/cancellation")
def create_cancellation(booking_id: int) -> Response:
    """The owner calls it off."""
    return _decide(booking_id, triage.cancel_call, "The call with {name} {when} is off." + _who_waits())


@bp.get("/bookings/<int:booking_id>/outcome/new")
def new_outcome(booking_id: int) -> str:
    return _outcome_dialog(get_or_404(Booking, booking_id), OutcomeForm())


@bp.post("/bookings/<int:booking_id>/outcome")
def create_outcome(booking_id: int) -> Response | tuple[str, int]:
    form = OutcomeForm(request.form)
    if not form.validate():
        return _outcome_dialog(get_or_404(Booking, booking_id), form), 422
    now, after = clock.now(), AfterCall(form.outcome.data)
    if after is AfterCall.NOT_A_FIT:
        return _to_the_referral(get_or_404(Booking, booking_id))
    with transaction():
        booking = get_or_404(Booking, booking_id, lock=True)
        lead = booking.lead
        undo = None
        if booking.outcome is None:
            undo = triage.settle_call(booking, after.outcome, account().id, now, then=after.decided)
        words = _told(lead, booking.outcome or after.outcome, Practice.current(), now)
    return done(words, to=person_url(lead), undo=undo)


def _outcome_dialog(booking: Booking, form: OutcomeForm) -> str:
    had = triage.note_of_a_missed_call(booking.lead)
    return dialog("outcome", booking.lead, form=form, booking=booking, had_note=had is not None)


def _to_the_referral(booking: Booking) -> Response:
    """Nothing is settled before it is said where they go instead. A dialog goes on in the same place."""
    onward = safe_next() or came_from()
    return redirect(url_for("referrals.new", lead_id=booking.lead_id, call=booking.id, next=onward), 303)


def _booking_dialog(lead: Lead, form: BookingForm, told: Meanwhile | None = None) -> str:
    """With the next free times, where they have hours for calls. Any other time can be typed."""
    now, practice = clock.now(), Practice.current()
    stood = lead.call_to_come(now)
    if offers_times(lead):
        calendar = calendar_of(clinician_of(lead), now, but=stood.id if stood else None)
        form.offer(islice(calendar.free(), FREE_ONES), now, practice.zone)
    more = {"stood": stood, "is_told": call_notes.reaches(lead), "told": told}
    return dialog("booking", lead, form=form, zone=_city(practice), **more)


def _decide(booking_id: int, act: Callable[[Booking, int, datetime], Undo], words: str) -> Response:
    """What no longer stands is left as it is; a second click says the same."""
    now = clock.now()
    with transaction():
        booking = get_or_404(Booking, booking_id, lock=True)
        lead = booking.lead
        undo = act(booking, account().id, now) if booking.stands else None
        when = moment(booking.starts_at, now, Practice.current().zone)
        said = opening(words.format(name=lead.first_name or "This person", when=when))
    return done(said, to=person_url(lead), undo=undo)


def _who_waits() -> str:
    """A time has come free: a quiet word to those who may offer a place."""
    count = waitlist.how_many() if allows(May.COORDINATE) else 0
    return f" {opening(people(count))} {'is' if count == 1 else 'are'} on the waitlist." if count else ""


def _city(practice: Practice) -> str:
    """Whose clock the typed time is read by: Los Angeles."""
    return practice.zone_name.rpartition("/")[2].replace("_", " ")


def _told(lead: Lead, outcome: Outcome, practice: Practice, now: datetime) -> str:
    """What became of the call, and what goes because of it."""
    match outcome:
        case Outcome.HELD:
            return f"You talked with {lead.first_name}, who is in {SCREEN_WORDS[lead.stage]}."
        case Outcome.CANCELLED:
            return f"The call with {lead.first_name} is off."
        case Outcome.NO_SHOW:
            return f"{lead.first_name} didn’t come.{_what_goes(lead, practice, now)}"
        case _:
            assert_never(outcome)


def _what_goes(lead: Lead, practice: Practice, now: datetime) -> str:
    """The note about it; or that they had one about an earlier call, and another is his to write."""
    had = triage.note_of_a_missed_call(lead)
    if had is not None and had.sent_at is not None:
        on = on_day(had.sent_at, now, practice.zone)
        return f" They had “{had.sent_subject}” {on}, so a second one is yours to write."
    message = lead.enrollment.open_message if lead.enrollment else None
    if message is None:
        return ""
    return f" “{message.wording.subject}” goes {moment(message.due_at, now, practice.zone)}."

"""Reminders: what the owner means to do for someone, and when they are back on Today for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from crm import clock
from crm.db import transaction
from crm.flows import reminders
from crm.flows.reminders import Intention
from crm.models import Lead, Note, Practice
from crm.rules import later
from crm.rules.telling import moment
from crm.web.access import account
from crm.web.dialogs import dialog, person_url
from crm.web.forms.reminders import ReminderForm
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("reminders", __name__)


@bp.get("/people/<int:lead_id>/reminder/new")
def new(lead_id: int) -> str:
    """One that is there already stands in the form: it can be changed, and is not lost unread."""
    lead, reminder = get_or_404(Lead, lead_id), Note.reminder_of(lead_id)
    form = ReminderForm.offering(later.offers(clock.now(), Practice.current().window))
    form.words.data = reminder.text if reminder else ""
    form.off.data = lead.waiting_for is not None
    return dialog("reminder", lead, form=form, reminder=reminder)


@bp.post("/people/<int:lead_id>/reminder")
def create(lead_id: int) -> Response | tuple[str, int]:
    """Set it, in place of the one there was."""
    now, window = clock.now(), Practice.current().window
    form = ReminderForm.offering(later.offers(now, window), request.form)
    due_at = form.due_at(now, window)
    if due_at is None:
        lead = get_or_404(Lead, lead_id)
        return dialog("reminder", lead, form=form, reminder=Note.reminder_of(lead_id)), 422
    with transaction():
        lead = get_or_404(Lead, lead_id)
        intention = Intention(form.words.data or "", due_at, until_then_off=form.off.data)
        undo = reminders.remind(lead, intention, account().id, now)
        words = f"{lead.first_name} is back on Today {moment(due_at, now, window.zone)}, with your reminder."
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/people/<int:lead_id>/reminder/settlement")
def create_settlement(lead_id: int) -> Response:
    """It is done, or not wanted any more."""
    with transaction():
        lead = get_or_404(Lead, lead_id)
        undo = reminders.settle(lead, account().id, clock.now())
        name = lead.first_name
    words = (
        f"Your reminder for {name} is ticked off." if undo else f"There is no reminder for {name} any more."
    )
    return done(words, to=person_url(lead), undo=undo)

"""Moving a person along, closing, spam and not spam. What stops, the toast says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, redirect, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows import capture, triage
from crm.models import Lead
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS, CloseReason, Stage
from crm.web.access import account
from crm.web.dialogs import and_off, and_stopped, call_off, dialog, person_url
from crm.web.forms.acts import ClosureForm, StageForm
from crm.web.meanwhile import AS_IT_IS, Meanwhile, nobody_was_first
from crm.web.respond import came_from, done, get_or_404, safe_next

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("stages", __name__)

ASKS_MORE = {
    Stage.CONSULT_BOOKED: "bookings.new",
    Stage.REFERRED_OUT: "referrals.new",
    Stage.CLOSED: "stages.new_closure",
}
"""Moves that need a time, a letter or a reason first."""


@bp.get("/people/<int:lead_id>/stage/new")
def new_stage(lead_id: int) -> str:
    return dialog("stage", get_or_404(Lead, lead_id), stages=SCREEN_WORDS)


@bp.post("/people/<int:lead_id>/stage")
def create_stage(lead_id: int) -> Response:
    """Move them, or first ask what the move needs."""
    form = StageForm(request.form)
    if not form.validate():
        abort(400)
    stage = Stage(form.stage.data)
    if stage in ASKS_MORE:
        lead = get_or_404(Lead, lead_id)
        onward = url_for(ASKS_MORE[stage], lead_id=lead.id, next=safe_next() or came_from())
        return redirect(onward, 303)
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id)
            nobody_was_first(lead)
            ran = lead.enrollment is not None
            undo = triage.move(lead, stage, account().id, clock.now())
            stopped = and_stopped(ran=ran and lead.enrollment is None)
            words = f"{lead.first_name} is in {SCREEN_WORDS[stage]}.{stopped}"
    except Meanwhile as told:
        return _left_as_it_is(lead_id, told)
    return done(words, to=person_url(lead), undo=undo)


def _left_as_it_is(lead_id: int, told: Meanwhile) -> Response:
    """Nothing was typed, so nothing is lost: they are shown as a colleague has left them."""
    return done(f"{told.words} {AS_IT_IS}", to=url_for("person.show", lead_id=lead_id))


@bp.get("/people/<int:lead_id>/closure/new")
def new_closure(lead_id: int) -> str:
    return _closure(lead_id, ClosureForm())


@bp.post("/people/<int:lead_id>/closure")
def create_closure(lead_id: int) -> Response | tuple[str, int]:
    form = ClosureForm(request.form)
    if not form.validate():
        return _closure(lead_id, form), 422
    reason = CloseReason(form.reason.data)
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id)
            nobody_was_first(lead)
            ran, call = lead.enrollment is not None, lead.call_to_come(clock.now())
            undo = triage.close(lead, reason, account().id, clock.now())
            also = f"{and_stopped(ran=ran)}{and_off(call)}"
            words = f"{lead.first_name} is in Closed, {CLOSE_WORDS[reason]}.{also}"
    except Meanwhile as told:
        return _closure(lead_id, form, told), 409
    return done(words, to=person_url(lead), undo=undo)


def _closure(lead_id: int, form: ClosureForm, told: Meanwhile | None = None) -> str:
    lead = get_or_404(Lead, lead_id)
    return dialog("closure", lead, form=form, told=told, **call_off(lead, clock.now()))


@bp.post("/people/<int:lead_id>/spam")
def create_spam(lead_id: int) -> Response:
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id)
            nobody_was_first(lead)
            undo = triage.mark_spam(lead, account().id, clock.now())
            kept = "Nothing is sent to them, and what they send next is kept aside."
            words = f"{lead.first_name} is in Spam. {kept}"
    except Meanwhile as told:
        return _left_as_it_is(lead_id, told)
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/people/<int:lead_id>/freedom")
def create_freedom(lead_id: int) -> Response:
    """Not spam after all: it counts as written now."""
    with transaction():
        lead = get_or_404(Lead, lead_id, lock=True)
        was_held = lead.quarantined_at is not None or lead.stage is Stage.SPAM
        if was_held:
            capture.free(lead, account().id, current_app.extensions["limits"], clock.now())
        message = lead.enrollment.open_message if lead.enrollment else None
        greeted = f", and gets “{message.wording.subject}” right away" if was_held and message else ""
        words = f"{lead.first_name} is on Today{greeted}."
    return done(words, to=person_url(lead))

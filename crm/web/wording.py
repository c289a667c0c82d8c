"""Editing one planned email for one person; the template it came from is untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, render_template, request

from crm import clock
from crm.db import transaction
from crm.flows.writing import BLANKS_ON_SCREEN, begun_from, objections
from crm.models import Message
from crm.rules.approval import GONE, why_not_approve
from crm.rules.sending import MessageKind, MessageState
from crm.rules.wording import Wording
from crm.web.approvals import approve_it
from crm.web.dialogs import person_url
from crm.web.forms.checks import tidy, tidy_text
from crm.web.forms.people import WordingForm
from crm.web.respond import done, get_or_404, safe_next

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import Lead

bp = Blueprint("wording", __name__)


@bp.get("/messages/<int:message_id>/wording")
def edit(message_id: int) -> str:
    message = _still_planned(get_or_404(Message, message_id))
    wording = message.wording
    form = WordingForm(subject=wording.subject, preview=wording.preview, body=wording.body)
    return _page(message, form)


@bp.post("/messages/<int:message_id>/wording")
def update(message_id: int) -> Response | str | tuple[str, int]:
    """Keep these words for this one email; or only show how they would read."""
    message = _still_planned(get_or_404(Message, message_id))
    form = WordingForm(request.form)
    if not form.validate() or not _holds_together(form):
        return _page(message, form), 422
    if request.form.get("show") == "preview":
        return _page(message, form)
    with transaction():
        message = _still_planned(get_or_404(Message, message_id, lock=True))
        if _wording(form) != _as_typed(message.wording):
            message.reword(_wording(form))
        lead, undo = _person(message), None
        words = f"This email to {lead.first_name} reads as you wrote it. The template is as it was."
        if request.form.get("do") == "approve":
            words, undo = approve_it(message, clock.now())
    return done(words, to=person_url(lead), undo=undo)


def _still_planned(message: Message) -> Message:
    """Only what has not begun to leave can be changed."""
    if message.kind is not MessageKind.STEP or message.lead is None:
        abort(404)
    now = clock.now()
    if message.state is not MessageState.SCHEDULED and (not message.is_draft or message.has_expired(now)):
        abort(409, _why_not(message, now))
    return message


def _why_not(message: Message, now: datetime) -> str:
    """What became of a draft; of anything else that it is too late."""
    if message.expires_at is None:
        return "This email has left, or was stopped, since you opened it."
    why = why_not_approve(message.state, message.cancel_reason, expired=message.has_expired(now))
    return (why or GONE).format(subject=message.wording.subject, name=_person(message).first_name)


def _holds_together(form: WordingForm) -> bool:
    for problem in objections(_wording(form)):
        field = form[problem.where]
        field.errors = [*field.errors, problem.message]
    return not form.errors


def _wording(form: WordingForm) -> Wording:
    return Wording(form.subject.data or "", form.preview.data or "", form.body.data or "")


def _as_typed(wording: Wording) -> Wording:
    """As the form gives it back when nothing was changed: then it stays the template's."""
    return Wording(tidy(wording.subject), tidy(wording.preview), tidy_text(wording.body))


def _page(message: Message, form: WordingForm) -> str:
    lead, links = _person(message), current_app.extensions["links"]
    anonymous = message.is_acknowledgement
    return render_template(
        "people/wording.html",
        message=message,
        lead=lead,
        form=form,
        blanks=BLANKS_ON_SCREEN,
        back=safe_next() or person_url(lead),
        shown=begun_from(_wording(form), lead, links, clock.now(), anonymous=anonymous),
    )


def _person(message: Message) -> Lead:
    return message.lead or abort(404)

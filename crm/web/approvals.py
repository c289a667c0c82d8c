"""Saying yes to the emails that wait for it: to one, to some, to all that were shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows import approvals
from crm.models import Message, Practice
from crm.rules.approval import why_not_approve
from crm.rules.telling import moment, opening, things
from crm.web.access import account
from crm.web.belongings import seen
from crm.web.dialogs import person_url
from crm.web.respond import came_from, done, get_or_404, go, safe_next

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import Undo

bp = Blueprint("approvals", __name__)

CHOOSE = "Choose the emails first. Nothing was changed."
TOO_LATE = "None of them waits any more. Here is how it looks now."
MOST = 500
"""So many at once; a page shows no more in practice."""


@bp.post("/messages/<int:message_id>/approval")
def create(message_id: int) -> Response:
    """Yes to this one. A second click, or one that comes too late, is told how it stands."""
    now = clock.now()
    with transaction():
        message = get_or_404(Message, message_id, lock=True)
        lead = message.lead or abort(404)
        words, undo = approve_it(message, now)
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/follow-ups/approvals")
def create_several() -> Response:
    """Yes to the chosen ones, or with `all` to each that the page showed; not to what came since."""
    field = "shown" if request.form.get("which") == "all" else "draft"
    wanted = seen(Message, request.form.getlist(field, type=int)[:MOST])
    if not wanted:
        return done(CHOOSE, to=url_for("going_out.show"))
    now = clock.now()
    with transaction():
        undos = approvals.approve_all(wanted, account().id, now)
        words = _approved(len(undos), len(wanted)) if undos else TOO_LATE
        undo = url_for("undo.create_several", first=undos[0].id, last=undos[-1].id) if undos else "message"
    flash(words, undo)
    return go(safe_next() or came_from() or url_for("going_out.show"))


def approve_it(message: Message, now: datetime) -> tuple[str, Undo | None]:
    """Say yes, and say when it goes; or why that comes too late. In the caller's transaction."""
    practice, name = Practice.current(), message.lead.first_name if message.lead else ""
    subject = message.wording.subject
    if message.is_draft and message.held_at is not None:
        return f"{name}’s follow-ups wait for you. Let them go on first.", None
    if why := why_not_approve(message.state, message.cancel_reason, expired=message.has_expired(now)):
        return why.format(subject=subject, name=name), None
    undo = approvals.approve(message, account().id, now)
    goes = "after you resume" if practice.sending_held_at else moment(message.due_at, now, practice.zone)
    return f"Approved. “{subject}” goes to {name} {goes}.", undo


def _approved(number: int, wanted: int) -> str:
    """Three emails are approved. One had gone another way."""
    words = f"{opening(things(number, 'email'))} {'is' if number == 1 else 'are'} approved."
    if not (others := wanted - number):
        return words
    return f"{words} {opening(things(others, 'other'))} had gone another way meanwhile."

"""Taking back what was just done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import triage
from crm.models import Undo, turns
from crm.rules.telling import opening, people, things
from crm.web.access import account
from crm.web.respond import came_from, get_or_404, safe_next

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("undo", __name__)


@bp.post("/undo/<int:undo_id>")
def create(undo_id: int) -> Response:
    """Put the person back as they were, or say why that is no longer possible."""
    with transaction():
        undo = get_or_404(Undo, undo_id)
        if undo.account_id != account().id:
            abort(404)
        name, taken_back = undo.lead.first_name, triage.take_back(undo, clock.now())
    too_late = (
        f"That can’t be taken back any more. {name} has had an email or changed a call since, "
        "or too much time has passed."
    )
    flash(f"Undone. {name} is back as before." if taken_back else too_late, "message")
    return redirect(safe_next() or _where(undo), 303)


@bp.post("/undo/<int:first>/to/<int:last>")
def create_several(first: int, last: int) -> Response:
    """Take back what one click did to several people, as far as that is still possible."""
    with transaction():
        undos = list(db.session.scalars(Undo.of_one_click(get_or_404(Undo, first), last)))
        if not undos or undos[0].account_id != account().id:
            abort(404)
        taken_back = sum(_take_back(undo.id, undo.lead_id) for undo in undos)
    left = len(undos) - taken_back
    too_late = f" {opening(things(left, 'other'))} can’t be taken back any more." if left else ""
    flash(f"Undone for {people(taken_back) if taken_back else 'nobody'}.{too_late}", "message")
    return redirect(safe_next() or came_from() or url_for("today.show"), 303)


def _take_back(undo_id: int, lead_id: int) -> bool:
    turns.take(lead_id)
    return triage.take_back(db.session.get_one(Undo, undo_id), clock.now())


def _where(undo: Undo) -> str:
    """The page it was undone on; on Today, with that person selected."""
    today, here = url_for("today.show"), came_from()
    if here is None or here.partition("?")[0] == today:
        return url_for("today.show", person=undo.lead_id)
    return here

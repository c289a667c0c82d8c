"""Acting on very many people: asked on a page of its own, done by a worker, to be stopped and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import sweeping
from crm.models import Sweep, SweepState
from crm.models.undo import UNDO_LIFE
from crm.rules.telling import people
from crm.web.access import account
from crm.web.sweep_acts import form_for, prepare, refusals
from crm.web.sweep_page import asked_page, proposal, where_from
from crm.web.sweep_words import HEADINGS, Act, outcome, standing, taken_back

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import Form

bp = Blueprint("long_sweeps", __name__, url_prefix="/people/sweeps/<int:sweep_id>")

TOO_LATE = "That was longer than ten minutes ago. It stays as it is."


@bp.get("")
def show(sweep_id: int) -> str:
    """What would happen, how far it is, or what came of it."""
    sweep = _mine(sweep_id)
    if sweep.state is SweepState.PROPOSED:
        return _proposal(sweep, form_for(Act(sweep.act)))
    return render_template(
        "people/sweeps/show.html",
        sweep=sweep,
        states=SweepState,
        heading=HEADINGS[Act(sweep.act)].format(people=people(sweep.chosen)),
        words=_words(sweep),
        until=sweep.made_at + UNDO_LIFE if sweep.can_be_taken_back(clock.now()) else None,
        next=where_from(),
    )


@bp.post("/work")
def create_work(sweep_id: int) -> Response | tuple[str, int]:
    """Have a worker do it. Twice is once."""
    now = clock.now()
    form = form_for(Act(_mine(sweep_id).act), request.form)
    if not form.validate():
        return _proposal(_mine(sweep_id), form), 422
    with refusals(form), transaction():
        sweep = _mine(sweep_id, lock=True)
        if sweep.state is SweepState.PROPOSED:
            prepared = prepare(form, now)
            sweep.deed, sweep.what = prepared.deed.plain, prepared.what
            sweep.work(SweepState.DOING, now)
    if form.errors:
        return _proposal(_mine(sweep_id), form), 422
    return redirect(url_for(".show", sweep_id=sweep_id, next=where_from()), 303)


@bp.post("/removal")
def create_removal(sweep_id: int) -> Response:
    """Stop where it is, and have a worker put everyone back whom nobody has acted on since."""
    now = clock.now()
    with transaction():
        sweep = _mine(sweep_id, lock=True)
        if sweep.can_be_taken_back(now):
            sweep.work(SweepState.UNDOING, now)
        elif sweep.state is SweepState.DONE:
            flash(TOO_LATE, "message")
    return redirect(url_for(".show", sweep_id=sweep_id, next=where_from()), 303)


def _words(sweep: Sweep) -> str:
    if sweep.is_at_work:
        return standing(sweep)
    if sweep.state is SweepState.UNDONE:
        back = sweeping.put_back(sweep)
        return taken_back(back.done, back.stayed, back.stuck)
    return outcome(sweep.what, sweeping.so_far(sweep))


def _proposal(sweep: Sweep, form: Form) -> str:
    return asked_page(Act(sweep.act), form, proposal(sweep, clock.now()))


def _mine(sweep_id: int, *, lock: bool = False) -> Sweep:
    sweep = db.session.get(Sweep, sweep_id, with_for_update=lock or None)
    if sweep is None or sweep.account_id != account().id or not sweep.act:
        abort(404)
    return sweep

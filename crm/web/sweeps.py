"""Acting on many people: first their names and what will happen, then the act, then one Undo for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, abort, flash, redirect, request, stream_with_context, url_for
from flask import Response as AnyResponse

from crm import clock
from crm.db import db, transaction
from crm.flows import exporting, sweeping
from crm.flows.deeds import verb_of
from crm.flows.sweeping import A_BATCH, MOST, Chosen, Swept
from crm.models import Practice, Sweep
from crm.rules.spreadsheets import row
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.sweep_acts import form_for, prepare, refusals
from crm.web.sweep_page import asked_page, chosen_people, export_of, pages_of, preview, where_from
from crm.web.sweep_words import Act, outcome, taken_back

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import Form

    from crm.web.roster import Filters

bp = Blueprint("sweeps", __name__, url_prefix="/people/sweeps")

Item = TypeVar("Item")
BOM = "\ufeff"
"""So that a spreadsheet reads the file as UTF-8."""
CHOOSE = "Choose the people first. Nothing was changed."


@bp.post("/new")
def new() -> str | Response:
    """Who they are, how many, and what will happen. Nothing changes yet."""
    act = _act()
    people = chosen_people(request.form, clock.now())
    if not people.leads:
        flash(CHOOSE, "message")
        return redirect(where_from(), 303)
    if people.everyone and people.fit and act is not Act.EXPORT:
        to = url_for("long_sweeps.show", sweep_id=_propose(act, people.everyone), next=where_from())
        return redirect(to, 303)
    return asked_page(act, form_for(act), preview(act, people, clock.now()))


@bp.post("")
def create() -> Response | tuple[str, int]:
    """Do it, a few people at a time. Who has changed since they were shown is left out.

    What was done stands above the list, with its Undo, for as long as it can be taken back.
    """
    act = _act()
    if act is Act.EXPORT:  # changes nobody, and has an address of its own
        abort(400)
    people = [each for each in map(_shown, request.form.getlist("person")[:MOST]) if each]
    form, told = form_for(act, request.form), Swept()
    with refusals(form):
        sweep = _sweep(form, people, told) if form.validate() else None
    if form.errors or sweep is None:
        now = clock.now()
        return asked_page(act, form, preview(act, chosen_people(request.form, now), now)), 422
    if not told.done:
        flash(sweep.words, "message")
    return redirect(where_from(), 303)


@bp.post("/<int:sweep_id>/undo")
def undo(sweep_id: int) -> Response:
    """Take all of it back, but for whoever was acted on since."""
    with transaction():
        sweep = db.session.get(Sweep, sweep_id)
        if sweep is None or sweep.account_id != account().id or sweep.chosen:
            abort(404)
        ids = [each.id for each in db.session.scalars(sweep.undos())]
    came: list[tuple[str, bool]] = []
    for batch in _batches(ids):
        with transaction():
            came += sweeping.take_back(batch, clock.now())
    with transaction():
        db.session.get_one(Sweep, sweep_id).undone_at = clock.now()
    left = [name for name, is_back in came if not is_back]
    flash(taken_back(len(came) - len(left), left), "message")
    return redirect(where_from(), 303)


@bp.post("/export")
@freshly_authenticated
def export() -> Response | AnyResponse:
    """Everybody, a page at a time, so that a hundred thousand are no more in memory than five hundred."""
    now, zone = clock.now(), Practice.current().zone
    people = export_of(request.form, now)
    if people is None:
        flash(CHOOSE, "message")
        return redirect(where_from(), 303)
    lines = chain([BOM, row(exporting.HEAD)], map(row, exporting.rows(people, zone)))
    named = f"attachment; filename=people-{now.astimezone(zone):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return AnyResponse(stream_with_context(lines), mimetype="text/csv", headers=headers)


def _sweep(form: Form, people: Sequence[Chosen], told: Swept) -> Sweep:
    """Each batch is a transaction of its own; the words of what has been done so far are kept with it."""
    now = clock.now()
    with transaction():
        sweep_id = Sweep.begin(account().id, now).id
        prepared = prepare(form, now)
    for batch in _batches(people):
        with transaction():
            sweep = db.session.get_one(Sweep, sweep_id)
            sweeping.sweep(batch, verb_of(prepared.deed), sweep, told, now)
            sweep.words = outcome(prepared.what, told)
    return db.session.get_one(Sweep, sweep_id)


def _propose(act: Act, everyone: Filters) -> int:
    """Write down whom he is shown, and how they stand, for a worker that will do it once he has said so."""
    now = clock.now()
    with transaction():
        sweep_id = Sweep.propose(account().id, act, now).id
    for page in pages_of(everyone, now):
        with transaction():
            db.session.get_one(Sweep, sweep_id).choose(sweeping.stamps(page))
    return sweep_id


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[at : at + A_BATCH] for at in range(0, len(items), A_BATCH))


def _act() -> Act:
    asked = request.values.get("act", "")
    return Act(asked) if asked in {*Act} else abort(400)


def _shown(person: str) -> Chosen | None:
    """7:0a1b2c3d: the person, and how they stood when they were shown."""
    lead_id, _, stamp = person.partition(":")
    return (
        Chosen(int(lead_id), stamp) if lead_id.isascii() and lead_id.isdigit() and len(lead_id) < 10 else None
    )

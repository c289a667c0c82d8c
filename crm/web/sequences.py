"""The sequences: their list, the editor of one, turning it on and off, and a test of all its emails."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import proofs, sequences
from crm.flows.foresight import as_it_was, emails_for, foresee, people_in, plan_of
from crm.models import Enrollment, Sequence
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules import consequence_words
from crm.rules.plans import Plan, PlanEmail
from crm.rules.telling import listed, opening, people, things
from crm.web.access import account
from crm.web.forms.sequences import PlanForm
from crm.web.respond import done, get_or_404
from crm.web.sequence_page import editor
from crm.web.sequence_simulation import Asked
from crm.web.sequence_words import sentence

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("sequences", __name__, url_prefix="/follow-ups/sequences")

CHANGED_MEANWHILE = "This sequence was changed in another window. Here is how it looks now."


@bp.get("")
def index() -> str:
    inside = sa.select(Enrollment.sequence_id).where(Enrollment.state.in_(OPEN_ENROLLMENTS))
    counts = Counter(db.session.scalars(inside))
    rows = [(each, sentence(each, counts[each.id])) for each in db.session.scalars(Sequence.in_order())]
    return render_template("follow_ups/sequences.html", rows=rows)


@bp.get("/<int:sequence_id>")
def show(sequence_id: int) -> str:
    """The plan as it is; with `version`, an earlier one as a change that is not saved yet."""
    sequence = get_or_404(Sequence, sequence_id)
    number = request.args.get("version", type=int)
    if number is None:
        return _draft(sequence, plan_of(sequence), plan_of(sequence).mark)
    back = as_it_was(sequence.version(number) or abort(404), sequence)
    return _draft(sequence, back.plan, plan_of(sequence).mark, _left_out(back.archived))


@bp.post("/<int:sequence_id>/draft")
def create_draft(sequence_id: int) -> tuple[str, int]:
    """The plan with one more change, and what it would do. Nothing is saved."""
    sequence, form = get_or_404(Sequence, sequence_id), PlanForm(request.form)
    known = emails_for(sequence)
    if not form.validate():
        return _page(sequence, form, form.plan(known)), 422
    return _draft(sequence, _changed(form.plan(known), known), form.seen.data or ""), 200


@bp.post("/<int:sequence_id>")
def update(sequence_id: int) -> Response | tuple[str, int]:
    """Save the plan, and move what waits for the people inside to where it puts it."""
    form, now = PlanForm(request.form), clock.now()
    with transaction():
        sequence = get_or_404(Sequence, sequence_id, lock=True)
        plan = form.plan(emails_for(sequence))
        saved = plan_of(sequence)
        if form.seen.data != saved.mark:
            return _draft(sequence, saved, saved.mark, CHANGED_MEANWHILE), 409
        if not form.validate() or plan.objection:
            return _page(sequence, form, plan, plan.objection), 422
        effect = consequence_words.sentence(foresee(sequence, plan, people_in(sequence), now))
        sequences.save(sequence, plan, now, account().id)
    return done(f"Saved. {effect}", to=url_for(".show", sequence_id=sequence_id))


@bp.post("/<int:sequence_id>/activity")
def create_activity(sequence_id: int) -> Response:
    """On: people start it again, and those it held carry on."""
    with transaction():
        sequence = get_or_404(Sequence, sequence_id, lock=True)
        resumed = sequences.turn_on(sequence, clock.now(), account().id)
        words = f"“{sequence.name}” is on.{_carry_on(resumed)}"
    return done(words, to=url_for(".show", sequence_id=sequence_id))


@bp.get("/<int:sequence_id>/rest")
def new_rest(sequence_id: int) -> str:
    """Off: hold the people in it, or let them finish?"""
    sequence = get_or_404(Sequence, sequence_id)
    return render_template("follow_ups/rest.html", sequence=sequence, inside=len(people_in(sequence)))


@bp.post("/<int:sequence_id>/rest")
def create_rest(sequence_id: int) -> Response:
    """Turn it off, once it is clear what happens to the people in it. The toast turns it on again."""
    choice = request.form.get("people")
    with transaction():
        sequence = get_or_404(Sequence, sequence_id, lock=True)
        if choice not in ("hold", "finish") and people_in(sequence):
            return redirect(url_for(".new_rest", sequence_id=sequence_id), 303)
        held = sequences.turn_off(sequence, clock.now(), account().id, hold=choice == "hold")
        words = f"“{sequence.name}” is off. Nobody new starts it.{_are_held(held)}"
    flash(words, url_for(".create_activity", sequence_id=sequence_id))
    return redirect(url_for(".show", sequence_id=sequence_id), 303)


@bp.post("/<int:sequence_id>/test")
def create_test(sequence_id: int) -> Response:
    """All its emails, to whoever is signed in, in their order."""
    with transaction():
        sequence = get_or_404(Sequence, sequence_id)
        for step in sequence.steps:
            proofs.send_test(step.template.current.wording, account(), clock.now())
        count, address = len(sequence.steps), account().email
    go = "goes" if count == 1 else "go"
    return done(f"{opening(things(count, 'test email'))} {go} to {address} now.", to=url_for(".index"))


def _changed(plan: Plan, known: dict[int, PlanEmail]) -> Plan:
    """What the pressed button does to the plan: up-2, down-2, out-2 (numbers from 1), or add."""
    verb, _, number = request.form.get("do", "").partition("-")
    at = int(number) - 1 if number.isdecimal() else -1
    match verb:
        case "up":
            return plan.moved(at, -1)
        case "down":
            return plan.moved(at, +1)
        case "out":
            return plan.without(at)
        case "add":
            email = known.get(request.form.get("added", default=0, type=int))
            is_new = email is not None and plan.position_of(email.step_id) is None
            return plan.with_email(email) if email and is_new else plan
        case _:
            return plan


def _draft(sequence: Sequence, plan: Plan, seen: str, trouble: str | None = None) -> str:
    """The editor with this plan in its fields. `seen`: the mark of the saved plan it was made from."""
    form = PlanForm.of(plan)
    form.seen.data = seen
    return _page(sequence, form, plan, trouble)


def _page(sequence: Sequence, form: PlanForm, plan: Plan, trouble: str | None = None) -> str:
    page = editor(sequence, plan, Asked.from_request(request.values), clock.now())
    return render_template("follow_ups/sequence.html", page=page, form=form, trouble=trouble)


def _left_out(archived: list[str]) -> str | None:
    if not archived:
        return None
    names = listed([f"“{name}”" for name in archived])
    return f"{names} {'is' if len(archived) == 1 else 'are'} archived, and so left out here."


def _are_held(held: int) -> str:
    if held == 0:
        return ""
    return f" {opening(people(held))} in it {'waits' if held == 1 else 'wait'}; nothing goes to them."


def _carry_on(resumed: int) -> str:
    return f" {opening(people(resumed))} {'carries' if resumed == 1 else 'carry'} on." if resumed else ""

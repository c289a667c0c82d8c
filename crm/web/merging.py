"""Two records that may be one person: side by side, merged, told apart, taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import merging, parting
from crm.flows.finding import find
from crm.flows.pairing import Pair, foresee, usual_choices
from crm.flows.resemblance import resemblance
from crm.models import Distinction, Lead, Merge, Practice, turns
from crm.rules.merging import Whose
from crm.rules.telling import isolated
from crm.web.access import account
from crm.web.dialogs import person_url
from crm.web.forms.checks import row_id, tidy
from crm.web.merge_page import compared, consequences, signature
from crm.web.respond import done, get_or_404, go

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("merging", __name__)


@bp.get("/people/<int:lead_id>/merge")
def choose(lead_id: int) -> str:
    """With whom? For two whom nothing but the owner knows to be one."""
    lead, q = get_or_404(Lead, lead_id), tidy(request.args.get("q"))
    found = [hit.lead_id for hit in find(q).hits if hit.lead_id != lead_id]
    others = {each.id: each for each in db.session.scalars(sa.select(Lead).where(Lead.id.in_(found)))}
    people = [others[each] for each in found if each in others]
    return render_template("people/merge_with.html", lead=lead, q=q, people=people)


@bp.get("/people/<int:lead_id>/merge/new")
def new(lead_id: int) -> str:
    """Both side by side, with what a merge would make of them."""
    pair = _pair(lead_id, request.args)
    return _page(lead_id, pair, usual_choices(pair))


@bp.post("/people/<int:lead_id>/merge")
def create(lead_id: int) -> Response | str | tuple[str, int]:
    """Make them one; or only show what these choices lead to. Shown anew where either has changed since."""
    if request.form.get("show") == "preview":
        pair = _pair(lead_id, request.form)
        return _page(lead_id, pair, _choices(pair))
    with transaction():
        turns.take(lead_id, _other_id(request.form))
        pair = _pair(lead_id, request.form)
        if request.form.get("seen") != signature(pair):
            return _page(lead_id, pair, _choices(pair), has_changed=True), 409
        name = isolated(pair.other.name) or "the other record"
        made = merging.merge(pair, _choices(pair), account().id, clock.now())
        kept = get_or_404(Lead, made.lead_id)
        words, to = f"{kept.first_name} and {name} are one person now.", person_url(kept)
    flash(words, url_for("merging.create_parting", merge_id=made.id))
    return go(to)


@bp.post("/merges/<int:merge_id>/parting")
def create_parting(merge_id: int) -> Response:
    """Take them apart, also days later."""
    with transaction():
        merge = get_or_404(Merge, merge_id)
        name, to = merge.other_name or "the other record", url_for("person.show", lead_id=merge.lead_id)
        parted = parting.part(merge, account().id, clock.now())
    done_before = "That was taken apart already, or a later merge has to be taken apart first."
    flash(f"Two people again: this one and {name}." if parted else done_before, "message")
    return go(to)


@bp.post("/people/<int:lead_id>/distinctions")
def create_distinction(lead_id: int) -> Response:
    """Not the same: never proposed again."""
    with transaction():
        pair = _pair(lead_id, request.form)
        Distinction.make(*pair.ids, account().id, clock.now())
        kept, other = isolated(pair.kept.name), isolated(pair.other.name)
        words = f"{kept or 'This person'} and {other or 'the other'} stay two people."
    flash(words, url_for("merging.take_back_distinction", lead_id=lead_id, other_id=_other_id(request.form)))
    return go(url_for("person.show", lead_id=lead_id))


@bp.post("/people/<int:lead_id>/distinctions/<int:other_id>/undoing")
def take_back_distinction(lead_id: int, other_id: int) -> Response:
    with transaction():
        get_or_404(Lead, lead_id)
        Distinction.take_back(lead_id, other_id)
    return done("Undone. It may be asked again.", to=url_for("person.show", lead_id=lead_id))


def _page(lead_id: int, pair: Pair, choices: dict[str, Whose], *, has_changed: bool = False) -> str:
    now, practice = clock.now(), Practice.current()
    outcome = foresee(pair, choices)
    return render_template(
        "people/merge.html",
        here=lead_id,
        pair=pair,
        alike=resemblance(*pair.leads),
        fields=compared(pair, choices),
        outcome=outcome,
        told=consequences(pair, outcome, now, practice.zone),
        seen=signature(pair),
        has_changed=has_changed,
    )


def _pair(lead_id: int, asked: dict[str, str]) -> Pair:
    other_id = _other_id(asked)
    if other_id == lead_id:
        abort(404)
    return Pair.of(get_or_404(Lead, lead_id), get_or_404(Lead, other_id))


def _other_id(asked: dict[str, str]) -> int:
    written = asked.get("with", "")
    return row_id(written) or abort(404)


def _choices(pair: Pair) -> dict[str, Whose]:
    """As chosen; where nothing was asked, as usual."""
    usual = usual_choices(pair)
    asked = {name: request.form.get(name, "") for name in usual}
    return {name: Whose(asked[name]) if asked[name] in {*Whose} else usual[name] for name in usual}

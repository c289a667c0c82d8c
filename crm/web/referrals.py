"""A kind decline: somebody is not for us, and hears of up to three colleagues who may be."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request

from crm import clock
from crm.db import db, transaction
from crm.flows import correspondence, referring
from crm.flows.referring import Farewell
from crm.models import Booking, Lead, Practice
from crm.rules.permissions import May
from crm.rules.referring import lines_of
from crm.web.access import account
from crm.web.dialogs import and_off, and_stopped, call_off, dialog, person_url
from crm.web.forms.referrals import ReferralForm
from crm.web.gate import allows
from crm.web.meanwhile import Meanwhile, nobody_was_first
from crm.web.openings_words import Openings, openings_words
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.flows.correspondence import OwnLetter
    from crm.flows.referring import Begun
    from crm.models import Undo
    from crm.rules.referring import Candidate, Card

bp = Blueprint("referrals", __name__, url_prefix="/people/<int:lead_id>/referral")
SHOWN = 6
"""So many colleagues stand in the list; words find the others."""
NAMES_ARE_IN = "Their names stand in the letter now. Read it once more, then send it."


@dataclass(frozen=True)
class Choice:
    """One who can be ticked."""

    id: int
    card: Card
    openings: Openings
    is_chosen: bool


@bp.get("/new")
def new(lead_id: int) -> str:
    lead = get_or_404(Lead, lead_id)
    form = ReferralForm(call=request.args.get("call", ""), key=secrets.token_urlsafe(18))
    if begun := _begun(lead):
        form.send.data, form.subject.data = True, begun.subject
        form.words.data = begun.draft.naming("")
    return _page(lead, form, begun)


@bp.post("/letter")
def create_letter(lead_id: int) -> str:
    """The same page with who is looked for, and the names of who is ticked in the letter. Nothing is done."""
    lead, form = get_or_404(Lead, lead_id), ReferralForm(request.form)
    form.validate()
    form.words.errors = form.subject.errors = ()
    if begun := _begun(lead):
        _put_names_in(form, begun)
    return _page(lead, form, begun)


@bp.post("")
def create(lead_id: int) -> Response | tuple[str, int]:
    """Move them, and send the letter; it leaves after the time for second thoughts."""
    form = ReferralForm(request.form)
    if not _is_ready(form, get_or_404(Lead, lead_id)):
        return _again(lead_id, form)
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id, lock=True)
            nobody_was_first(lead)
            ran, coming = lead.enrollment is not None, lead.call_to_come(clock.now())
            letter = form.letter if _begun(lead) else None
            form.words.errors = correspondence.obstacles(lead, letter.wording) if letter else ()
            undo = None if form.words.errors else _refer(lead, letter, form)
            also = (" The letter is on its way." if letter else and_stopped(ran=ran)) + and_off(coming)
            words = f"{lead.first_name} is in Referred out.{also}"
    except Meanwhile as told:
        lead = get_or_404(Lead, lead_id)
        return _page(lead, form, _begun(lead), told), 409
    return done(words, to=person_url(lead), undo=undo) if undo else _again(lead_id, form)


def _is_ready(form: ReferralForm, lead: Lead) -> bool:
    """Everybody who is ticked stands in the letter: it never goes with words that were not seen in it."""
    if not form.validate():
        return False
    begun = _begun(lead)
    if begun is None or not form.send.data or form.chosen == form.in_the_letter:
        return True
    _put_names_in(form, begun)
    form.words.errors = [NAMES_ARE_IN]
    return False


def _again(lead_id: int, form: ReferralForm) -> tuple[str, int]:
    lead = get_or_404(Lead, lead_id)
    return _page(lead, form, _begun(lead)), 422


def _refer(lead: Lead, letter: OwnLetter | None, form: ReferralForm) -> Undo:
    named = referring.chosen(form.chosen, referring.candidates())
    farewell = Farewell(
        to=tuple(each.card.name for each in named),
        letter=letter,
        call=_call(lead, form),
    )
    return referring.refer_out(lead, farewell, account(), clock.now())


def _call(lead: Lead, form: ReferralForm) -> Booking | None:
    """The call it was found in, if it was theirs and is over."""
    call = db.session.get(Booking, form.call_id)
    return call if call and call.lead_id == lead.id and call.is_over(clock.now()) else None


def _begun(lead: Lead) -> Begun | None:
    """The letter, for those who may write to people."""
    return referring.begun(lead, current_app.extensions["links"], clock.now()) if allows(May.WRITE) else None


def _put_names_in(form: ReferralForm, begun: Begun) -> None:
    everybody = referring.candidates()
    was, now = (
        lines_of([each.card for each in referring.chosen(ids, everybody)])
        for ids in (form.in_the_letter, form.chosen)
    )
    form.words.data = begun.draft.renamed(form.words.data or "", was, now)
    form.named.data = ",".join(map(str, form.chosen))


def _page(lead: Lead, form: ReferralForm, begun: Begun | None, told: Meanwhile | None = None) -> str:
    """Whoever is ticked, then who fits what is looked for."""
    everybody, now = referring.candidates(), clock.now()
    ticked = referring.chosen(dict.fromkeys(form.to.data or ()), everybody)
    others = [each for each in everybody if each not in ticked and each.card.fits(form.wanted.data or "")]
    return dialog(
        "referral",
        lead,
        form=form,
        told=told,
        letter=begun,
        choices=list(_choices(ticked, others[:SHOWN], now)),
        is_empty=not everybody,
        more=len(others[SHOWN:]),
        call=_call(lead, form),
        **call_off(lead, now),
    )


def _choices(ticked: list[Candidate], others: list[Candidate], now: datetime) -> Iterator[Choice]:
    zone = Practice.current().zone
    for each in (*ticked, *others):
        yield Choice(each.id, each.card, openings_words(each.openings_at, now, zone), each in ticked)

"""The waitlist: who waits for a place, the places that are offered, and "I have a place"."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from sqlalchemy.orm import selectinload

from crm import clock
from crm.db import db, once_more, transaction
from crm.flows import offering, waitlist
from crm.flows.offering import ListChanged, Proposal
from crm.models import Account, Lead, Offer, Vacancy, turns
from crm.rules.offers import OfferState
from crm.rules.telling import count_words, date_words, first_name, isolated, listed, moment, people
from crm.rules.waitlist import FIRST_FEW, HOURS, WORDS
from crm.web.access import account
from crm.web.filters import zone
from crm.web.forms.waitlist import PlaceForm
from crm.web.respond import done, get_or_404, go

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.flows.waitlist import NextFew, OnList

bp = Blueprint("waitlist", __name__, url_prefix="/waitlist")
STATE_WORDS = {
    OfferState.OPEN: "hasn’t answered yet",
    OfferState.ACCEPTED: "said yes",
    OfferState.DECLINED: "said not now",
    OfferState.TAKEN: "came too late",
    OfferState.LAPSED: "didn’t answer in time",
    OfferState.WITHDRAWN: "was told it isn’t free",
    OfferState.MERGED: "became one with another record",
}


@bp.get("")
def index() -> str:
    """In order, with the places that stand open."""
    now, on_list = clock.now(), waitlist.everybody()
    since = _days(now)
    whole = selectinload(Vacancy.offers).joinedload(Offer.lead)
    vacancies = db.session.scalars(Vacancy.standing().options(whole)).all()
    return render_template(
        "waitlist/index.html",
        people=[(each, since(each.since), _left_out(each, now)) for each in on_list],
        longest=since(min((each.since for each in on_list), default=now)),
        vacancies=vacancies,
        clinicians=_names(),
        states=STATE_WORDS,
        open_state=OfferState.OPEN,
        lead_word=people(len(on_list)),
        now=now,
    )


@bp.get("/place/new")
def new() -> str:
    """What the place is, and who gets it. Each "Show who gets it" comes here again."""
    again = _again(request.args.get("again", 0, type=int))
    known = {"words": again.words, "clinician": again.clinician_id} if again else {}
    asked = PlaceForm(request.args) if "count" in request.args else PlaceForm(data=known)
    asked.offer(clinicians := _clinicians())
    if asked.clinician.data not in clinicians:
        asked.clinician.data = account().id if account().id in clinicians else next(iter(clinicians), 0)
    if again:
        asked.again.data = str(again.id)
    return _page(asked, again)


@bp.post("/place")
def create() -> Response | tuple[str, int]:
    """One email to each who was shown, if they are still the next."""
    form = PlaceForm(request.form)
    form.offer(_clinicians())
    again = _again(form.again_id or 0)
    if not form.validate():
        return _page(form, again), 422
    try:
        words, vacancy_id = once_more(partial(_offered, form, clock.now()))
    except ListChanged:
        form.again.data = str(again.id) if again else ""
        return _page(form, again, changed=True), 409
    flash(words, url_for(".withdraw", vacancy_id=vacancy_id))
    return go(url_for(".index"))


@bp.post("/place/<int:vacancy_id>/withdrawal")
def withdraw(vacancy_id: int) -> Response:
    """Taken back. Within the first moments nobody has heard of it."""
    with transaction():
        vacancy = offering.take_turns(vacancy_id) or abort(404)
        is_done = offering.withdraw(vacancy, account().id, clock.now())
        words = "It isn’t offered any more." if is_done else "That was over already."
    return done(words, url_for(".index"))


@bp.post("/place/<int:vacancy_id>/rest")
def settle(vacancy_id: int) -> Response:
    """Nobody took it, and the owner lets it rest."""
    with transaction():
        vacancy = Vacancy.turn_of(vacancy_id) or abort(404)
        if vacancy.came_to_nothing:
            vacancy.settle(clock.now())
    return done("Off Today. Nobody is asked.", url_for(".index"))


@bp.get("/offers/<int:offer_id>/acceptance/new")
def new_acceptance(offer_id: int) -> str:
    """They said yes by phone, or in an email."""
    made = get_or_404(Offer, offer_id)
    others = [each for each in made.vacancy.open_offers if each is not made]
    return render_template(
        "waitlist/give.html", offer=made, others=count_words(len(others)) if others else ""
    )


@bp.post("/offers/<int:offer_id>/acceptance")
def accept(offer_id: int) -> Response:
    with transaction():
        offering.take_turns(_vacancy_of(offer_id))
        made = get_or_404(Offer, offer_id)
        is_theirs = offering.accept(made, clock.now(), account().id)
        name = made.lead.first_name or "This person"
        words = (
            f"{name} has the place." if is_theirs else f"It can’t be {name}’s any more: the offer is over."
        )
    return done(words, url_for(".index"))


@bp.post("/people/<int:lead_id>/first")
def put_first(lead_id: int) -> Response:
    with transaction():
        lead = get_or_404(Lead, lead_id)
        waitlist.put_first(lead, account().id, clock.now())
        words = f"{lead.first_name or 'This person'} is first on the list."
    flash(words, url_for(".put_in_line", lead_id=lead_id))
    return go(url_for(".index"))


@bp.post("/people/<int:lead_id>/line")
def put_in_line(lead_id: int) -> Response:
    with transaction():
        lead = get_or_404(Lead, lead_id)
        lead.put_in_line()
        words = f"{lead.first_name or 'This person'} stands by how long they have waited."
    return done(words, url_for(".index"))


def _left_out(who: OnList, now: datetime) -> str:
    why = who.left_out(now)
    return WORDS[why] if why else ""


def _offered(form: PlaceForm, now: datetime) -> tuple[str, int]:
    proposal = Proposal(
        words=form.words.data or "",
        clinician_id=form.clinician.data,
        hours=form.hours.data or HOURS,
        people=form.seen,
        nonce=(form.nonce.data or "")[:60] or secrets.token_urlsafe(12),
        at_most=form.count.data or FIRST_FEW,
    )
    with transaction():
        again = None
        if form.again_id:
            again = offering.take_turns(form.again_id, *proposal.people) or abort(404)
        else:
            turns.take(*proposal.people)
        vacancy, leads = offering.offer(proposal, account().id, now, again)
        names = listed([isolated(each.first_name or "someone") for each in leads])
        return f"Offered to {names}, until {moment(vacancy.ends_at, now, zone())}.", vacancy.id


def _page(form: PlaceForm, again: Vacancy | None, *, changed: bool = False) -> str:
    found = _next_few(form, again)
    form.people.data = ",".join(map(str, found.ids))
    form.nonce.data = form.nonce.data or secrets.token_urlsafe(12)
    return render_template(
        "waitlist/new.html",
        form=form,
        again=again,
        found=found,
        reasons=WORDS,
        how_many=people(len(found.chosen)),
        since=_days(clock.now()),
        changed=changed,
    )


def _next_few(form: PlaceForm, again: Vacancy | None) -> NextFew:
    count = form.count.data if isinstance(form.count.data, int) and form.count.data > 0 else FIRST_FEW
    return waitlist.who_is_next(count, form.clinician.data or 0, clock.now(), again)


def _days(now: datetime) -> Callable[[datetime], str]:
    """Since when somebody waits; with its year when that is another one."""
    here, today = zone(), now.astimezone(zone()).date()
    return lambda at: date_words(at.astimezone(here).date(), today)


def _again(vacancy_id: int) -> Vacancy | None:
    """A place nobody took."""
    vacancy = db.session.get(Vacancy, vacancy_id) if vacancy_id else None
    return vacancy if vacancy and vacancy.came_to_nothing else None


def _vacancy_of(offer_id: int) -> int:
    return db.session.scalar(sa.select(Offer.vacancy_id).where(Offer.id == offer_id)) or abort(404)


def _clinicians() -> dict[int, str]:
    """Who may have a place."""
    return {each.id: each.name for each in db.session.scalars(Account.who_take_clients())}


def _names() -> dict[int, str]:
    return {each.id: first_name(each.name) for each in db.session.scalars(sa.select(Account))}

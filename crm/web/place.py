"""A place somebody of the waitlist is offered, by the link in its email. Looking changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import offering
from crm.flows.offer_facts import until_words
from crm.models import Account, Offer, Practice
from crm.rules.offers import OfferState
from crm.rules.telling import first_name
from crm.web.forms.checks import tidy
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("place", __name__, url_prefix="/place/<token>")


@bp.get("")
def show(token: str) -> str:
    """What it is, until when, and two answers; or kindly that it is gone."""
    made, practice = _offer(token), Practice.current()
    zone = ZoneInfo(made.lead.zone_name or practice.zone_name)
    return render_template(
        "public/place.html",
        practice=Face.of(practice),
        offer=made,
        states=OfferState,
        is_open=offering.standing(made).may_be_accepted(clock.now()),
        clinician=first_name(db.session.get_one(Account, made.vacancy.clinician_id).name),
        until=until_words(made.vacancy.ends_at, zone),
    )


@bp.post("/acceptance")
@carries_its_own_token
def accept(token: str) -> Response | tuple[str, int]:
    """Whoever comes first has it. Twice is once."""
    with transaction():
        made = _in_turn(token)
        is_theirs = offering.accept(made, clock.now())
        if is_theirs:
            made.lead.prove_address()
    if is_theirs:
        return redirect(url_for(".show", token=token), 303)
    return show(token), 409


@bp.post("/refusal")
@carries_its_own_token
def decline(token: str) -> Response:
    """Not now: they keep their place on the list."""
    with transaction():
        offering.decline(_in_turn(token), clock.now())
    return redirect(url_for(".show", token=token), 303)


def _in_turn(token: str) -> Offer:
    offering.take_turns(_offer(token).vacancy_id)
    return _offer(token)


def _offer(token: str) -> Offer:
    return Offer.of(tidy(token)) or abort(404)

"""Choosing a time to talk: no account, no cookie, no script needed. Looking changes nothing."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm import clock, log
from crm.db import transaction
from crm.flows import choosing
from crm.flows.calendars import offers_times
from crm.flows.calls import clinician_of
from crm.flows.choosing import Choice, NotOffered, TooOften
from crm.flows.correspondence import they_wrote
from crm.models import CallSettings, Medium, Practice, ReplyChannel, Taken, turns
from crm.rules.pages import pages_in
from crm.web.callers import Caller
from crm.web.clients import client_key
from crm.web.forms.checks import tidy
from crm.web.forms.times import TimesForm, WishesForm
from crm.web.practice_face import Face
from crm.web.security import carries_its_own_token
from crm.web.spoken import language_asked_for, spoken
from crm.web.time_page import asks_number, page_for, reading_zone

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import Booking
    from crm.rules.page_words import PageWords

bp = Blueprint("times", __name__, url_prefix="/call/<token>")
logger = log.get(__name__)
TRY_AGAIN_SECONDS, AN_HOUR_SECONDS = 10, 3600
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("/times")
def show(token: str) -> Response | str:
    """The days on which something is free, five at a time."""
    caller = _caller(token)
    if not offers_times(caller.lead):
        return redirect(url_for(".wishes", token=token), 303)
    return _page(token, caller, TimesForm(data={"by": request.args.get("by")}, words=_words(caller)))


@bp.post("/times")
@carries_its_own_token
def create(token: str) -> Response | Answer:
    """Book it, ask for it, or say kindly why not and what is free now."""
    caller = _caller(token)
    form = TimesForm(request.form, words=_words(caller))
    if not offers_times(caller.lead):
        return redirect(url_for(".wishes", token=token), 303)
    settings = CallSettings.of(clinician_of(caller.lead))
    form.offer(settings.media, asks_number=asks_number(settings, caller))
    if not form.validate() or form.starts_at is None:
        return _page(token, caller, form), 422
    try:
        booking = _book(token, form, form.starts_at)
    except (Taken, NotOffered) as why:
        return _page(token, _caller(token), form, gone=isinstance(why, Taken), lost=True), 409
    except TooOften:
        return _page(token, _caller(token), form, busy=True), 429, {"Retry-After": str(AN_HOUR_SECONDS)}
    if booking is None:
        return redirect(url_for(".thanks", token=token), 303)
    return redirect(url_for("booked.show", token=booking.token), 303)


@bp.get("/wishes")
def wishes(token: str) -> str:
    """None of the times fits: what would?"""
    caller = _caller(token)
    return _wishes(token, caller, WishesForm(words=_words(caller)))


@bp.post("/wishes")
@carries_its_own_token
def create_wishes(token: str) -> Response | Answer:
    """Their own words: follow-ups stop, and it waits on Today."""
    caller = _caller(token)
    form = WishesForm(request.form, words=_words(caller))
    if not form.validate():
        return _wishes(token, caller, form), 422
    with transaction():
        caller = _in_their_turn(token)
        they_wrote(caller.lead, form.in_words, ReplyChannel.PAGE, clock.now())
        if caller.is_own_page:
            caller.lead.prove_address()
    return redirect(url_for(".thanks", token=token), 303)


@bp.get("/thanks")
def thanks(token: str) -> str:
    language = _caller(token).lead.language
    return spoken("public/answered.html", Face.of(Practice.current()), language, answer="times")


@bp.errorhandler(DBAPIError)
@bp.errorhandler(PoolTimeout)
def not_stored(error: Exception) -> Answer:
    """The database is locked or gone: nothing was booked, and it can be tried again."""
    logger.error("database_unavailable", exc_info=error)
    page = spoken(
        "public/times_away.html", Face.remembered(), language_asked_for(), address=request.full_path
    )
    return page, 503, {"Retry-After": str(TRY_AGAIN_SECONDS)}


def _book(token: str, form: TimesForm, starts_at: datetime) -> Booking | None:
    with transaction():
        caller = _in_their_turn(token)
        choice = Choice(
            starts_at=starts_at,
            medium=Medium(form.by.data),
            nonce=caller.marks + tidy(form.nonce.data)[:40],
            number=_other_number(form, caller),
            zone_name=form.zone_name,
            sees=caller.call.id if caller.call else None,
            client_key=client_key(),
            proves=caller.is_own_page,
        )
        return choosing.choose(caller.lead, choice, clock.now())


def _other_number(form: TimesForm, caller: Caller) -> str:
    """The number of this call alone, where it isn't simply the person's."""
    typed = form.as_e164 or caller.number
    return "" if typed == caller.lead.phone else typed


def _in_their_turn(token: str) -> Caller:
    turns.take_of(lambda: _caller(token).lead.id)
    return _caller(token)


def _caller(token: str) -> Caller:
    return Caller.of(tidy(token), clock.now()) or abort(404)


def _page(token: str, caller: Caller, form: TimesForm, **trouble: bool) -> str:
    """`trouble`: the time is `lost`, maybe `gone` to somebody else; or they are too `busy`."""
    zone = reading_zone(caller)
    page = page_for(caller, zone, clock.now())
    form.offer(tuple(way.medium for way in page.ways), asks_number=page.asks_number)
    form.zone.data, form.nonce.data = zone.key, form.nonce.data or secrets.token_urlsafe(12)
    practice = Practice.current()
    return spoken(
        "public/times.html",
        Face.of(practice),
        caller.lead.language,
        token=token,
        page=page,
        form=form,
        call=caller.call,
        is_own_page=caller.is_own_page,
        **trouble,
    )


def _wishes(token: str, caller: Caller, form: WishesForm) -> str:
    face = Face.of(Practice.current())
    return spoken("public/wishes.html", face, caller.lead.language, token=token, form=form)


def _words(caller: Caller) -> PageWords:
    return pages_in(caller.lead.language)

"""Settings, Your account: the second step. An app shows a code before it counts; ten codes are for later."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from flask import Blueprint, flash, g, redirect, request, url_for
from markupsafe import Markup

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Passkey, Practice, RecoveryCode
from crm.models.second_step import accept_code, address_for_app, new_secret
from crm.web import throttle
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.respond import done
from crm.web.settings_frame import settings_subpage

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("second_step", __name__, url_prefix="/account/second-step")
logger = log.get(__name__)
WRONG = "That code doesn’t fit. Take the newest one, and see that the clock of the phone is right."


@bp.post("")
@freshly_authenticated
def create() -> Response:
    """A secret for the app. It does not count before a code of it was shown."""
    with transaction():
        me = db.session.get_one(Account, account().id, with_for_update=True)
        if me.totp_confirmed_at is None:
            me.totp_secret = new_secret()
    return redirect(url_for(".new"), 303)


@bp.get("")
@freshly_authenticated
def new() -> Response | str:
    me = account()
    if me.totp_secret is None or me.totp_confirmed_at is not None:
        return redirect(url_for("settings.account.show"), 303)
    return _page()


@bp.get("/owed")
def owed() -> Response | str:
    """Everybody must have one here: where whoever has none is led, until they have."""
    if not g.owes_second_step:
        return redirect(url_for("settings.account.show"), 303)
    return settings_subpage("second_step_owed", "account", Practice.current())


@bp.post("/confirmation")
@freshly_authenticated
def confirm() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The first code is right: from now on the password alone is not enough."""
    account_id, buckets = account().id, throttle.at_the_code(account().id)
    try:
        throttle.count(buckets)
    except throttle.Slowly as slowly:
        return _page(slowly.words), 429, slowly.headers
    codes = None
    with transaction():
        me = db.session.get_one(Account, account_id, with_for_update=True)
        waits = me.totp_secret is not None and me.totp_confirmed_at is None
        is_right = waits and accept_code(me, request.form.get("code", ""), clock.now())
        if is_right:
            throttle.take_back(buckets)
            me.totp_confirmed_at = clock.now()
            codes = first_codes(account_id)
    if not waits:
        return redirect(url_for("settings.account.show"), 303)
    if not is_right:
        return _page(WRONG), 422
    logger.info("second_step_on", account_id=account_id)
    return show_codes(codes, "The second step is on.")


@bp.post("/codes")
@freshly_authenticated
def create_codes() -> str | Response:
    """Ten new ones; the old ones are worth nothing any more."""
    with transaction():
        codes = RecoveryCode.give(account().id, clock.now())
    logger.info("recovery_codes_made", account_id=account().id)
    return show_codes(codes, "Ten new codes. The ones from before don’t work any more.")


@bp.post("/removal")
@freshly_authenticated
def destroy() -> Response:
    """No app any more. With a passkey left the second step goes on, and so do the codes."""
    with transaction():
        me = db.session.get_one(Account, account().id, with_for_update=True)
        me.totp_secret = me.totp_confirmed_at = me.totp_step = None
        goes_on = Passkey.some_of(me.id)
        if not goes_on:
            RecoveryCode.forget(me.id)
    logger.info("second_step_app_removed", account_id=account().id)
    words = "The app is removed. Your passkeys stay." if goes_on else "The second step is off."
    return done(words, to=url_for("settings.account.show"))


def show_codes(codes: list[str] | None, words: str) -> Response | str:
    """The only time they are seen. Where nothing new was made there is nothing to show."""
    if codes is None:
        flash(words, "message")
        return redirect(url_for("settings.account.show"), 303)
    return settings_subpage("recovery_codes", "account", Practice.current(), codes=codes, words=words)


def first_codes(account_id: int) -> list[str] | None:
    """Ten codes for whoever has none; None where some are left. Within the caller's transaction."""
    return None if RecoveryCode.are_left(account_id) else RecoveryCode.give(account_id, clock.now())


def _page(problem: str | None = None) -> str:
    me = account()
    address = address_for_app(me, Practice.current().name)
    secret = me.totp_secret or ""
    return settings_subpage(
        "second_step",
        "account",
        Practice.current(),
        picture=_picture(address),
        address=address,
        typed_key=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        problem=problem,
    )


def _picture(address: str) -> Markup:
    """The QR code as SVG within the page: of colours and sizes it says nothing, as our policy wants (R24)."""
    drawn = io.BytesIO()
    options = {"xmldecl": False, "svgns": False, "nl": False, "omitsize": True, "border": 2}
    segno.make(address, error="m").save(drawn, kind="svg", title="QR code for the app", **options)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - made by segno from the text it encodes

"""Signing in with a passkey, and what each page that asks for one needs: a challenge, an answer judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from werkzeug.exceptions import TooManyRequests

from crm import clock
from crm.db import db, transaction
from crm.flows import passkeys
from crm.flows.passkeys import Asked, Site
from crm.models import Challenge, Passkey, Practice, Purpose
from crm.web.clients import client_key
from crm.web.entering import let_in
from crm.web.respond import safe_next

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("passkeys", __name__)
CHALLENGE = "challenge"
"""Under this name the browser's own cookie holds the challenge it was given: no other may answer it."""
UNKNOWN = "That passkey doesn’t open an account here. Sign in with your password instead."


@bp.post("/sign-in/passkey/options")
def options() -> Response:
    """What the browser is to ask a passkey. Nothing of anybody is in it."""
    with transaction():
        not_too_many()
        asked = passkeys.ask_to_prove(site(), client_key(), clock.now())
    return given(asked)


@bp.post("/sign-in/passkey")
def create() -> AnyResponse:
    """It is both steps in one, so it lets in."""
    account_id = proved(request.form.get("credential", ""))
    if account_id is None:
        flash(UNKNOWN, "bad")
        return redirect(url_for("session.new", next=safe_next()), 303)
    return let_in(account_id)


def site() -> Site:
    return Site(current_app.extensions["links"].base_url, Practice.current().name)


def given(asked: Asked) -> Response:
    session[CHALLENGE] = asked.challenge
    return Response(asked.options, mimetype="application/json")


def proved(answer: str) -> int | None:
    """The id of the account whose passkey gave this answer to the challenge of this browser; once."""
    challenge, now = taken(Purpose.PROVE, None), clock.now()
    passkey = passkeys.named_in(answer)
    if challenge is None or passkey is None:
        return None
    passkey_id, account_id = passkey.id, passkey.account_id
    found = passkeys.check(passkey, answer, challenge, site())
    if found is None:
        return None
    with transaction():
        still = db.session.get(Passkey, passkey_id)
        counts = still is not None and still.use(found.new_sign_count, now)
    return account_id if counts else None


def taken(purpose: Purpose, account_id: int | None) -> str | None:
    """The challenge this browser was given, if it still stands. Whatever its answer, it is used up."""
    challenge = session.pop(CHALLENGE, None)
    if not isinstance(challenge, str):
        return None
    with transaction():
        stood = Challenge.take(challenge, purpose, account_id, clock.now())
    return challenge if stood else None


def not_too_many() -> None:
    """Raises 429 where one place asks for more than a person would. In the caller's transaction."""
    if Challenge.too_many(client_key(), clock.now()):
        raise TooManyRequests(retry_after=300)

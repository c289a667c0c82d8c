"""The second step of signing in: a code of the app, one of the ten codes, or a passkey. Never skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, HalfSignIn, Passkey, Practice, RecoveryCode
from crm.models.second_step import accept_code
from crm.web import passkeys, throttle
from crm.web.entering import let_in
from crm.web.respond import safe_next
from crm.web.session import HALF

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("second_step", __name__, url_prefix="/sign-in/second-step")
logger = log.get(__name__)
WRONG = "That code doesn’t fit, or was used already. The app shows a new one every half minute."
OTHER_PASSKEY = "That passkey doesn’t open this account."


@bp.get("")
def new() -> Response | str:
    half = _half()
    return _page(half) if half else _anew()


@bp.post("")
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Guesses are counted before they are looked at. Of a sign-in that is half done one whole one comes."""
    half = _half()
    if half is None:
        return _anew()
    if request.form.get("credential"):
        return _with_passkey(half)
    buckets, half_id = throttle.at_the_code(half.account_id), half.id
    try:
        throttle.count(buckets)
    except throttle.Slowly as slowly:
        return _page(half, slowly.words), 429, slowly.headers
    if not _is_right(half.account_id, request.form.get("code", "")):
        return _page(db.session.get_one(HalfSignIn, half_id), WRONG), 422
    with transaction():
        throttle.take_back(buckets)
    return _finish(half_id)


def _with_passkey(half: HalfSignIn) -> Response | tuple[str, int]:
    half_id, account_id = half.id, half.account_id
    if passkeys.proved(request.form["credential"]) != account_id:
        return _page(db.session.get_one(HalfSignIn, half_id), OTHER_PASSKEY), 422
    return _finish(half_id)


def _is_right(account_id: int, typed: str) -> bool:
    """A code of the app or one of the ten; each is good once."""
    now = clock.now()
    with transaction():
        if accept_code(db.session.get_one(Account, account_id), typed, now):
            return True
        is_ours = RecoveryCode.use(account_id, typed, now)
    if is_ours:
        _say_how_many_are_left(account_id)
    return is_ours


def _say_how_many_are_left(account_id: int) -> None:
    logger.info("recovery_code_used", account_id=account_id)
    left = RecoveryCode.are_left(account_id)
    codes = "code is" if left == 1 else "codes are"
    session["left"] = f"You used a recovery code; {left or 'no'} {codes} left. Settings makes new ones."


def _finish(half_id: int) -> Response:
    half = db.session.get_one(HalfSignIn, half_id)
    account_id, words = half.account_id, session.get("left")
    with transaction():
        is_first = HalfSignIn.end(half_id)
    if not is_first:
        return _anew()
    response = let_in(account_id)
    if words:
        flash(words, "message")
    return response


def _half() -> HalfSignIn | None:
    token = session.get(HALF)
    return HalfSignIn.of(token, clock.now()) if isinstance(token, str) else None


def _anew() -> Response:
    """Too late, or never begun: the password again."""
    return redirect(url_for("session.new", next=safe_next()), 303)


def _page(half: HalfSignIn, problem: str | None = None) -> str:
    return render_template(
        "session/second_step.html",
        problem=problem,
        has_app=half.account.totp_confirmed_at is not None,
        has_passkey=Passkey.some_of(half.account_id),
        practice_name=Practice.current().name,
        next=safe_next(),
    )

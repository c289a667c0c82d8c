"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, session, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, FailedSignIn, Practice, SignIn
from crm.web.access import cookie_name, give_cookie
from crm.web.clients import client_key
from crm.web.forms.session import SignInForm
from crm.web.respond import safe_next

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("session", __name__)
logger = log.get(__name__)


@bp.get("/sign-in")
def new() -> str:
    return _page(SignInForm())


@bp.post("/sign-in")
def create() -> Response | tuple[str, int]:
    """Sign in, and go back to where they were going. Every wrong pair looks and takes the same."""
    form, now, client = SignInForm(), clock.now(), client_key()
    email, password = form.email.data or "", form.password.data or ""
    if FailedSignIn.too_many(email, client, now):
        return _page(form, "Too many tries. Wait five minutes, then try again."), 429
    account = Account.with_password(email, password)
    if account is None or not form.validate():
        with transaction():
            FailedSignIn.note(email, client, now)
        return _page(form, "That email and password don’t go together."), 422
    return _let_in(account.id)


@bp.post("/sign-out")
def destroy() -> Response:
    """The row ends, so that a copied cookie is worth nothing (R21)."""
    with transaction():
        g.sign_in.end(clock.now())
    session.clear()
    flash("You are signed out.", "done")
    response: FlaskResponse = redirect(url_for("session.new"), 303)  # type: ignore[assignment]
    response.delete_cookie(cookie_name())
    return response


def _let_in(account_id: int) -> Response:
    session.clear()
    with transaction():
        account = db.session.get_one(Account, account_id)
        token = SignIn.start(account, clock.now())
    logger.info("signed_in", account_id=account_id)
    response: FlaskResponse = redirect(safe_next() or url_for("today.show"), 303)  # type: ignore[assignment]
    give_cookie(response, token)
    return response


def _page(form: SignInForm, problem: str | None = None) -> str:
    practice = db.session.get(Practice, 1)
    return render_template(
        "session/new.html",
        form=form,
        problem=problem,
        practice_name=practice.name if practice else "Your practice",
        next=safe_next(),
        nobody_yet=Account.owner() is None,
    )

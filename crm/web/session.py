"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, session, url_for

from crm import clock
from crm.db import db, transaction
from crm.models import Account, HalfSignIn, Practice
from crm.models.second_step import has_second_step
from crm.web import throttle
from crm.web.access import cookie_name
from crm.web.entering import let_in
from crm.web.forms.session import SignInForm
from crm.web.respond import safe_next

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("session", __name__)
HALF = "half"
"""Under this name the browser's own cookie holds the token of a sign-in that lacks the second step."""


@bp.get("/sign-in")
def new() -> str:
    return _page(SignInForm())


@bp.post("/sign-in")
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in, and go back to where they were going. Every wrong pair looks and takes the same."""
    form = SignInForm()
    email, password = form.email.data or "", form.password.data or ""
    buckets = throttle.at_the_door(email)
    try:
        throttle.count(buckets)
    except throttle.Slowly as slowly:
        return _page(form, slowly.words), 429, slowly.headers
    account = Account.with_password(email, password)
    if account is None or not form.validate():
        return _page(form, "That email and password don’t go together."), 422
    account_id = account.id
    with transaction():
        throttle.take_back(buckets)
    return _second_step(account_id) if has_second_step(account) else let_in(account_id)


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


def _second_step(account_id: int) -> Response:
    target = safe_next()
    session.clear()
    with transaction():
        session[HALF] = HalfSignIn.start(account_id, clock.now())
    return redirect(url_for("second_step.new", next=target), 303)


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

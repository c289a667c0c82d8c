"""“Forgot it?”: a link by mail to choose a new password. It tells nobody whether an address signs in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, redirect, render_template, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.flows.entry_links import send_new_password
from crm.models import Account, HalfSignIn, PasswordReset, Practice
from crm.web import devices, throttle
from crm.web.forms.session import ForgottenForm, NewPasswordForm

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("forgotten", __name__, url_prefix="/sign-in")
logger = log.get(__name__)
CHANGED = "Your password is changed, and every browser is signed out. Sign in with the new one."


@bp.get("/forgotten")
def new() -> str:
    return _page(ForgottenForm())


@bp.post("/forgotten")
def create() -> str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The same page, status and time for every address. How often is counted for all of them alike."""
    form = ForgottenForm()
    if not form.validate():
        return _page(form), 422
    email = form.email.data or ""
    try:
        throttle.count(throttle.at_the_letterbox(email))
    except throttle.Slowly as slowly:
        form.email.errors = [slowly.words]
        return _page(form), 429, slowly.headers
    with transaction():
        send_new_password(email, current_app.extensions["links"], clock.now())
    return render_template("session/forgotten_sent.html", email=email, practice_name=_practice_name())


@bp.get("/new-password/<token>")
def choose(token: str) -> str | tuple[str, int]:
    account = PasswordReset.account_of(token, clock.now())
    return _choose(NewPasswordForm(), account) if account else _used_up()


@bp.post("/new-password/<token>")
def update(token: str) -> Response | str | tuple[str, int]:
    """Every sign-in ends. It signs nobody in: who has a second step still shows it."""
    account = PasswordReset.account_of(token, clock.now())
    if account is None:
        return _used_up()
    form = NewPasswordForm(known=(account.name, account.email, _practice_name()))
    if not form.validate():
        return _choose(form, account), 422
    account_id = _change(token, form.password.data)
    if account_id is None:
        return _used_up()
    flash(CHANGED, "done")
    response: FlaskResponse = redirect(url_for("session.new"), 303)  # type: ignore[assignment]
    devices.remember(response, account_id)  # whoever reads their mail is no stranger, even while others guess
    return response


def _change(token: str, password: str) -> int | None:
    now = clock.now()
    with transaction():
        account_id = PasswordReset.use(token, now)
        if account_id is None:
            return None
        account = db.session.get_one(Account, account_id, with_for_update=True)
        account.set_password(password)
        account.sign_out(now)
        HalfSignIn.end_all(account_id)
    logger.info("password_reset", account_id=account_id)
    return account_id


def _used_up() -> tuple[str, int]:
    return render_template("session/forgotten_late.html", practice_name=_practice_name()), 404


def _page(form: ForgottenForm) -> str:
    return render_template("session/forgotten.html", form=form, practice_name=_practice_name())


def _choose(form: NewPasswordForm, account: Account) -> str:
    return render_template(
        "session/new_password.html", form=form, email=account.email, practice_name=_practice_name()
    )


def _practice_name() -> str:
    return Practice.current().name

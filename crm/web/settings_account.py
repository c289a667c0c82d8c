"""Settings, Your account: who signs in, with which password, and whether single keys do things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, g, request, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, FailedSignIn, Practice
from crm.web.access import account
from crm.web.clients import client_key
from crm.web.forms.settings import AccountForm, PasswordForm
from crm.web.respond import done
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import PasswordField

bp = Blueprint("account", __name__, url_prefix="/account")
logger = log.get(__name__)
TOO_MANY = "Too many tries. Wait five minutes, then try again."
WRONG = "That isn’t your password."
TAKEN = "Someone else here signs in with that address."


@bp.get("")
def show() -> str:
    return page()


@bp.post("")
def update() -> Response | tuple[str, int]:
    """Another address opens the practice from now on, so it takes the password."""
    form = AccountForm(request.form)
    email = (form.email.data or "").lower()
    fine = form.validate() and (email == account().email or _may_become(email, form))
    if not fine:
        return _page(form, PasswordForm()), 422
    with transaction():
        me = db.session.get_one(Account, account().id)
        me.name, me.email = form.name.data, email
    return done("Saved.", to=url_for(".show"))


@bp.post("/password")
def update_password() -> Response | tuple[str, int]:
    """A new password signs every other browser out."""
    form = PasswordForm(request.form, known=(account().name, account().email, Practice.current().name))
    if not (form.validate() and _is_right(form.current)):
        return _page(AccountForm(obj=account()), form), 422
    with transaction():
        me = db.session.get_one(Account, account().id)
        me.set_password(form.new.data)
        me.sign_out_elsewhere(g.sign_in.id, clock.now())
    logger.info("password_changed", account_id=account().id)
    return done("Your password is changed. Other browsers are signed out.", to=url_for(".show"))


@bp.post("/keys")
def update_keys() -> Response:
    with transaction():
        me = db.session.get_one(Account, account().id)
        me.single_keys = "single_keys" in request.form
        words = "Single keys are on." if me.single_keys else "Single keys are off."
    return done(words, to=url_for(".show"))


def page(**more: object) -> str:
    """The section as it stands."""
    return _page(AccountForm(obj=account()), PasswordForm(), **more)


def _may_become(email: str, form: AccountForm) -> bool:
    if db.session.scalar(sa.select(Account.id).where(Account.email == email)):
        form.email.errors = [TAKEN]
        return False
    return _is_right(form.password)


def _is_right(field: PasswordField) -> bool:
    """Whether this is the password of who is signed in. Guessing is as slow as at the door (R22)."""
    now, email, client = clock.now(), account().email, client_key()
    if FailedSignIn.too_many(email, client, now):
        field.errors = [TOO_MANY]
    elif not Account.with_password(email, field.data or ""):
        with transaction():
            FailedSignIn.note(email, client, now)
        field.errors = [WRONG]
    return not field.errors


def _page(form: AccountForm, password: PasswordForm, **more: object) -> str:
    forms = {"form": form, "password": password}
    return settings_page("account", Practice.current(), **forms, account=account(), **more)

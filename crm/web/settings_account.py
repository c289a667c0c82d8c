"""Settings, Your account: who signs in, with which password, and whether single keys do things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, g, request, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, HalfSignIn, Passkey, Practice, RecoveryCode, SignIn
from crm.rules.browsers import is_on_the_go
from crm.web import throttle
from crm.web.access import account
from crm.web.entering import renew_sign_in
from crm.web.forms.settings import AccountForm, PasswordForm
from crm.web.respond import done
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import PasswordField

bp = Blueprint("account", __name__, url_prefix="/account")
logger = log.get(__name__)
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
        HalfSignIn.end_all(me.id)
    logger.info("password_changed", account_id=account().id)
    words = "Your password is changed. Other browsers are signed out."
    return renew_sign_in(done(words, to=url_for(".show")))


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
    buckets = throttle.at_the_gate(account().id)
    try:
        throttle.count(buckets)
    except throttle.Slowly as slowly:
        field.errors = [slowly.words]
        return False
    if not Account.with_password(account().email, field.data or ""):
        field.errors = [WRONG]
        return False
    with transaction():
        throttle.take_back(buckets)
    return True


def _page(form: AccountForm, password: PasswordForm, **more: object) -> str:
    me, now = account(), clock.now()
    return settings_page(
        "account",
        Practice.current(),
        form=form,
        password=password,
        account=me,
        here=g.sign_in.id,
        sign_ins=db.session.scalars(SignIn.open_of(me.id, now)).all(),
        is_on_the_go=is_on_the_go,
        passkeys=db.session.scalars(Passkey.of(me.id)).all(),
        codes_left=RecoveryCode.are_left(me.id),
        **more,
    )

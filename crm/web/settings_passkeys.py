"""Settings, Your account: passkeys. Several, each with a name; one that is lost is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.exc import IntegrityError

from crm import clock, log
from crm.db import db, transaction
from crm.flows import passkeys
from crm.models import Account, Passkey, Practice, Purpose, RecoveryCode
from crm.rules.browsers import browser_words
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.clients import client_key
from crm.web.forms.accounts import PasskeyForm
from crm.web.passkeys import given, not_too_many, site, taken
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_subpage
from crm.web.settings_second_step import first_codes, show_codes

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("passkeys", __name__, url_prefix="/account/passkeys")
logger = log.get(__name__)
NOT_MADE = "That passkey couldn’t be kept. Try again."
KEPT = "Your passkey is kept. You can sign in with it from now on."


@bp.get("/new")
@freshly_authenticated
def new() -> str:
    return _page(PasskeyForm(name=browser_words(request.user_agent.string)))


@bp.post("/options")
def options() -> Response:
    """What the browser is to ask for. The challenge is this account's and this browser's alone."""
    with transaction():
        not_too_many()
        me = db.session.get_one(Account, account().id, with_for_update=True)
        asked = passkeys.ask_to_register(me, site(), client_key(), clock.now())
    return given(asked)


@bp.post("")
@freshly_authenticated
def create() -> AnyResponse | str | tuple[str, int]:
    """Keep what the browser made, if it answers our challenge. With the first one come ten codes."""
    form, account_id = PasskeyForm(request.form), account().id
    challenge = taken(Purpose.REGISTER, account_id)
    made = passkeys.check_new(form.credential.data or "", challenge, site()) if challenge else None
    if made is None or not form.validate():
        if made is None:
            flash(NOT_MADE, "message")
        return _page(form), 422
    try:
        with transaction():
            is_new = passkeys.keep(db.session.get_one(Account, account_id), made, form.name.data, clock.now())
            codes = first_codes(account_id) if is_new else None
    except IntegrityError:  # sent twice at the same moment
        is_new, codes = None, None
    if is_new is None:
        flash(NOT_MADE, "message")
        return _page(form), 422
    logger.info("passkey_kept", account_id=account_id)
    return show_codes(codes, KEPT)


@bp.post("/<int:passkey_id>/name")
def rename(passkey_id: int) -> AnyResponse:
    form = PasskeyForm(request.form)
    if not form.validate():
        return done(form.name.errors[0], to=url_for("settings.account.show"))
    with transaction():
        _mine(passkey_id).name = form.name.data
    return done("Saved.", to=url_for("settings.account.show"))


@bp.post("/<int:passkey_id>/removal")
@freshly_authenticated
def destroy(passkey_id: int) -> AnyResponse:
    """It opens nothing any more. With the last one, and no app, the codes go too."""
    with transaction():
        passkey = _mine(passkey_id)
        name = passkey.name
        db.session.delete(passkey)
        db.session.flush()
        if account().totp_confirmed_at is None and not Passkey.some_of(account().id):
            RecoveryCode.forget(account().id)
    logger.info("passkey_removed", account_id=account().id)
    words = f"“{name}” is removed here. Remove it from that device too."
    return done(words, to=url_for("settings.account.show"))


def _mine(passkey_id: int) -> Passkey:
    """One of their own; another’s is not there for them."""
    passkey = get_or_404(Passkey, passkey_id, lock=True)
    return passkey if passkey.account_id == account().id else get_or_404(Passkey, 0)


def _page(form: PasskeyForm) -> str:
    return settings_subpage("passkey", "account", Practice.current(), form=form)

"""The first visit: a one-time link makes the owner's account, and the practice gets its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Practice, SetupLink
from crm.rules.wording import discreet
from crm.web.entering import let_in
from crm.web.forms.session import SetupForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("setup", __name__)
logger = log.get(__name__)


@bp.get("/setup/<token>")
def new(token: str) -> Response | tuple[str, int]:
    if _link(token) is None:
        return _used_up()
    return _page(SetupForm()), 200


@bp.post("/setup/<token>")
def create(token: str) -> Response | tuple[str, int]:
    """Make the account and sign it in. The link works once."""
    form = SetupForm()
    if _link(token) is None:
        return _used_up()
    if not form.validate():
        return _page(form), 422
    with transaction():
        link = _link(token)
        account_id = _open_the_practice(form, link) if link else None
    return _used_up() if account_id is None else let_in(account_id)


def _link(token: str) -> SetupLink | None:
    """The link, while there is nobody who owns the practice yet."""
    return None if Account.owner() else SetupLink.of(token, clock.now())


def _open_the_practice(form: SetupForm, link: SetupLink) -> int:
    """Account, names and sender at once. Returns the id of the owner's account."""
    now = clock.now()
    link.use(now)
    account = Account.create(form.email.data, form.name.data, form.password.data, now)
    _name_the_practice(form)
    db.session.flush()
    logger.info("practice_opened", account_id=account.id)
    return account.id


def _name_the_practice(form: SetupForm) -> None:
    practice = Practice.current()
    practice.name, practice.signer = form.practice_name.data, form.name.data
    practice.zone_name = form.zone.data
    practice.sender_address = form.email.data
    place = discreet(form.practice_name.data)
    practice.sender_name = f"{form.name.data} at {place}" if place else form.name.data


def _used_up() -> Response | tuple[str, int]:
    """An old link: to sign-in when there is an owner, else say where a new one comes from."""
    if Account.owner() is None:
        return render_template("session/old_link.html", practice_name="Your practice"), 404
    flash("That link has made its account. Sign in with it here.", "done")
    return redirect(url_for("session.new"), 303)


def _page(form: SetupForm) -> str:
    return render_template("session/setup.html", form=form, practice_name="Your practice")

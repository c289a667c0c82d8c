"""The first visit: a one-time link makes the owner's account, and the practice gets its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, url_for

from crm import clock
from crm.db import db, transaction
from crm.models import Account, Practice, SetupLink, SignIn
from crm.rules.wording import private_words
from crm.web.access import give_cookie
from crm.web.forms.session import SetupForm

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("setup", __name__)


@bp.get("/setup/<token>")
def new(token: str) -> Response | tuple[str, int]:
    if not _usable(token):
        return _used_up()
    return render_template("session/setup.html", form=SetupForm(), practice_name="Welcome"), 200


@bp.post("/setup/<token>")
def create(token: str) -> Response | tuple[str, int]:
    """Make the account and sign it in. The link works once."""
    form = SetupForm()
    if not _usable(token):
        return _used_up()
    if not form.validate():
        return render_template("session/setup.html", form=form, practice_name="Welcome"), 422
    with transaction():
        link = SetupLink.of(token, clock.now())
        if link is None or Account.owner() is not None:
            abort(404)
        link.use(clock.now())
        account = Account.create(form.email.data, form.name.data, form.password.data, clock.now())
        db.session.flush()
        _name_the_practice(form)
        sign_in = SignIn.start(account, clock.now())
    response: FlaskResponse = redirect(url_for("today.show"), 303)  # type: ignore[assignment]
    give_cookie(response, sign_in)
    return response


def _usable(token: str) -> bool:
    return Account.owner() is None and SetupLink.of(token, clock.now()) is not None


def _used_up() -> Response | tuple[str, int]:
    """An old link: straight to sign-in when there is an owner, else say where a new one comes from."""
    if Account.owner() is not None:
        return redirect(url_for("session.new"), 303)
    return render_template("session/old_link.html", practice_name="This link is used up"), 404


def _name_the_practice(form: SetupForm) -> None:
    practice = Practice.current()
    practice.name, practice.signer = form.practice_name.data, form.name.data
    practice.zone_name = form.zone.data
    practice.sender_address = form.email.data
    practice.sender_name = _safe_on_a_lock_screen(form.name.data, form.practice_name.data)


def _safe_on_a_lock_screen(name: str, practice_name: str) -> str:
    """Who our mail is from: "Connor at Spring Street", without the words that say what the practice does."""
    plain = " ".join(word for word in practice_name.split() if not private_words(word))
    return f"{name} at {plain}" if plain else name

"""Accepting an invitation: a name and a password, once, and they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from sqlalchemy.exc import IntegrityError

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Invitation, Practice
from crm.web.entering import let_in
from crm.web.forms.session import JoiningForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("joining", __name__, url_prefix="/join")
logger = log.get(__name__)


@bp.get("/<token>")
def new(token: str) -> str | tuple[str, int]:
    invitation = Invitation.of(token, clock.now())
    return _page(JoiningForm(name=invitation.name), invitation) if invitation else _used_up()


@bp.post("/<token>")
def create(token: str) -> Response | str | tuple[str, int]:
    """Of two who come with the same link, one gets in."""
    invitation = Invitation.of(token, clock.now())
    if invitation is None:
        return _used_up()
    form = JoiningForm(known=(invitation.email, Practice.current().name))
    if not form.validate():
        return _page(form, invitation), 422
    account_id = _join(token, form)
    if account_id is None:
        return _used_up()
    return let_in(account_id)


def _join(token: str, form: JoiningForm) -> int | None:
    """None where the link was used meanwhile, or somebody signs in with that address already."""
    now = clock.now()
    try:
        with transaction():
            invitation = Invitation.use(token, now)
            if invitation is None:
                return None
            account = Account.create(
                invitation.email, form.name.data, form.password.data, now, invitation.role
            )
            db.session.flush()
            account_id: int = account.id
    except IntegrityError:
        return None
    logger.info("joined", account_id=account_id)
    return account_id


def _page(form: JoiningForm, invitation: Invitation) -> str:
    return render_template(
        "session/joining.html", form=form, email=invitation.email, practice_name=Practice.current().name
    )


def _used_up() -> tuple[str, int]:
    return render_template("session/joining_late.html", practice_name=Practice.current().name), 404

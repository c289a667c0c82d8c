"""Settings, Your account: the browsers that are signed in, and an end to any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, SignIn
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("browsers", __name__, url_prefix="/account/browsers")
logger = log.get(__name__)


@bp.post("/<int:sign_in_id>/end")
@freshly_authenticated
def destroy(sign_in_id: int) -> Response:
    """One of their own; another’s is not there for them."""
    with transaction():
        sign_in = get_or_404(SignIn, sign_in_id, lock=True)
        if sign_in.account_id != account().id or sign_in.id == g.sign_in.id:
            sign_in = get_or_404(SignIn, 0)
        sign_in.end(clock.now())
    logger.info("sign_in_ended", account_id=account().id)
    return done("That browser is signed out.", to=url_for("settings.account.show"))


@bp.post("/others/end")
@freshly_authenticated
def destroy_others() -> Response:
    with transaction():
        db.session.get_one(Account, account().id).sign_out_elsewhere(g.sign_in.id, clock.now())
    logger.info("other_sign_ins_ended", account_id=account().id)
    return done("Every other browser is signed out.", to=url_for("settings.account.show"))

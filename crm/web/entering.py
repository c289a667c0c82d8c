"""The last step of every way in: the browser gets its sign-in, and is known from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, g, redirect, request, session, url_for

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, SignIn
from crm.rules.browsers import browser_words
from crm.web import devices
from crm.web.access import cookie_name, give_cookie
from crm.web.respond import safe_next

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

logger = log.get(__name__)


def let_in(account_id: int) -> Response:
    """Signed in, and on to where they were going. Nobody who was deactivated meanwhile gets in."""
    target = safe_next() or url_for("today.show")
    session.clear()
    token = start_sign_in(account_id)
    if token is None:
        flash("This account doesn’t open the practice any more. Ask its owner.", "held")
        return redirect(url_for("session.new"), 303)
    logger.info("signed_in", account_id=account_id)
    response: FlaskResponse = redirect(target, 303)  # type: ignore[assignment]
    give_cookie(response, token)
    devices.remember(response, account_id)
    return response


def start_sign_in(account_id: int) -> str | None:
    """The token of a new sign-in; the one this browser had ends, so that none is ever taken over (R21)."""
    now, earlier = clock.now(), request.cookies.get(cookie_name())
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        if account.deactivated_at is not None:
            return None
        if earlier and (before := SignIn.of(earlier, now)):
            before.end(now)
        return SignIn.start(account, now, browser_words(request.user_agent.string))


def renew_sign_in(response: Response) -> Response:
    """A new token for the sign-in that goes on; the old one opens nothing any more."""
    with transaction():
        token = db.session.get_one(SignIn, g.sign_in.id, populate_existing=True).renew()
    give_cookie(response, token)  # type: ignore[arg-type]
    return response

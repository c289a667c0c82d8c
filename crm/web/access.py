"""Who may see what: everything needs a sign-in, but for the endpoints on one short list (R16)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, g, redirect, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.models import Practice, SignIn
from crm.models.second_step import owes_second_step
from crm.web.respond import asked_by_htmx, came_from

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from crm.models import Account

PUBLIC = frozenset(
    {
        "static",
        "health.show",
        "health.details",  # these two ask for a token, or to be asked from this machine
        "health.metrics",
        "home.show",
        "session.new",
        "session.create",
        "second_step.new",
        "second_step.create",
        "passkeys.options",
        "passkeys.create",
        "forgotten.new",
        "forgotten.create",
        "forgotten.choose",
        "forgotten.update",
        "joining.new",
        "joining.create",
        "setup.new",
        "setup.create",
        "consultation.new",
        "consultation.create",
        "consultation.thanks",
        "stop.show",
        "stop.create",
        "stop.undo",
        "stop.ask_for_erasure",
        "person_page.show",
        "person_page.create",
        "person_page.edit_details",
        "person_page.update_details",
        "times.show",
        "times.create",
        "times.wishes",
        "times.create_wishes",
        "times.thanks",
        "booked.show",
        "booked.cancel",
        "place.show",
        "place.accept",
        "place.decline",
        "feed.show",
        "api.reference",
        "api.openapi",
        "api.create_inquiry",
        "hooks.create",
        "hooks.create_by_header",
        "mail_in.create",
        "mail_in.create_whole",
        "mail_in.create_by_password",
        "mailbox.index",
        "mailbox.show",
        "mailbox.html",
        "mailbox.raw",
    }
)
"""Endpoints anybody may call. A test compares this list with the URL map."""

WAY_TO_SECOND_STEP = frozenset(
    {
        "again.create",
        "session.destroy",
        "settings.passkeys.create",
        "settings.passkeys.new",
        "settings.passkeys.options",
        "settings.second_step.confirm",
        "settings.second_step.create",
        "settings.second_step.new",
        "settings.second_step.owed",
    }
)
"""All that is open to somebody who must have a second step and has none yet."""

COOKIE = "crm_sign_in"
NOTED_EVERY = timedelta(minutes=1)


def require_sign_in(app: Flask) -> None:
    app.before_request(_let_in)


def account() -> Account:
    """Who is signed in. Only for routes off the public list."""
    signed_in: SignIn = g.sign_in
    return signed_in.account


def is_behind_tls() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def cookie_name() -> str:
    return f"__Host-{COOKIE}" if is_behind_tls() else COOKIE


def give_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(),
        token,
        httponly=True,
        samesite="Lax",
        secure=is_behind_tls(),
        path="/",
    )


def current_sign_in() -> SignIn | None:
    """The sign-in of this browser, if it is open."""
    token = request.cookies.get(cookie_name())
    return SignIn.of(token, clock.now()) if token else None


def _let_in() -> AnyResponse | None:
    """Before every request: deny by default. An unknown address is a 404 also for strangers."""
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    g.sign_in = current_sign_in()
    if g.sign_in is None:
        return _to_sign_in()
    _note_that_it_is_used(g.sign_in)
    g.owes_second_step = _owes_second_step(g.sign_in)
    if g.owes_second_step and request.endpoint not in WAY_TO_SECOND_STEP:
        return _elsewhere(url_for("settings.second_step.owed"))
    return None


def _owes_second_step(sign_in: SignIn) -> bool:
    practice = db.session.get(Practice, 1)
    return practice is not None and owes_second_step(sign_in, practice)


def _note_that_it_is_used(sign_in: SignIn) -> None:
    now = clock.now()
    if now - sign_in.seen_at > NOTED_EVERY:
        with transaction():
            sign_in.seen_at = now


def _to_sign_in() -> AnyResponse:
    """Sign in first, then back to where they were."""
    return _elsewhere(url_for("session.new", next=_page_in_sight()))


def _elsewhere(target: str) -> AnyResponse:
    """There, whatever was asked for, with scripts and without."""
    if asked_by_htmx():
        response = Response(status=401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 303)


def _page_in_sight() -> str:
    """What a form or a fragment asked for is no page: the one around it is."""
    if request.method in ("GET", "HEAD") and not asked_by_htmx():
        return request.full_path.rstrip("?")
    return came_from() or request.form.get("next", "/")

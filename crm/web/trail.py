"""Every request of somebody signed in leaves its line in the access record; no route can forget it.

The lines of what is written belong to the transaction that writes it (flows/trail). Here stands what has
none: a look at a person, a file taken out, an act that changed nothing. They are written before the answer
goes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, current_app, g, make_response, request
from werkzeug.exceptions import HTTPException

from crm import clock
from crm.db import db, transaction
from crm.flows import trail
from crm.flows.trail import DOER, Doer
from crm.models import Booking, Dispatch, Merge, Message, Offer
from crm.rules.trail import Act, Deed
from crm.web.access import PUBLIC
from crm.web.security import SAFE_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

ONE_LOOK = timedelta(minutes=10)
"""Whoever opens a page again within it is still looking; whoever types on is still writing."""
REMEMBERED = 5_000
LATELY = "trail_lately"
PERSONS: dict[str, type[Booking | Dispatch | Merge | Message | Offer]] = {
    "message_id": Message,
    "booking_id": Booking,
    "merge_id": Merge,
    "dispatch_id": Dispatch,
    "offer_id": Offer,
}
"""Whose numbers in an address lead to a person."""
DOORS = frozenset({"session.create", "second_step.create", "passkeys.create", "forgotten.update"})
"""Where somebody shows that it is them."""
BY_THEMSELVES = frozenset(
    {
        "correspondence.create_draft",
        "emails.create_checks",
        "emails.create_preview",
        "referrals.create_letter",
        "sequences.create_draft",
        "settings.danger.try_it",
        "settings.form_editor.create_draft",
        "settings.form_editor.create_preview",
    }
)
"""Pages send these while somebody types."""


def register(app: Flask) -> None:
    """After every blueprint: each view that is not public is watched."""
    app.extensions[LATELY] = dict[tuple[str, str, int | None], datetime]()
    for endpoint, view in app.view_functions.items():
        if endpoint not in PUBLIC:
            app.view_functions[endpoint] = _watched(view)
        elif endpoint in DOORS:
            app.view_functions[endpoint] = _watched_door(view)
    app.after_request(_turned_away)


def looks_at(lead_id: int | None) -> None:
    """This page shows that person, though its address does not name them."""
    g.looked_at = lead_id


def _watched_door(view: Callable[..., Any]) -> Callable[..., Response]:
    """Nobody is signed in yet, and whose address was typed is not said: it may be anything."""

    @wraps(view)
    def watched(**arguments: Any) -> Response:  # noqa: ANN401 - whatever the address names
        answer: Response = make_response(view(**arguments))
        if answer.status_code in (401, 403, 422):
            with transaction():
                trail.say(Deed(Act.SIGN_IN_FAILED, clock.now()))
        return answer

    return watched


def _turned_away(answer: FlaskResponse) -> FlaskResponse:
    """Somebody signed in was refused before their view was asked: they tried."""
    refused = answer.status_code in (400, 403) and getattr(g, "sign_in", None) is not None
    if refused and request.endpoint not in PUBLIC and DOER not in db.session().info:
        arguments = request.view_args or {}
        doer = Doer(g.sign_in.account.id, request.endpoint or "", clock.now(), arguments.get("lead_id"))
        _record(doer, Act.TRIED, doer.lead_id, {"by": doer.way, "status": answer.status_code})
    return answer


def _watched(view: Callable[..., Any]) -> Callable[..., Response]:
    @wraps(view)
    def watched(**arguments: Any) -> Response:  # noqa: ANN401 - whatever the address names
        acts = request.method not in SAFE_METHODS
        doer = _doer(arguments, acts=acts)
        db.session().info[DOER] = doer
        try:
            answer: Response = make_response(view(**arguments))
        except HTTPException as refusal:
            if acts:
                _tried(doer, refusal.code or 0)
            raise
        if acts:
            _tried(doer, answer.status_code)
        elif answer.status_code == 200:
            _looked(doer, answer, arguments)
        return answer

    return watched


def _doer(arguments: dict[str, Any], *, acts: bool) -> Doer:
    doer = Doer(g.sign_in.account.id, request.endpoint or "", clock.now(), arguments.get("lead_id"), acts)
    doer.is_quiet = doer.way in BY_THEMSELVES and not _is_new(doer.way, doer.lead_id, doer.now)
    return doer


def _tried(doer: Doer, status: int) -> None:
    """Nothing was written: refused, or only looked up."""
    if not (doer.has_written or doer.is_quiet):
        act = Act.EXPORTED if status == 200 and doer.way in DOWNLOADS else Act.TRIED
        _record(doer, act, doer.lead_id, {"by": doer.way, "status": status})


DOWNLOADS = frozenset({"sweeps.export"})


def _looked(doer: Doer, answer: Response, arguments: dict[str, Any]) -> None:
    is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
    lead_id = _whom(arguments)
    if is_file:
        if not doer.has_written:
            _record(doer, Act.EXPORTED, lead_id, {"by": doer.way})
    elif lead_id is not None and _is_new("", lead_id, doer.now):
        _record(doer, Act.LOOKED, lead_id, {"by": doer.way})


def _whom(arguments: dict[str, Any]) -> int | None:
    if "looked_at" in g or "lead_id" in arguments:
        lead_id: int | None = g.get("looked_at", arguments.get("lead_id"))
        return lead_id
    for name, model in PERSONS.items():
        if name in arguments:
            return db.session.scalar(sa.select(model.lead_id).where(model.id == arguments[name]))
    return None


def _is_new(way: str, lead_id: int | None, now: datetime) -> bool:
    """Not the same again a moment ago, by this sign-in. As far as this process knows: another writes anew."""
    lately: dict[tuple[str, str, int | None], datetime] = current_app.extensions[LATELY]
    key = (g.sign_in.token_hash, way, lead_id)
    last = lately.get(key)
    if last is not None and timedelta() <= now - last < ONE_LOOK:
        return False
    lately.pop(key, None)
    while len(lately) >= REMEMBERED:
        lately.pop(next(iter(lately)), None)
    lately[key] = now
    return True


def _record(doer: Doer, act: Act, lead_id: int | None, facts: dict[str, Any]) -> None:
    with transaction():
        trail.say(Deed(act, doer.now, doer.account_id, lead_id, facts=facts))

"""Is it alive? For load balancers, `docker compose` and whoever watches: no names, no addresses, no texts.

`/health` is anybody's and says nothing but that it lives. The others are for METRICS_TOKEN, or this machine.
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy import text

from crm import clock
from crm.db import db
from crm.flows import vital_signs
from crm.rules import vitality
from crm.web import figures

if TYPE_CHECKING:
    from datetime import datetime

bp = Blueprint("health", __name__)

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@bp.get("/health")
def show() -> tuple[dict[str, str], int]:
    """200 once the database answers; a database that is down is a 503 by the error pages."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}, 200


@bp.get("/health/details")
def details() -> tuple[dict[str, object], int]:
    """What is silent, and the figures behind it. 200 when nothing is, else 503."""
    _may_see()
    now = clock.now()
    signs, told = _signs(now), vital_signs.figures(now)
    silent = vitality.silences(signs)
    problems = [{"part": each.part, "since": figures.instant(each.since)} for each in silent]
    return {
        "status": "silent" if silent else "ok",
        "problems": problems,
        "signs": figures.ages(signs),
        "messages": told.messages,
        "attempts_last_hour": told.attempts,
        "decisions_last_hour": told.decisions,
        "sending_held": told.sending_held,
        "restored": told.restored,
        "database_bytes": told.database_bytes,
    }, 503 if silent else 200


@bp.get("/metrics")
def metrics() -> Response:
    """The same for Prometheus."""
    _may_see()
    now = clock.now()
    page = figures.page(_signs(now), vital_signs.figures(now))
    return Response(page, content_type=figures.CONTENT_TYPE)


def _signs(now: datetime) -> vitality.Signs:
    config = current_app.extensions["config"]
    return vital_signs.signs(
        now, reads_mail=config.imap_host is not None, keeps_backups=config.backup_nightly
    )


def _may_see() -> None:
    """By the token, where there is one; else from this machine. Whoever may not, finds nothing."""
    token = current_app.extensions["config"].metrics_token
    if token is None:
        if _is_from_here():
            return
        abort(404)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        abort(404)


def _is_from_here() -> bool:
    """A proxy on this machine passes on what strangers ask: it says so in a header, as a rule."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False

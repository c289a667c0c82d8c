"""A clinician's calls by a private address, for a calendar program. The token is all it takes."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from crm import clock
from crm.flows.feed import feed_of
from crm.models import CallSettings
from crm.web.forms.checks import tidy

bp = Blueprint("feed", __name__)


@bp.get("/calendar/<token>.ics")
def show(token: str) -> Response:
    settings = CallSettings.of_feed(tidy(token)) or abort(404)
    return Response(feed_of(settings, clock.now()), content_type="text/calendar; charset=utf-8")

"""The screen was hidden for ten minutes: whoever comes back shows that it is them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, session, url_for

from crm import clock
from crm.db import transaction
from crm.web.access import cookie_name
from crm.web.respond import came_from

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("lock", __name__)


@bp.post("/lock")
def create() -> Response:
    """Signed out, and after the password back to the page that was hidden."""
    with transaction():
        g.sign_in.end(clock.now())
    session.clear()
    response = redirect(url_for("session.new", next=came_from()), 303)
    response.delete_cookie(cookie_name())
    return response

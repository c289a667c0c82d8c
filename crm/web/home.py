"""The front door: to Today, to sign-in, or to the first account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from crm.web.access import current_sign_in

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> Response:
    return redirect(url_for("today.show" if current_sign_in() else "session.new"), 303)

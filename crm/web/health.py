"""Is it alive? For load balancers and `docker compose`: no names, no counts, no sign-in."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from crm.db import db

bp = Blueprint("health", __name__)


@bp.get("/health")
def show() -> tuple[dict[str, str], int]:
    """200 once the database answers; a database that is down is a 503 by the error pages."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}, 200

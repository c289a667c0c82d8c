"""What looks like spam, what happened this week, and what to do when someone may be in danger."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from sqlalchemy.orm import selectinload

from crm import clock
from crm.db import db
from crm.models import Lead, Practice, attention
from crm.web.dialogs import dialog
from crm.web.lately import happenings
from crm.web.respond import get_or_404

bp = Blueprint("screener", __name__)

WEEK = timedelta(days=7)
SUSPECTS_AT_MOST = 100
EVERYBODY = 0
"""No account has this id: nobody's own acts are left out."""


@bp.get("/today/spam")
def spam() -> str:
    """What looks like spam, whole, and why. Only the owner decides."""
    newest = attention.quarantined().options(selectinload(Lead.inquiries)).limit(SUSPECTS_AT_MOST)
    return render_template("today/spam.html", suspects=db.session.scalars(newest).all())


@bp.get("/today/week")
def week() -> str:
    now, zone = clock.now(), Practice.current().zone
    return render_template("today/week.html", happenings=happenings(now - WEEK, EVERYBODY, now, zone))


@bp.get("/people/<int:lead_id>/danger")
def danger(lead_id: int) -> str:
    """What I can do now: his own list for someone who may be in danger."""
    lead = get_or_404(Lead, lead_id)
    return dialog("danger", lead, checklist=Practice.current().crisis_checklist)

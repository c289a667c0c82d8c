"""What looks like spam, what happened this week, and what to do when someone may be in danger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import selectinload

from crm import clock
from crm.db import db, transaction
from crm.flows import screening
from crm.models import Lead, Practice, attention
from crm.web.access import account
from crm.web.dialogs import dialog
from crm.web.lately import happenings
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("screener", __name__)

WEEK = timedelta(days=7)
SUSPECTS_AT_MOST = 100
TRUSTED = "However many write from that network, it counts as no crowd."
EVERYBODY = 0
"""No account has this id: nobody's own acts are left out."""


@bp.get("/today/spam")
def spam() -> str:
    """What looks like spam, whole, and why. Only the owner decides."""
    newest = attention.quarantined().options(selectinload(Lead.inquiries)).limit(SUSPECTS_AT_MOST)
    return render_template("today/spam.html", suspects=db.session.scalars(newest).all())


@bp.post("/people/<int:lead_id>/network")
def teach_network(lead_id: int) -> Response:
    """What he knows of the network somebody wrote from: a school or a clinic, or a den of machines."""
    is_spam = request.form.get("is_spam") == "1"
    with transaction():
        lead = get_or_404(Lead, lead_id)
        is_known = screening.teach_network(lead, account().id, clock.now(), is_spam=is_spam)
    words = "Whatever comes from that network is kept aside now." if is_spam else TRUSTED
    return done(words if is_known else "Nobody knows which network that was.", to=url_for(".spam"))


@bp.get("/today/week")
def week() -> str:
    now, zone = clock.now(), Practice.current().zone
    return render_template("today/week.html", happenings=happenings(now - WEEK, EVERYBODY, now, zone))


@bp.get("/people/<int:lead_id>/danger")
def danger(lead_id: int) -> str:
    """What I can do now: his own list for someone who may be in danger."""
    lead = get_or_404(Lead, lead_id)
    return dialog("danger", lead, checklist=Practice.current().crisis_checklist)

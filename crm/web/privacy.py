"""What a person may ask of a practice: who has looked, everything in a file, everything gone, or kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, render_template, stream_with_context, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import call_notes, erasing, portrait, trail
from crm.models import Audit, Lead, Practice
from crm.rules.telling import isolated
from crm.rules.trail import Act, Deed
from crm.web.access import account
from crm.web.again import freshly_authenticated
from crm.web.dialogs import call_off, dialog, person_url
from crm.web.pages import row_number
from crm.web.portrait_page import readable
from crm.web.respond import done, get_or_404, go
from crm.web.trail_words import told
from crm.web.zipping import zipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("privacy", __name__)
A_PAGE = 100
STILL_LEAVING = "An email to {name} is leaving at this very moment. Try again in a minute."


@bp.get("/people/<int:lead_id>/looks")
def looks(lead_id: int) -> str:
    """Who has looked, and who has done what; the newest first."""
    lead = get_or_404(Lead, lead_id)
    before = row_number("before")
    lines = Audit.of_person([lead.id, *(each.id for each in lead.aliases)])
    if before:
        lines = lines.where(Audit.number < before)
    found = db.session.scalars(lines.limit(A_PAGE + 1)).all()
    older = found[A_PAGE - 1].number if len(found) > A_PAGE else None
    return render_template("people/privacy/looks.html", lead=lead, lines=told(found[:A_PAGE]), older=older)


@bp.get("/people/<int:lead_id>/export/new")
def new_export(lead_id: int) -> str:
    return dialog("export", get_or_404(Lead, lead_id))


@bp.post("/people/<int:lead_id>/export")
@freshly_authenticated
def create_export(lead_id: int) -> Response:
    """Everything about them, as a ZIP: for machines, for people, and their mails as they came."""
    now, by = clock.now(), account().id
    with transaction():
        get_or_404(Lead, lead_id)
        trail.say(Deed(Act.EXPORTED, now, by, lead_id))
    answer = Response(stream_with_context(zipped(_files(lead_id, now), now)), mimetype="application/zip")
    name = f"person-{lead_id}-{now:%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@bp.get("/people/<int:lead_id>/erasure/new")
def new_erasure(lead_id: int) -> str:
    """A call that is to come had better be called off first: once they are erased nobody can tell them."""
    lead, now = get_or_404(Lead, lead_id), clock.now()
    return dialog("erasure", lead, leaves_at=call_notes.called_off_at(lead), **call_off(lead, now))


@bp.post("/people/<int:lead_id>/erasure")
@freshly_authenticated
def create_erasure(lead_id: int) -> AnyResponse:
    """It can't be undone, so it is the one thing that is asked first."""
    with transaction():
        lead = get_or_404(Lead, lead_id)
        name, to = isolated(lead.first_name) or "This person", person_url(lead)
        try:
            erasing.erase(lead_id, account().id, clock.now())
        except erasing.LeavesNow:
            flash(STILL_LEAVING.format(name=name), "message")
            return go(to)
    flash(f"{name} and everything about them is erased.", "message")
    return go(url_for("people.index"))


@bp.post("/people/<int:lead_id>/keeping")
def create_keeping(lead_id: int) -> AnyResponse:
    """Not erased by itself, whatever time passes; and whoever asked for it is not erased either."""
    with transaction():
        lead = get_or_404(Lead, lead_id)
        lead.keep(clock.now())
        words, to = f"{lead.first_name or 'This person'} is kept until you say otherwise.", person_url(lead)
    return done(words, to=to)


@bp.post("/people/<int:lead_id>/keeping/end")
def end_keeping(lead_id: int) -> AnyResponse:
    with transaction():
        lead = get_or_404(Lead, lead_id)
        lead.let_go()
        words, to = f"{lead.first_name or 'This person'} is kept as long as others are.", person_url(lead)
    return done(words, to=to)


def _files(lead_id: int, now: datetime) -> Iterator[tuple[str, bytes]]:
    lead = get_or_404(Lead, lead_id)
    everything = portrait.portrait(lead, now)
    yield "person.json", json.dumps(everything, ensure_ascii=False, indent=2).encode()
    yield "person.html", readable(lead, everything, now, Practice.current()).encode()
    for mail in portrait.raw_mails(lead):
        yield mail.name, mail.raw

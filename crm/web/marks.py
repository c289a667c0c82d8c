"""One person's tags, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from crm import clock
from crm.db import db, transaction
from crm.flows import marking
from crm.models import Account, Lead, Tag
from crm.rules.tags import NAME_LIMIT, TAGS_OF_A_PERSON, TAGS_OF_A_PRACTICE, tag_name
from crm.web.access import account
from crm.web.dialogs import person_url
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("marks", __name__, url_prefix="/people/<int:lead_id>")

TOO_MANY_TAGS = (
    f"A person can have {TAGS_OF_A_PERSON} tags, and a practice {TAGS_OF_A_PRACTICE}. Take one away first."
)
NO_TAG = f"Write a tag of at most {NAME_LIMIT} letters first. Nothing was changed."


@bp.post("/tags")
def create_tag(lead_id: int) -> Response:
    """Put on a tag, one there is or a new one."""
    name = tag_name(request.form.get("tag", ""))
    if not name or len(name) > NAME_LIMIT:
        return done(NO_TAG, to=person_url(get_or_404(Lead, lead_id)))
    now, undo = clock.now(), None
    with transaction():
        lead = get_or_404(Lead, lead_id)
        try:
            tag = marking.tag_called(name, now)
            undo = marking.put_on(tag, lead.id, account().id, now)
            words = f"{lead.first_name} has the tag “{tag.name}”."
        except marking.TooManyTags:
            words = TOO_MANY_TAGS
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/tags/<int:tag_id>/removal")
def remove_tag(lead_id: int, tag_id: int) -> Response:
    with transaction():
        lead, tag = get_or_404(Lead, lead_id), get_or_404(Tag, tag_id)
        undo = marking.take_off(tag, lead.id, account().id, clock.now())
        words = f"“{tag.name}” is off {lead.first_name}."
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/assignment")
def create_assignment(lead_id: int) -> Response:
    """Give them to somebody, or to nobody in particular."""
    to = request.form.get("account", 0, type=int) or None
    with transaction():
        lead = get_or_404(Lead, lead_id)
        whose = db.session.get(Account, to) if to else None
        if to and whose is None:
            abort(404)
        undo = marking.assign(lead.id, to, account().id, clock.now())
        with_whom = whose.name if whose else "nobody in particular"
        words = f"{lead.first_name} is with {with_whom} now."
    return done(words, to=person_url(lead), undo=undo)

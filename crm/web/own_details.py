"""What people corrected on their own page: taken as it is asked, or put back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, url_for

from crm import clock
from crm.db import transaction
from crm.flows import own_details
from crm.flows.acquaintance import AlreadyKnown
from crm.models import Event, Lead
from crm.rules.telling import isolated
from crm.web.access import account
from crm.web.dialogs import person_url
from crm.web.respond import done, get_or_404
from crm.web.story_parts import Deed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.models import Account

bp = Blueprint("own_details", __name__, url_prefix="/people/<int:lead_id>/details/<int:event_id>")
DEALT_WITH = "That has been dealt with already."


@bp.post("/acceptance")
def accept(lead_id: int, event_id: int) -> Response:
    """Write to the address they asked for."""
    return _act(lead_id, event_id, own_details.accept, "{name} is written to at {email} now.")


@bp.post("/removal")
def put_back(lead_id: int, event_id: int) -> Response:
    """As it was before they changed it."""
    return _act(lead_id, event_id, own_details.put_back, "{name} stands there as before.")


def to_accept(event: Event) -> Deed | None:
    """What is offered beside words that ask for another address."""
    asked = own_details.address_asked_for(event)
    if asked is None:
        return None
    where = url_for("own_details.accept", lead_id=event.lead_id, event_id=event.id)
    return Deed(f"Write to {asked} from now on", where)


def to_put_back(event: Event) -> Deed | None:
    """What is offered beside what they changed."""
    if not own_details.can_be_put_back(event):
        return None
    return Deed("Put it back", url_for("own_details.put_back", lead_id=event.lead_id, event_id=event.id))


def _act(
    lead_id: int, event_id: int, act: Callable[[Event, Account, datetime], bool], words: str
) -> Response:
    """Twice is once. An address that is somebody else's is said, and nothing changes."""
    try:
        with transaction():
            lead, event = get_or_404(Lead, lead_id, lock=True), get_or_404(Event, event_id)
            if event.lead is not lead:
                abort(404)
            was_done = act(event, account(), clock.now())
            name = lead.first_name or "This person"
            told = words.format(name=name, email=lead.email) if was_done else DEALT_WITH
    except AlreadyKnown as known:
        told = f"That belongs to {isolated(known.lead.name) or 'somebody else'} already, so nothing changed."
    return done(told, to=person_url(get_or_404(Lead, lead_id)))

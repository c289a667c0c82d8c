"""The page of an act on a person: its own page by address, a dialog over the page where scripts run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from crm.flows.call_notes import reaches
from crm.web.respond import came_from, in_dialog, safe_next

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Booking, Lead


def dialog(name: str, lead: Lead, **context: object) -> str:
    """`people/acts/<name>.html`, as the fragment of a dialog or as a page, knowing where to go afterwards."""
    return render_template(
        f"people/acts/{name}.html",
        lead=lead,
        frame="people/acts/_dialog.html" if in_dialog() else "people/acts/_page.html",
        inside=in_dialog(),
        next=safe_next() or came_from() or person_url(lead),
        **context,
    )


def person_url(lead: Lead) -> str:
    return url_for("person.show", lead_id=lead.id)


def call_off(lead: Lead, now: datetime) -> dict[str, object]:
    """For an act that calls off what is to come: the call, and whether they are told (_call_off.html)."""
    coming = lead.call_to_come(now)
    return {"coming": coming, "is_told": coming is not None and reaches(lead)}


def and_off(call: Booking | None) -> str:
    """What an act did to a call that was to come, after the sentence that tells of the act."""
    return " Their call is off." if call else ""


def and_stopped(*, ran: bool) -> str:
    """What an act did to the follow-ups, after the sentence that tells of the act."""
    return " Their follow-ups stopped." if ran else ""

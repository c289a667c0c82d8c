"""Everything about one person on one page that needs nothing else: to read, to print, to hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app

from crm.db import db
from crm.models import Audit
from crm.rules.telling import clock, day_of_year
from crm.web.filters import zone
from crm.web.story import story
from crm.web.trail_words import told

if TYPE_CHECKING:
    from crm.models import Lead, Practice


HEADINGS = {
    "inquiries": "What was sent by form",
    "consent_texts": "What was said about follow-ups",
    "emails": "Emails",
    "replies": "Replies",
    "mails_received": "Mails that came in",
    "notes": "Notes and calls",
    "drafts": "Drafts",
    "calls": "Calls agreed on",
    "places_offered": "Places offered",
    "sequences": "Follow-ups",
    "no_emails": "What stands against emails",
    "told_to_programs": "What other programs were told",
    "told_to_programs_tries": "How telling them went",
    "decisions": "Why each email was or was not sent",
    "delivery_attempts": "How sending went",
    "merges": "Records made one",
    "told_apart_from": "Told apart from",
    "tags": "Tags",
    "in_care_of": "In whose care",
    "imported_rows": "From lists",
    "handed_in": "Handed in by form builders",
    "sender_rules": "What was taught of the address",
    "mail_server_pauses": "What their mail server asked for",
    "acts_on_many": "Acts on many people",
    "story": "The story, line by line",
}
"""Of each part of the file, the most telling first."""


@dataclass(frozen=True)
class Part:
    heading: str
    rows: list[list[tuple[str, str]]]


def readable(lead: Lead, everything: dict[str, Any], now: datetime, practice: Practice) -> str:
    """As HTML with its own style and nothing from anywhere. Whatever anybody wrote is escaped."""
    ids = [lead.id, *(each.id for each in lead.aliases)]
    parts = (Part(words, [_row(row) for row in everything.get(name, [])]) for name, words in HEADINGS.items())
    # Without what stands round every page: it leaves as a stream, when the sign-in is read no more.
    return current_app.jinja_env.get_template("people/privacy/portrait.html").render(
        lead=lead,
        practice=practice,
        day=f"{day_of_year(now, practice.zone)}, {now.astimezone(practice.zone):%Y}",
        known=_row(everything["person"]),
        story=story(lead, now, practice.zone),
        parts=[part for part in parts if part.rows],
        looks=told(db.session.scalars(Audit.of_person(ids))),
    )


def _row(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Only what says something."""
    return [
        (
            name.replace("_", " ").capitalize(),
            _when(held) if name.endswith("_at") or name == "at" else _words(held),
        )
        for name, held in row.items()
        if held not in (None, "", [], {}) and name != "id" and not name.endswith("_id")
    ]


def _told(name: str, held: Any) -> str:  # noqa: ANN401 - whatever a column holds
    return _when(held) if name == "at" or name.endswith("_at") else _words(held)


def _when(held: str) -> str:
    """February 26, 2026, 8:14 pm: whoever reads it may do so years later."""
    at = datetime.fromisoformat(held).astimezone(zone())
    return f"{at:%B} {at.day}, {at.year}, {clock(at, zone())}"


def _words(held: object) -> str:
    match held:
        case bool():
            return "yes" if held else "no"
        case dict():
            return "\n".join(f"{name}: {_words(each)}" for name, each in held.items())
        case list():
            return ", ".join(_words(each) for each in held)
        case _:
            return str(held)

"""People as rows of words, for a file. Read a page at a time, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.db import db
from crm.flows import marking
from crm.models import Inquiry, Lead
from crm.rules.stages import CLOSE_WORDS, SCREEN_WORDS
from crm.rules.touch import came_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

A_PAGE = 500
HEAD = (
    "Name",
    "Email",
    "Phone",
    "Stage",
    "Reason",
    "Tags",
    "With",
    "Found you by",
    "First came from",
    "Last came from",
    "First wrote",
    "Last heard",
    "Stage since",
)


def rows(people: sa.Select[Lead], zone: ZoneInfo) -> Iterator[list[str]]:
    """A row for each, the newest first, every one as long as HEAD. `people` may not be limited or ordered."""
    ways = selectinload(Lead.inquiries).load_only(Inquiry.touch, Inquiry.button, Inquiry.received_at)
    newest = people.options(ways).order_by(None).order_by(Lead.id.desc()).limit(A_PAGE)
    page = db.session.scalars(newest).all()
    while page:
        ids = [lead.id for lead in page]
        tags, whose = marking.tags_of(ids), marking.whose(ids)
        yield from (_row(lead, tags.get(lead.id, []), whose.get(lead.id, ""), zone) for lead in page)
        db.session.expunge_all()
        page = db.session.scalars(newest.where(Lead.id < ids[-1])).all()


def _row(lead: Lead, tags: list[str], whose: str, zone: ZoneInfo) -> list[str]:
    return [
        lead.name,
        lead.email or "",
        lead.phone or "",
        "Suspected spam" if lead.quarantined_at else SCREEN_WORDS[lead.stage],
        CLOSE_WORDS[lead.close_reason] if lead.close_reason else "",
        "; ".join(tags),
        whose,
        lead.found_us,
        *_ways_here(lead),
        *(_day(at, zone) for at in (lead.created_at, lead.heard_at, lead.stage_changed_at)),
    ]


def _ways_here(lead: Lead) -> tuple[str, str]:
    """The first and the last inquiry that told where it came from."""
    told = [line for each in lead.inquiries if (line := came_from(each.touch, each.button))]
    return (told[0], told[-1]) if told else ("", "")


def _day(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

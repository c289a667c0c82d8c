"""A row of the list: a person, what is now or next with them, their tags, whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.flows import bearings, marking
from crm.web.cards import lines
from crm.web.tense import TenseLine

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.bearings import Person
    from crm.models import Practice


@dataclass(frozen=True)
class Row:
    lead: Person
    line: TenseLine
    tags: Sequence[str] = ()
    whose: str = ""


def rows(leads: Sequence[Person], now: datetime, practice: Practice, clinicians: int) -> list[Row]:
    """In their order. Whose somebody is goes without saying where there is one clinician. One query."""
    found = bearings.AROUND.ask(these=[lead.id for lead in leads])
    tags = marking.by_person(found["tags"])
    whose = {row.lead_id: row.name for row in found["whose"]} if clinicians > 1 else {}
    return [
        Row(lead, line, tags.get(lead.id, ()), whose.get(lead.id, ""))
        for lead, line in zip(leads, lines(leads, found, now, practice), strict=True)
    ]

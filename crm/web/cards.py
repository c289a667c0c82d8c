"""People in a few words each, as the board and the list show them: always the same number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.flows import bearings, marking
from crm.models.message import NOT_GONE
from crm.rules.stages import Stage
from crm.web.tense import Standing, TenseLine, tense_of

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.bearings import Person
    from crm.models import Practice


@dataclass(frozen=True)
class Card:
    """One person: their latest words, unless they are to be read first or are a client."""

    lead: Person
    words: str
    line: TenseLine
    tags: Sequence[str] = ()


def cards(leads: Sequence[Person], now: datetime, practice: Practice) -> list[Card]:
    """These people with their words, in their order. Six queries."""
    ids = [lead.id for lead in leads]
    words, tags = bearings.latest_words(ids), marking.tags_of(ids)
    return [
        Card(lead, _shown(lead, words), line, tags.get(lead.id, ()))
        for lead, line in zip(leads, lines(leads, now, practice), strict=True)
    ]


def lines(leads: Sequence[Person], now: datetime, practice: Practice) -> list[TenseLine]:
    """What is now, next or was with each of these people, in their order. Three queries."""
    held = practice.sending_held_at is not None
    return [tense_of(standing, now, practice.zone) for standing in _standings(leads, everything_held=held)]


def _standings(leads: Sequence[Person], *, everything_held: bool) -> Iterable[Standing]:
    ids = [lead.id for lead in leads]
    bookings, ways, emails = bearings.bookings(ids), bearings.ways(ids), bearings.emails(ids)
    troubled = {row.lead_id: row for row in emails if row.state in bearings.TROUBLED}
    on_their_way = {row.lead_id: row for row in emails if row.state in NOT_GONE}
    for lead in leads:
        yield Standing(
            lead,
            email=on_their_way.get(lead.id),
            trouble=troubled.get(lead.id),
            booking=bookings.get(lead.id),
            way=ways.get(lead.id),
            everything_held=everything_held,
        )


def _shown(lead: Person, words: dict[int, str]) -> str:
    """Words that suggest danger are never cut short, and a client's first note is long ago."""
    if lead.read_first_at or lead.stage is Stage.CLIENT:
        return ""
    return words.get(lead.id, "")

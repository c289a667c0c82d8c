"""People in a few words each, as the board and the list show them: one query, however many they are."""

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
    from crm.together import Answers


@dataclass(frozen=True)
class Card:
    """One person: their latest words, unless they are to be read first or are a client."""

    lead: Person
    words: str
    line: TenseLine
    tags: Sequence[str] = ()


def cards(ids: list[int], now: datetime, practice: Practice) -> list[Card]:
    """These people with their words, in no order. One query."""
    found = bearings.ON_CARDS.ask(these=ids)
    leads = found["people"]
    words, tags = bearings.latest_words(found["words"]), marking.by_person(found["tags"])
    return [
        Card(lead, _shown(lead, words), line, tags.get(lead.id, ()))
        for lead, line in zip(leads, lines(leads, found, now, practice), strict=True)
    ]


def lines(leads: Sequence[Person], found: Answers, now: datetime, practice: Practice) -> list[TenseLine]:
    """What is now, next or was with each of these people, in their order, of what was found around them."""
    held = practice.sending_held_at is not None
    standings = _standings(leads, found, everything_held=held)
    return [tense_of(standing, now, practice.zone) for standing in standings]


def _standings(leads: Sequence[Person], found: Answers, *, everything_held: bool) -> Iterable[Standing]:
    bookings, ways = map(bearings.first_of_each, (found["bookings"], found["ways"]))
    troubled = {row.lead_id: row for row in found["emails"] if row.state in bearings.TROUBLED}
    on_their_way = {row.lead_id: row for row in found["emails"] if row.state in NOT_GONE}
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

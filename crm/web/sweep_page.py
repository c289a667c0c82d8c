"""Who was chosen for an act on many people, and what the page says before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import sqlalchemy as sa

from crm.db import db, numbers
from crm.flows import bearings
from crm.flows.sweeping import MOST, stamps
from crm.models import Lead
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.telling import people
from crm.web.roster import Filters, chosen_by
from crm.web.sweep_words import HEADINGS, VERBS, Act, consequence

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.datastructures import MultiDict


@dataclass(frozen=True)
class People:
    """Those who were chosen. `everyone`: the filters they all fit.

    `fit`: how many do, where that is more than can be acted on at once; the next part begins at `rest`.
    """

    leads: Sequence[bearings.Person]
    everyone: Filters | None = None
    fit: int | None = None

    @property
    def rest(self) -> str | None:
        """What those fit who are not among these, as a query of the list."""
        if self.everyone is None or self.fit is None:
            return None
        return "&".join(filter(None, (self.everyone.query, f"before={self.leads[-1].id}")))


@dataclass(frozen=True)
class Line:
    """A person by name, and how they stand now."""

    name: str
    value: str


@dataclass(frozen=True)
class Preview:
    heading: str
    consequence: str
    verb: str
    lines: Sequence[Line]
    people: People


def chosen_people(asked: MultiDict[str, str], now: datetime) -> People:
    """By their boxes, or everyone whom the filters of the list leave."""
    if asked.get("everyone"):
        filters = Filters.read(dict(parse_qsl(asked.get("query", ""))))
        all_of_them = chosen_by(filters, now)
        these = all_of_them.with_only_columns(*bearings.BRIEFLY).limit(MOST + 1)
        found = db.session.connection().execute(these).all()
        return People(found[:MOST], filters, numbers(all_of_them)[0] if len(found) > MOST else None)
    return People(sorted(bearings.people(_ids(asked)), key=lambda lead: -lead.id))


def preview(act: Act, chosen: People) -> Preview:
    """A fixed number of queries, however many they are."""
    marks = stamps(chosen.leads)
    ways = bearings.ways([lead.id for lead in chosen.leads])
    following = sum(way.state in OPEN_ENROLLMENTS for way in ways.values())
    return Preview(
        heading=HEADINGS[act].format(people=_how_many(chosen)),
        consequence=consequence(act, following),
        verb=VERBS[act],
        lines=[Line(lead.name or "Someone", f"{lead.id}:{marks[lead.id]}") for lead in chosen.leads],
        people=chosen,
    )


def _how_many(chosen: People) -> str:
    """Two people; the first 300 of 2,000 people; the next 300 of 1,700 people."""
    if chosen.fit is None or chosen.everyone is None:
        return people(len(chosen.leads))
    part = "next" if chosen.everyone.before else "first"
    return f"the {part} {len(chosen.leads)} of {chosen.fit:,} people"


def export_of(asked: MultiDict[str, str], now: datetime) -> sa.Select[Lead] | None:
    """Those to be written into a file, all of them; None where nobody was chosen."""
    if asked.get("everyone"):
        return chosen_by(Filters.read(dict(parse_qsl(asked.get("query", "")))), now)
    ids = _ids(asked)
    return sa.select(Lead).where(Lead.id.in_(ids)) if ids else None


def _ids(asked: MultiDict[str, str]) -> list[int]:
    """At most as many as can be chosen by their boxes."""
    before_the_stamp = (person.partition(":")[0] for person in asked.getlist("person"))
    return [int(each) for each in before_the_stamp if _is_id(each)][:MOST]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10

"""Who was chosen for an act on many people, and what the page says before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import sqlalchemy as sa
from flask import render_template, url_for

from crm.db import db, numbers
from crm.flows import bearings, sweeping
from crm.flows.deeds import first_after
from crm.flows.sweeping import MOST, stamps
from crm.models import Lead, Practice, Sweep, SweepPerson
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.pacing import last_of
from crm.rules.telling import moment, people
from crm.web.respond import safe_next
from crm.web.roster import Filters, chosen_by
from crm.web.sweep_acts import tags_for
from crm.web.sweep_words import HEADINGS, VERBS, Act, consequence

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.datastructures import MultiDict
    from wtforms import Form

SEEN = 12
"""So many are named at once."""
A_PAGE = 1000


@dataclass(frozen=True)
class People:
    """Those who were chosen. `everyone`: the filters they all fit.

    `fit`: how many do, where that is more than are done within one request.
    """

    leads: Sequence[bearings.Person]
    everyone: Filters | None = None
    fit: int | None = None


@dataclass(frozen=True)
class Line:
    """A person by name, and how they stand now."""

    name: str
    value: str


@dataclass(frozen=True)
class Preview:
    """What the page says. Of very many, whom a `sweep` holds already, only the first are named."""

    heading: str
    consequence: str
    verb: str
    lines: Sequence[Line]
    everyone: Filters | None = None
    sweep: Sweep | None = None

    @property
    def others(self) -> int:
        """How many are not among the lines."""
        return self.sweep.chosen - len(self.lines) if self.sweep else 0


def asked_page(act: Act, form: Form, seen: Preview) -> str:
    """Whom it is about and what it would do, with the button that does it."""
    page = {"act": act, "form": form, "seen": seen, "next": where_from(), "tags": tags_for(act)}
    return render_template("people/sweeps/new.html", **page)


def where_from() -> str:
    """The list they were chosen on."""
    return safe_next() or url_for("people.index", view="list")


def chosen_people(asked: MultiDict[str, str], now: datetime) -> People:
    """By their boxes, or everyone whom the filters of the list leave."""
    if asked.get("everyone"):
        filters = Filters.read(dict(parse_qsl(asked.get("query", ""))))
        all_of_them = chosen_by(filters, now)
        these = all_of_them.with_only_columns(*bearings.BRIEFLY).limit(MOST + 1)
        found = db.session.connection().execute(these).all()
        return People(found[:MOST], filters, numbers(all_of_them)[0] if len(found) > MOST else None)
    return People(sorted(bearings.people(_ids(asked)), key=lambda lead: -lead.id))


def preview(act: Act, chosen: People, now: datetime) -> Preview:
    """A fixed number of queries, however many they are."""
    marks = stamps(chosen.leads)
    ways = bearings.ways([lead.id for lead in chosen.leads])
    following = sum(way.state in OPEN_ENROLLMENTS for way in ways.values())
    return Preview(
        heading=HEADINGS[act].format(people=people(chosen.fit or len(chosen.leads))),
        consequence=consequence(act, following, _last(act, chosen.fit or len(chosen.leads), now)),
        verb=VERBS[act],
        lines=[Line(lead.name or "Someone", f"{lead.id}:{marks[lead.id]}") for lead in chosen.leads],
        everyone=chosen.everyone,
    )


def proposal(sweep: Sweep, now: datetime) -> Preview:
    """The same of very many."""
    act = Act(sweep.act)
    first = sa.select(Lead.id, Lead.name).join(SweepPerson, SweepPerson.lead_id == Lead.id)
    newest = first.where(SweepPerson.sweep_id == sweep.id).order_by(Lead.id.desc()).limit(SEEN)
    return Preview(
        heading=HEADINGS[act].format(people=people(sweep.chosen)),
        consequence=consequence(act, sweeping.following(sweep), _last(act, sweep.chosen, now)),
        verb=VERBS[act],
        lines=[Line(lead.name or "Someone", str(lead.id)) for lead in db.session.execute(newest)],
        sweep=sweep,
    )


def _last(act: Act, count: int, now: datetime) -> str:
    """Tuesday at 3:10 pm: when the last of so many gets their first email, if it goes as soon as it may."""
    if act is not Act.START:
        return ""
    practice = Practice.current()
    last = last_of(max(1, count), first_after(count, now), practice.window, practice.limits)
    return moment(last, now, practice.zone)


def pages_of(filters: Filters, now: datetime) -> Iterator[Sequence[bearings.Person]]:
    """Everyone whom these filters leave, briefly, a thousand at a time, the newest first."""
    these, below = chosen_by(filters, now).with_only_columns(*bearings.BRIEFLY).limit(A_PAGE), None
    while True:
        page = these.where(Lead.id < below) if below else these
        found = db.session.connection().execute(page).all()
        if not found:
            return
        below = found[-1].id
        yield found


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

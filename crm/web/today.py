"""Today: who waits, what goes out, what happened; the first page after signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request, url_for

from crm import clock
from crm.db import db, instant, number, numbers, transaction
from crm.flows import departing
from crm.flows.agenda import departures
from crm.flows.departing import with_plans
from crm.flows.first_steps import BY_FORM, outstanding
from crm.models import Booking, Event, EventKind, Incoming, Lead, Practice, Vacancy, attention
from crm.rules.telling import called, greeting
from crm.together import Together
from crm.web.access import account
from crm.web.lately import happenings
from crm.web.panel import panel_for
from crm.web.respond import asked_by_htmx, came_from
from crm.web.trail import looks_at
from crm.web.waiting import AROUND_THEM, EVERYBODY, rows

if TYPE_CHECKING:
    from datetime import tzinfo

    from crm.flows.departing import Departure
    from crm.rules.first_steps import Line
    from crm.web.lately import Happening
    from crm.web.panel import Panel
    from crm.web.waiting import Row

bp = Blueprint("today", __name__)

HAPPENINGS_AT_MOST = 8
DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Call:
    """The next one, and with whom."""

    lead_id: int
    name: str
    starts_at: datetime


@dataclass(frozen=True)
class Day:
    """Everything on Today. `since` is when he last looked, `put_off` how many he has put off until later.

    `untaken`: places that nobody said yes to in time.
    """

    now: datetime
    hello: str
    rows: list[Row]
    panel: Panel | None
    departures: list[Departure]
    next_call: Call | None
    spam: int
    unplaced: int
    untaken: int
    since: datetime
    happenings: list[Happening]
    put_off: int
    first_steps: list[Line]
    practice: Practice

    @cached_property
    def after(self) -> str:
        """Where to go once the person shown has been dealt with: the next one."""
        return url_for("today.show", person=self._next_to_the_one_shown())

    @cached_property
    def here(self) -> str:
        return url_for("today.show", person=self.panel.lead.id if self.panel else None)

    def _next_to_the_one_shown(self) -> int | None:
        ids = [row.lead.id for row in self.rows]
        if self.panel is None or self.panel.lead.id not in ids:
            return None
        at = ids.index(self.panel.lead.id)
        others = ids[at + 1 :] or ids[:at][-1:]
        return others[0] if others else None


@bp.get("/today")
def show() -> str:
    """The page. Looking at it moves the mark behind "Since you last looked"."""
    if not asked_by_htmx():
        _note_the_look()
    day = _day(request.args.get("person"))
    nobody_yet = not day.rows and db.session.scalar(sa.select(Lead.id).limit(1)) is None
    if day.panel:
        looks_at(day.panel.lead.id)
    name = "today/show.html" if day.rows else "today/empty.html"
    return render_template(name, day=day, nobody_yet=nobody_yet)


@bp.get("/today/waiting")
def waiting() -> str | Response:
    """The lists alone, for the refresh each minute; nobody looked, so the mark stays."""
    day = _day(_shown_now())
    if request.args.get("empty"):
        return Response(status=204, headers={"HX-Refresh": "true"} if day.rows else {})
    return render_template("today/_refreshed.html", day=day) if day.rows else Response(status=204)


@bp.get("/today/news")
def news() -> str:
    """How many have written since this page was made: said, not swapped in, while he is at the list."""
    after = _instant(request.args.get("after", "")) or clock.now()
    wrote = Event.since(after).where(
        Event.kind.in_((EventKind.INQUIRY_RECEIVED, EventKind.REPLY_RECEIVED)),
        Event.lead.has(quarantined_at=None),
    )
    (count,) = numbers(wrote)
    return render_template("today/_news.html", count=count, after=after)


def _note_the_look() -> None:
    """At most once a minute, so that reading a page does not mean writing one each time."""
    now, me = clock.now(), account()
    if me.looked_at is None or now - me.looked_at > A_MINUTE:
        with transaction():
            account().look(now)


def _shown_now() -> str | None:
    """Whom the page that asks shows beside its list: since it was made, another row may have been chosen."""
    query = parse_qs(urlsplit(came_from() or "").query)
    return query.get("person", [None])[0]


def _day(asked: str | None) -> Day:
    now, practice, me = clock.now(), Practice.current(), account()
    zone = practice.zone
    since, until = me.looked_before_at or now - DAY, _midnight(now, zone)
    found = THE_DAY.ask(until=until, since=since, **attention.moments(now))
    people, going, (aside,) = found["everybody"], found["going"], found["aside"]
    around = AROUND.ask(
        these=[each.id for each in people], enrollments=[each.enrollment_id for each in going]
    )
    waiting_ones = rows(people, around, now, zone)
    return Day(
        now=now,
        hello=greeting(now, zone, me.name.partition(" ")[0]),
        rows=waiting_ones,
        panel=panel_for(chosen, now) if (chosen := _chosen(waiting_ones, asked)) else None,
        departures=departures(with_plans(going, around), until),
        next_call=Call(aside.id, called(aside.name), aside.starts_at) if aside.starts_at else None,
        spam=aside.spam,
        unplaced=aside.unplaced,
        untaken=aside.untaken,
        since=since,
        happenings=happenings(since, me.id, now, zone)[:HAPPENINGS_AT_MOST] if aside.news else [],
        put_off=aside.put_off,
        first_steps=outstanding(by_form=aside.by_form),
        practice=practice,
    )


def _chosen(people: list[Row], asked: str | None) -> int | None:
    """Whom the panel shows: the one asked for, if they wait, else the first."""
    ids = [row.lead.id for row in people]
    return next((each for each in ids if str(each) == asked), ids[0] if ids else None)


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    tomorrow = now.astimezone(zone).date() + DAY
    return datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)


def _instant(text: str) -> datetime | None:
    """An instant out of an address, or None; a zone is part of it."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


_call = (
    Booking.coming(instant("now"))
    .join(Booking.lead)
    .with_only_columns(Booking.starts_at, Lead.id, Lead.name)
    .limit(1)
    .subquery()
)
_counts = sa.select(
    number(attention.quarantined()).label("spam"),
    number(Incoming.tray()).label("unplaced"),
    number(Vacancy.nobody_took()).label("untaken"),
    number(attention.put_off(instant("now"))).label("put_off"),
    BY_FORM.label("by_form"),
    (sa.select(sa.func.max(Event.at)).scalar_subquery() > instant("since")).label("news"),
).subquery()
"""The newest event is one entry of an index. For one after an instant that a kept plan doesn't know Postgres
looks through all events, because it expects a third of them."""
ASIDE = sa.select(_counts, _call).select_from(_counts.outerjoin(_call, sa.true()))
"""What is counted, whether anybody has used the form, whether anything happened, and the next call."""
THE_DAY = Together(everybody=EVERYBODY, aside=ASIDE, going=departing.GOING)
AROUND = Together(**AROUND_THEM, ways=departing.WAYS, steps=departing.STEPS)
"""What belongs to the people and the emails of the day."""

"""What goes out in the next seven days, what needs help, and holding everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, render_template, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows import correction
from crm.flows.agenda import Agenda, Problem, agenda, problems, waiting_for_a_yes
from crm.flows.follow_up import resume_everything
from crm.models import Message, Practice
from crm.rules.hours import nothing_goes_out
from crm.rules.simulation import waited
from crm.rules.telling import day_heading, listed, opening, people, things
from crm.rules.troubles import Told, Trouble, tell
from crm.web.access import account
from crm.web.respond import done, get_or_404, go

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from werkzeug.wrappers import Response

    from crm.flows.departing import Departure

bp = Blueprint("going_out", __name__)

WEEK = 7
DAYS_SHOWN = 3
"""How many days with emails are shown before "Show Friday and Monday"."""


@dataclass(frozen=True)
class DayTab:
    """One day of the strip."""

    day: date
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One email under its day; `tag` says why it goes later than its wait."""

    departure: Departure
    tag: str


@dataclass(frozen=True)
class DayGroup:
    """A day and its emails."""

    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Help:
    """A problem with its words."""

    problem: Problem
    trouble: Trouble
    told: Told


@bp.get("/follow-ups")
def show() -> str:
    now, practice = clock.now(), Practice.current()
    today = now.astimezone(practice.zone).date()
    planned = agenda(datetime.combine(today + timedelta(days=WEEK), time(), tzinfo=practice.zone))
    by_day = _by_day(planned, today, practice.zone)
    chosen, drafts = _chosen_day(today), waiting_for_a_yes(now)
    shown = _shown(by_day, chosen)
    return render_template(
        "follow_ups/going_out.html",
        lead=_lead(planned, len(drafts), practice),
        helps=_helps(practice, now),
        drafts=drafts,
        now=now,
        week=_week(by_day, today, chosen),
        groups=[DayGroup(day_heading(day, today), by_day[day]) for day in shown],
        others=listed([f"{day:%A}" for day in by_day if day not in shown]),
        chosen=chosen,
        held_back=planned.held_back,
        here=request.full_path.rstrip("?"),
    )


@bp.post("/follow-ups/hold")
def create_hold() -> Response:
    """Nothing goes out by itself, for anyone, until "Resume"."""
    with transaction():
        Practice.current().hold_everything(clock.now())
    words = "Everything is on hold. Nothing goes out by itself until you resume."
    flash(words, url_for("going_out.create_resumption"))
    return go(url_for("going_out.show"))


@bp.post("/follow-ups/resumption")
def create_resumption() -> Response:
    """Overdue emails leave one by one, within the hours."""
    with transaction():
        overdue = resume_everything(clock.now())
    if overdue == 0:
        return done("Emails go out again. None was waiting.", to=url_for("going_out.show"))
    leave = "leaves now" if overdue == 1 else "leave one by one, within your hours"
    waited_words = opening(things(overdue, "waiting email"))
    return done(f"Emails go out again. {waited_words} {leave}.", to=url_for("going_out.show"))


@bp.post("/messages/<int:message_id>/address")
def create_address(message_id: int) -> Response:
    """Use the address that was probably meant, and send the email there."""
    with transaction():
        message = get_or_404(Message, message_id, lock=True)
        words = correction.use_meant_address(message, account(), clock.now())
    return done(words, to=url_for("going_out.show"))


@bp.post("/messages/<int:message_id>/dismissal")
def create_dismissal(message_id: int) -> Response:
    """A notice or a test of the owner's own that failed: he has seen it."""
    with transaction():
        message = get_or_404(Message, message_id, lock=True)
        if message.lead_id is not None:
            abort(404)
        message.settle(clock.now())
    return done("Settled.", to=url_for("going_out.show"))


def _helps(practice: Practice, now: datetime) -> list[Help]:
    """While the sending account itself is down every email is late, and the notice on top says so once."""
    helps = [Help(each, each.facts.trouble, tell(each.facts, now, practice.zone)) for each in problems()]
    if practice.account_failing_since is None:
        return helps
    return [each for each in helps if each.trouble is not Trouble.DELAYED]


def _by_day(planned: Agenda, today: date, zone: ZoneInfo) -> dict[date, list[Line]]:
    """What is overdue counts as today's."""
    days: dict[date, list[Line]] = {}
    for departure in planned.departures:
        day = max(today, departure.planned.due_at.astimezone(zone).date())
        days.setdefault(day, []).append(Line(departure, waited(departure.planned, zone)))
    return days


def _chosen_day(today: date) -> date | None:
    """The day in the address, if it is one of the seven."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if timedelta() <= day - today < timedelta(days=WEEK) else None


def _shown(by_day: dict[date, list[Line]], chosen: date | None) -> list[date]:
    if chosen:
        return [day for day in by_day if day == chosen]
    days = list(by_day)
    return days if request.args.get("day") == "all" else days[:DAYS_SHOWN]


def _week(by_day: dict[date, list[Line]], today: date, chosen: date | None) -> list[DayTab]:
    counts = Counter({day: len(lines) for day, lines in by_day.items()})
    days = [today + timedelta(days=n) for n in range(WEEK)]
    return [
        DayTab(day, "Today" if day == today else f"{day:%a}", counts[day], chosen=day == (chosen or today))
        for day in days
    ]


def _lead(planned: Agenda, asked: int, practice: Practice) -> str:
    """The sentence under the title, with the numbers that matter. `asked`: how many wait for a yes."""
    hours = nothing_goes_out(practice.window)
    if not planned.departures and asked:
        return f"In the next 7 days nothing goes without you. {hours}"
    if not planned.departures:
        return f"Nothing is planned for the next 7 days. {hours}"
    emails = len(planned.departures)
    who = people(len({each.lead.id for each in planned.departures}))
    if practice.sending_held_at:
        return f"Everything is on hold: {things(emails, 'email')} to {who} in the next 7 days. {hours}"
    go_words = "email goes" if emails == 1 else "emails go"
    return f"{opening(things(emails, go_words, go_words))} to {who} in the next 7 days. {hours}"

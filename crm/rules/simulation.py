"""If someone wrote then: when that is, a month of days, and why an email goes later than its wait says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never

from crm.rules.telling import clock
from crm.rules.what_if import Simulation
from crm.rules.windows import Planned, SendingWindow, Shift

WEEK = timedelta(days=7)
WEEKS_AT_LEAST, WEEKS_AT_MOST = 4, 9
FRIDAY, SUNDAY = 4, 6


class Wrote(StrEnum):
    """When the invented person wrote."""

    NOW = "now"
    FRIDAY_EVENING = "friday"
    SUNDAY_NIGHT = "sunday"
    DATE = "date"


WROTE_WORDS = {
    Wrote.FRIDAY_EVENING: "Friday evening",
    Wrote.SUNDAY_NIGHT: "Sunday night",
    Wrote.DATE: "on a date",
}


@dataclass(frozen=True)
class Day:
    """One square of the month. `emails`: the numbers of the emails that go on it, from 1.

    `shut`: nothing may go. `missed`: an email would have fallen here, and goes later.
    `happens`: the reply, the call or whatever else the simulation supposes.
    """

    date: date
    emails: tuple[int, ...] = ()
    shut: bool = False
    missed: bool = False
    happens: bool = False


def wrote_at(wrote: Wrote, now: datetime, zone: tzinfo, on: date | None = None) -> datetime:
    """The instant from which the simulation counts. A date without an hour means its noon."""
    today = now.astimezone(zone).date()
    match wrote:
        case Wrote.NOW:
            return now
        case Wrote.FRIDAY_EVENING:
            day, hour = _coming(today, FRIDAY), time(19, 20)
        case Wrote.SUNDAY_NIGHT:
            day, hour = _coming(today, SUNDAY), time(22, 40)
        case Wrote.DATE:
            day, hour = on or today, time(12)
        case _:
            assert_never(wrote)
    return datetime.combine(day, hour, tzinfo=zone)


def month(simulation: Simulation, since: datetime, window: SendingWindow) -> list[Day]:
    """Whole weeks from Monday: four at least, nine at most, else up to the last email."""
    first = _on(since, window)
    first -= timedelta(days=first.weekday())
    last = max((_on(each.planned.due_at, window) for each in simulation.emails), default=first)
    weeks = min(max((last - first).days // 7 + 1, WEEKS_AT_LEAST), WEEKS_AT_MOST)
    return [_day(first + timedelta(days=n), simulation, window) for n in range(7 * weeks)]


def why_moved(planned: Planned, window: SendingWindow) -> str:
    """Saturday 28 is outside your hours; empty when the email goes when its wait says."""
    wished = planned.wished_at.astimezone(window.zone)
    at = clock(planned.wished_at, window.zone)
    return "" if planned.shift is None else _why(planned.shift, f"{wished:%A} {wished.day}", at)


def _why(shift: Shift, day: str, at: str) -> str:
    match shift:
        case Shift.NIGHT:
            return f"{day}, {at}, is outside your hours"
        case Shift.DAY_OFF:
            return f"{day} is outside your hours"
        case Shift.HOLIDAY:
            return f"{day} is a holiday"
        case Shift.AWAY:
            return f"{day}: you are away"
        case Shift.PACE:
            return f"{day} is too soon after the one before"
        case Shift.NOT_THERE:
            return f"{day}: they said they would be away"
        case _:
            assert_never(shift)


def waited(planned: Planned, zone: tzinfo) -> str:
    """The tag on a shifted email: waited for the morning, waited for Monday."""
    match planned.shift:
        case None:
            return ""
        case Shift.NIGHT:
            return "waited for the morning"
        case Shift.DAY_OFF | Shift.HOLIDAY | Shift.PACE:
            return f"waited for {planned.due_at.astimezone(zone):%A}"
        case Shift.AWAY:
            return "waits until you’re back"
        case Shift.NOT_THERE:
            return "waits until they’re back"
        case _:
            assert_never(planned.shift)


def _day(day: date, simulation: Simulation, window: SendingWindow) -> Day:
    on_it = [(n, each) for n, each in enumerate(simulation.goes, 1)]
    goes = tuple(n for n, each in on_it if _on(each.planned.due_at, window) == day)
    wished = any(_on(each.planned.wished_at, window) == day for _, each in on_it if each.planned.shift)
    return Day(
        day,
        goes,
        shut=window.why_shut_on(day) is not None,
        missed=wished and not goes,
        happens=simulation.at is not None and _on(simulation.at, window) == day,
    )


def _on(instant: datetime, window: SendingWindow) -> date:
    return instant.astimezone(window.zone).date()


def _coming(today: date, weekday: int) -> date:
    """The next such day, today included."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)

"""The calendar beside a plan: what an invented person would get, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from crm.rules.simulation import WROTE_WORDS, Day, Wrote, month, why_moved, wrote_at
from crm.rules.telling import clock
from crm.rules.what_if import THEN_WORDS, Simulation, Then, simulate, what_then

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from crm.rules.plans import Plan
    from crm.rules.schedule import Forecast
    from crm.rules.terms import Terms
    from crm.rules.windows import SendingWindow

_OTHER_TIMES = [(str(wrote), said) for wrote, said in WROTE_WORDS.items()]
_THENS = [(str(then), said) for then, said in THEN_WORDS.items()]


@dataclass(frozen=True)
class Asked:
    """What the page is to show beside the plan: which email, when someone invented wrote, and what then."""

    shown: int
    wrote: Wrote
    on: date | None
    then: Then

    @classmethod
    def from_request(cls, values: MultiDict[str, str]) -> Asked:
        """Anything that makes no sense becomes the first email, now, and silence."""
        verb, _, number = values.get("do", "").partition("-")
        shown = number if verb == "show" else values.get("show", "")
        wrote, then = values.get("wrote", ""), values.get("then", "")
        return cls(
            shown=int(shown) if shown.isdecimal() else 1,
            wrote=Wrote(wrote) if wrote in set(Wrote) else Wrote.NOW,
            on=_date(values.get("on", "")),
            then=Then(then) if then in set(Then) else Then.SILENT,
        )


@dataclass(frozen=True)
class Line:
    """One email of the list. `why`: why it goes later than its wait; `asks_first`: only with his yes."""

    when: str
    at: datetime
    name: str
    why: str
    goes: bool = True
    asks_first: bool = False


@dataclass(frozen=True)
class Calendar:
    """The month, the list below it, and how it ends."""

    wrote_choices: list[tuple[str, str]]
    then_choices: list[tuple[str, str]]
    days: list[Day]
    lines: list[Line]
    ending: str


def calendar(plan: Plan, asked: Asked, terms: Terms, now: datetime) -> Calendar:
    """Drawn by the planner and the stop rules of the real queue."""
    window = terms.window
    since = wrote_at(asked.wrote, now, window.zone, asked.on)
    simulation = simulate(plan, since, asked.then, terms)
    return Calendar(
        wrote_choices=[(str(Wrote.NOW), f"now, {_day_and_time(now, window)}"), *_OTHER_TIMES],
        then_choices=_THENS,
        days=month(simulation, since, window),
        lines=_lines(simulation, plan, window),
        ending=what_then(simulation, now, window.zone),
    )


def _lines(simulation: Simulation, plan: Plan, window: SendingWindow) -> list[Line]:
    going = [_line(each, plan, window, why_moved(each.planned, window)) for each in simulation.goes]
    return going + [_line(each, plan, window, "", goes=False) for each in simulation.lost]


def _line(each: Forecast, plan: Plan, window: SendingWindow, why: str, *, goes: bool = True) -> Line:
    at = plan.position_of(each.step.id)
    name = plan.emails[at].name if at is not None else ""
    due_at, asks_first = each.planned.due_at, goes and each.step.asks_first
    return Line(_day_and_time(due_at, window), due_at, name, why, goes, asks_first)


def _day_and_time(instant: datetime, window: SendingWindow) -> str:
    """Fri 13, 1:52 pm"""
    local = instant.astimezone(window.zone)
    return f"{local:%a} {local.day}, {clock(instant, window.zone)}"


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None

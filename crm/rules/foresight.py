"""Where everyone in a sequence goes from here under a plan: for saving it, and for telling before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from crm.rules.pacing import SPREAD
from crm.rules.schedule import Forecast, PlanStep, after, plan_step, remaining
from crm.rules.terms import Terms
from crm.rules.windows import Planned, SendingWindow

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """Where one person is in a plan, and on which terms they are written to.

    `done`: the steps that had their email. `since`: what the next wait is counted from.
    `on_its_way`: the email that waits to go, with its step as it was saved; `late`: how much later
    than planned it stands. `settled`: that one goes as it is, because a worker has it, the owner
    sent it by hand, or it answers at once. `agreed`: the owner has said yes to that one. `good_until`:
    how long it waits for his yes, if it does.
    """

    lead_id: int
    name: str
    terms: Terms
    since: datetime
    done: frozenset[int]
    on_its_way: Forecast | None = None
    settled: bool = False
    agreed: bool = False
    late: timedelta = timedelta()
    good_until: datetime | None = None


def futures(steps: Sequence[PlanStep], standings: Sequence[Standing], now: datetime) -> list[list[Forecast]]:
    """The emails each of these people still gets under these steps, the next one first.

    What the change does not touch stays as it is. What it makes overdue goes when the sending hours
    begin next, never at once, and one by one (design/UI.md, Sequence).
    """
    found, overdue = [], 0
    for standing in standings:
        begins = next_beginning(now, standing.terms.window)
        opening = standing.terms.next_chance(begins + overdue * SPREAD)
        coming = _coming(steps, standing, opening, now)
        overdue += bool(coming) and coming[0].planned.due_at == opening
        found.append(coming)
    return found


def next_beginning(now: datetime, window: SendingWindow) -> datetime:
    """The next time the sending hours begin."""
    today = now.astimezone(window.zone).date()
    mornings = (datetime.combine(today + n * DAY, time(), tzinfo=window.zone) for n in (0, 1))
    this, following = (window.next_opening(morning) for morning in mornings)
    return this if this > now else following


def _coming(
    steps: Sequence[PlanStep], standing: Standing, opening: datetime, now: datetime
) -> list[Forecast]:
    first = _next(steps, standing, opening, now)
    if first is None:
        return []
    return after(first, remaining(steps, standing.done | {first.step.id}), standing.terms)


def _next(steps: Sequence[PlanStep], standing: Standing, opening: datetime, now: datetime) -> Forecast | None:
    waiting = standing.on_its_way
    if waiting and standing.settled:
        return _as_in(steps, waiting, standing, opening, now)
    to_come = remaining(steps, standing.done)
    if not to_come:
        return None
    step = to_come[0]
    if waiting and waiting.step == step:
        return _as_in(steps, waiting, standing, opening, now)
    planned = plan_step(replace(step, at_once=False), standing.since, standing.terms)
    if planned.due_at <= now:
        planned = Planned(opening, planned.wished_at, planned.shift)
    return Forecast(step, planned)


def _as_in(
    steps: Sequence[PlanStep], waiting: Forecast, standing: Standing, opening: datetime, now: datetime
) -> Forecast:
    """It goes when it was to go, and asks first if its step does so in this plan.

    A draft that asks no more, and whose time has passed, is overdue.
    """
    step = next((step for step in steps if step.id == waiting.step.id), waiting.step)
    asks_first, planned = step.asks_first and not standing.agreed, waiting.planned
    if waiting.step.asks_first and not asks_first and planned.due_at <= now:
        planned = replace(planned, due_at=opening)
    return Forecast(replace(waiting.step, asks_first=asks_first), planned)

"""The one planner: what the real queue, "What happens next" and the calendar simulation all use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm.rules.windows import Planned, SendingWindow, Wait, next_send_at, right_away

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


@dataclass(frozen=True)
class PlanStep:
    """One email of a sequence as the planner sees it. `at_once` ignores sending hours.

    `asks_first`: it waits for the owner's yes. That moves nothing, so two plans that differ in it are equal.
    """

    id: int
    wait: Wait
    at_once: bool = False
    asks_first: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Forecast:
    """One email of the future: which step and when."""

    step: PlanStep
    planned: Planned


def plan_step(step: PlanStep, since: datetime, window: SendingWindow) -> Planned:
    """When this step goes, counted from `since`: the start for the first, else the email before."""
    if step.at_once:
        return right_away(since)
    return next_send_at(since, step.wait, window)


def forecast(steps: Sequence[PlanStep], since: datetime, window: SendingWindow) -> Iterator[Forecast]:
    """The emails that would go, each counted from the one before, if nothing stops them."""
    for step in steps:
        planned = plan_step(step, since, window)
        yield Forecast(step, planned)
        since = planned.due_at


def remaining(steps: Sequence[PlanStep], done: frozenset[int]) -> list[PlanStep]:
    """The steps still to come: those after the last one that already had its message.

    A step moved in front of one that has gone is not made up for: nobody gets an email out of turn.
    """
    last = max((position for position, step in enumerate(steps) if step.id in done), default=-1)
    return list(steps[last + 1 :])

"""The one planner: what the real queue, "What happens next" and the calendar simulation all use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm.rules.sending import StopReason
from crm.rules.windows import Planned, Shift, Wait, after_wait, next_send_at, right_away

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crm.rules.terms import Terms
    from crm.rules.windows import SendingWindow


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


def plan_step(step: PlanStep, since: datetime, terms: Terms) -> Planned:
    """When this step goes, counted from `since`: the start for the first, else the email before."""
    if step.at_once:
        return right_away(since)
    planned = next_send_at(since, step.wait, terms.window)
    due_at = terms.next_chance(planned.due_at)
    if due_at == planned.due_at:
        return planned
    return Planned(due_at, planned.wished_at, planned.shift or Shift.PACE)


def earliest(step: PlanStep, since: datetime, window: SendingWindow) -> datetime:
    """Before this it does not go: hours and pace can only put it off. Told in a fraction of the time."""
    return since if step.at_once else after_wait(since, step.wait, window)


def forecast(steps: Sequence[PlanStep], since: datetime, terms: Terms) -> Iterator[Forecast]:
    """The emails that would go, each counted from the one before, if nothing stops them."""
    for step in steps:
        planned = plan_step(step, since, terms)
        yield Forecast(step, planned)
        since = planned.due_at
        terms = terms if step.at_once else terms.after_one_at(since)


def after(first: Forecast, rest: Sequence[PlanStep], terms: Terms) -> list[Forecast]:
    """An email on its way, and those that follow it if nothing stops them."""
    had = terms if first.step.at_once else terms.after_one_at(first.planned.due_at)
    return [first, *forecast(rest, first.planned.due_at, had)]


def remaining(steps: Sequence[PlanStep], done: frozenset[int]) -> list[PlanStep]:
    """The steps still to come: those after the last one that already had its message.

    A step moved in front of one that has gone is not made up for: nobody gets an email out of turn.
    """
    last = max((position for position, step in enumerate(steps) if step.id in done), default=-1)
    return list(steps[last + 1 :])


def what_follows(
    steps: Sequence[PlanStep], done: frozenset[int], *, reachable: bool, wanted: bool
) -> PlanStep | StopReason | None:
    """The next step for someone; or why nothing may follow; or None, when the plan has come to its end."""
    left = remaining(steps, done)
    if not reachable:
        return StopReason.NO_ADDRESS
    if not left:
        return None
    return left[0] if wanted or left[0].at_once else StopReason.NO_CONSENT

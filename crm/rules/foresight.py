"""What saving a changed plan would do to the people inside it, by the planner that then does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from crm.rules.plans import Plan
from crm.rules.schedule import Forecast, PlanStep, after, plan_step, remaining
from crm.rules.telling import listed, people, things
from crm.rules.terms import Terms
from crm.rules.windows import Planned

NAMED_AT_MOST = 3
"""How many people a sentence names; more are counted."""
EFFECTS_TOLD = 3
HAD_IT_ALL = ("had the last email already", "had the last email already")
STILL_AHEAD = ("hasn’t had it yet", "haven’t had it yet")
DAY = timedelta(days=1)
NEARLY_A_DAY = timedelta(hours=20)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """Where one person is in a plan, and on which terms they are written to.

    `done`: the steps that had their email. `since`: what the next wait is counted from.
    `on_its_way`: the email that waits to go, with its step as it was saved. `settled`: that one
    goes as it is, because a worker has it, the owner sent it by hand, or it answers at once.
    `agreed`: the owner has said yes to that one.
    """

    name: str
    terms: Terms
    since: datetime
    done: frozenset[int]
    on_its_way: Forecast | None = None
    settled: bool = False
    agreed: bool = False


@dataclass(frozen=True)
class Effect:
    """One way in which futures change: what happens, and who the people are that it happens to."""

    what: str
    who_have: tuple[str, str] | None = None

    def on(self, names: Sequence[str]) -> str:
        """The sentence: few people are named, more are counted."""
        who = listed(names) if len(names) <= NAMED_AT_MOST else people(len(names))
        if self.who_have is None:
            return f"{self.what} {who}."
        comma = "," if len(names) <= NAMED_AT_MOST else ""
        return f"{self.what} {who}{comma} who {self.who_have[len(names) > 1]}."


def coming(steps: Sequence[PlanStep], standing: Standing, now: datetime) -> list[Forecast]:
    """The emails this person still gets under these steps, the next one first.

    What the change does not touch stays as it is. What it makes overdue goes next morning,
    never at once (design/UI.md, Sequence).
    """
    first = _next(steps, standing, now)
    if first is None:
        return []
    return after(first, remaining(steps, standing.done | {first.step.id}), standing.terms)


def next_morning(now: datetime, terms: Terms) -> datetime:
    """The next time the sending hours begin, after today."""
    zone = terms.window.zone
    tomorrow = now.astimezone(zone).date() + DAY
    return terms.next_chance(datetime.combine(tomorrow, time(), tzinfo=zone))


def effect(saved: Plan, edited: Plan, standings: Sequence[Standing], now: datetime) -> str:
    """What saving does, in sentences: "Saving moves that email one day later for four people ..."."""
    names = {email.step_id: email.name for email in (*saved.emails, *edited.emails)}
    touched: dict[Effect, list[str]] = {}
    for standing in standings:
        was = coming(saved.steps, standing, now)
        will_be = coming(edited.steps, standing, now)
        if found := _difference(was, will_be, names):
            touched.setdefault(found, []).append(standing.name)
    if not touched:
        return "Nobody who is in it now is affected." if standings else "Nobody is in it now."
    return " ".join([*_told(touched), "Nobody gets an email twice."])


def _next(steps: Sequence[PlanStep], standing: Standing, now: datetime) -> Forecast | None:
    waiting = standing.on_its_way
    if waiting and standing.settled:
        return _as_in(steps, waiting, standing)
    to_come = remaining(steps, standing.done)
    if not to_come:
        return None
    step = to_come[0]
    if waiting and waiting.step == step:
        return _as_in(steps, waiting, standing)
    planned = plan_step(replace(step, at_once=False), standing.since, standing.terms)
    if planned.due_at <= now:
        planned = Planned(next_morning(now, standing.terms), planned.wished_at, planned.shift)
    return Forecast(step, planned)


def _as_in(steps: Sequence[PlanStep], waiting: Forecast, standing: Standing) -> Forecast:
    """It goes when it was to go, and asks first if its step does so in this plan."""
    step = next((step for step in steps if step.id == waiting.step.id), waiting.step)
    asks_first = step.asks_first and not standing.agreed
    return replace(waiting, step=replace(waiting.step, asks_first=asks_first))


def _difference(was: list[Forecast], will_be: list[Forecast], names: dict[int, str]) -> Effect | None:
    """How one person's future changes, if it does."""
    if not will_be:
        return Effect("Nothing more goes to") if was else None
    first = names[will_be[0].step.id]
    if not was:
        return Effect(f"“{first}” now also goes to", HAD_IT_ALL)
    if was[0].step.id != will_be[0].step.id:
        return Effect(f"“{first}” comes next, not “{names[was[0].step.id]}”, for")
    if by := len(will_be) - len(was):
        there = "There is" if abs(by) == 1 else "There are"
        return Effect(f"{there} {things(abs(by), 'email')} {'more' if by > 0 else 'fewer'} for")
    return next((e for old, new in zip(was, will_be, strict=True) if (e := _shift(old, new, names))), None)


def _shift(old: Forecast, new: Forecast, names: dict[int, str]) -> Effect | None:
    """One email of the future, before and after."""
    name = names[new.step.id]
    if old.step.id != new.step.id:
        return Effect(f"“{name}” takes the place of “{names[old.step.id]}” for")
    if old.planned.due_at == new.planned.due_at:
        return _asks(old.step, new.step, name)
    apart = _apart(new.planned.due_at - old.planned.due_at)
    return Effect(f"Saving moves “{name}” {apart} for", STILL_AHEAD)


def _asks(old: PlanStep, new: PlanStep, name: str) -> Effect | None:
    if old.asks_first == new.asks_first:
        return None
    waits = "waits" if new.asks_first else "no longer waits"
    return Effect(f"“{name}” {waits} for your yes before it goes to")


def _told(touched: dict[Effect, list[str]]) -> list[str]:
    """The effects on most people first; what is left over is told as one."""
    ranked = sorted(touched.items(), key=lambda item: -len(item[1]))
    told = [found.on(names) for found, names in ranked[:EFFECTS_TOLD]]
    rest = [name for _, names in ranked[EFFECTS_TOLD:] for name in names]
    return [*told, Effect("Something else changes for").on(rest)] if rest else told


def _apart(delta: timedelta) -> str:
    """As in: one day later; three hours sooner"""
    unit, one = (DAY, "day") if abs(delta) >= NEARLY_A_DAY else (HOUR, "hour")
    count = max(1, round(abs(delta) / unit))
    return f"{things(count, one)} {'later' if delta > timedelta() else 'sooner'}"

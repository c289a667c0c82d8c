"""The plan of the pictures, and somebody in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from crm.rules.foresight import Standing
from crm.rules.pacing import Pace
from crm.rules.plans import Plan, PlanEmail
from crm.rules.schedule import Forecast, plan_step
from crm.rules.terms import Terms
from crm.rules.windows import SendingWindow, Wait

ZONE = ZoneInfo("America/Los_Angeles")
WINDOW = SendingWindow(ZONE, frozenset(range(5)), time(8, 30), time(18))
TERMS = Terms(WINDOW, Pace(1, 7))
NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)

NOTE = PlanEmail(1, 1, "I got your note", Wait(0), at_once=True)
STILL = PlanEmail(2, 2, "Still here", Wait(3))
COST = PlanEmail(3, 3, "About cost", Wait(4))
DOOR = PlanEmail(4, 4, "The door", Wait(10))
MORE = PlanEmail(-1, 9, "One more thing", Wait(2))
PLAN = Plan((NOTE, STILL, COST, DOOR), 14)


def with_email(plan: Plan, position: int, **changed: object) -> Plan:
    emails = list(plan.emails)
    emails[position] = replace(emails[position], **changed)  # type: ignore[arg-type]
    return replace(plan, emails=tuple(emails))


def with_wait(plan: Plan, position: int, days: int) -> Plan:
    return with_email(plan, position, wait=Wait(days))


def waiting_for(position: int, name: str = "Maya", since: datetime = NOW) -> Standing:
    """Someone whose next email is the one at this position of PLAN."""
    step = PLAN.steps[position]
    done = frozenset(each.id for each in PLAN.steps[:position])
    return Standing(1, name, TERMS, since, done, Forecast(step, plan_step(step, since, TERMS)))

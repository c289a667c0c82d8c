"""A plan as plain JSON, for the versions of a sequence. What an older one does not know has its default."""

from __future__ import annotations

from typing import Any

from crm.rules.plans import MAX_LATE_HOURS, Plan, PlanEmail
from crm.rules.stops import StopRules
from crm.rules.windows import Wait, WaitUnit


def kept(plan: Plan) -> dict[str, Any]:
    """Everything about this plan. `plan_from` makes it a plan again."""
    return {
        "emails": [_kept_email(email) for email in plan.emails],
        "quiet_days": plan.quiet_days,
        "asks_first": plan.asks_first,
        "stops_on_call": plan.stops.on_call,
        "stops_on_move": plan.stops.on_move,
    }


def plan_from(record: dict[str, Any]) -> Plan:
    """The plan that `kept` wrote down, also where it was written before there was a choice to make."""
    return Plan(
        emails=tuple(_email_from(each) for each in record["emails"]),
        quiet_days=record["quiet_days"],
        asks_first=record.get("asks_first", False),
        stops=StopRules(record.get("stops_on_call", True), record.get("stops_on_move", True)),
    )


def _kept_email(email: PlanEmail) -> dict[str, Any]:
    return {
        "step_id": email.step_id,
        "template_id": email.template_id,
        "name": email.name,
        "wait_count": email.wait.count,
        "wait_unit": str(email.wait.unit),
        "at_once": email.at_once,
        "asks_first": email.asks_first,
        "max_late_hours": email.max_late_hours,
    }


def _email_from(record: dict[str, Any]) -> PlanEmail:
    return PlanEmail(
        step_id=record["step_id"],
        template_id=record["template_id"],
        name=record["name"],
        wait=Wait(record["wait_count"], WaitUnit(record["wait_unit"])),
        at_once=record["at_once"],
        asks_first=record.get("asks_first", False),
        max_late_hours=record.get("max_late_hours", MAX_LATE_HOURS),
    )

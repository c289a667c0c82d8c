"""The next email of a sequence: which step, when, and the row. Only the next one exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.terms import terms_for, terms_of
from crm.models import Enrollment, Message, Practice, Trigger, Urgency
from crm.models.message import new_message_id
from crm.rules.schedule import plan_step, remaining
from crm.rules.sending import MessageKind, MessageState, StopReason
from crm.rules.windows import Planned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.schedule import PlanStep
    from crm.rules.terms import Terms


def plan_next_message(
    enrollment: Enrollment, since: datetime, now: datetime, terms: Terms | None = None
) -> Message | None:
    """Create the one next email, counted from `since`; or begin the quiet time; or stop, saying why.

    `terms` saves a query where they have been read for many people at once.
    """
    step = _next_step(enrollment, since, now)
    if step is None:
        return None
    return _plan(enrollment, step, _placed(step, since, now, terms or terms_of(enrollment.lead)), now)


def plan_next_messages(enrollments: Sequence[Enrollment], now: datetime) -> None:
    """The same for many people, counted from now, in a fixed number of statements."""
    terms = terms_for(enrollment.lead for enrollment in enrollments)
    rows = []
    for each in enrollments:
        if (step := _next_step(each, now, now)) is None:
            continue
        planned = _placed(step, now, now, terms[each.lead_id])
        if step.asks_first:
            _plan(each, step, planned, now)
        else:
            whose = {"lead_id": each.lead_id, "enrollment_id": each.id, "step_id": step.id}
            rows.append(_columns(each, step, planned, now) | whose)
    if rows:
        db.session.connection().execute(sa.insert(Message), rows)


def _next_step(enrollment: Enrollment, since: datetime, now: datetime) -> PlanStep | None:
    """What comes next; where nothing does, the quiet time begins, or it stops."""
    lead = enrollment.lead
    steps = remaining(enrollment.plan, enrollment.steps_done)
    if lead.email is None:
        enrollment.stop(StopReason.NO_ADDRESS, now)
    elif not steps:
        _end_of_plan(enrollment, since, now)
    elif not lead.follow_ups_wanted and not steps[0].at_once:
        enrollment.stop(StopReason.NO_CONSENT, now)
    else:
        return steps[0]
    return None


def _placed(step: PlanStep, since: datetime, now: datetime, terms: Terms) -> Planned:
    """Where the planner puts it; what would lie in the past goes at the next chance."""
    planned = plan_step(step, since, terms)
    if planned.due_at < now and not step.at_once:
        return Planned(terms.next_chance(now), planned.wished_at, planned.shift)
    return planned


def _plan(enrollment: Enrollment, step: PlanStep, planned: Planned, now: datetime) -> Message:
    message = Message(
        **_columns(enrollment, step, planned, now),
        lead=enrollment.lead,
        enrollment=enrollment,
        step=enrollment.sequence.step(step.id),
    )
    db.session.add(message)
    message.heed_its_plan(now)
    return message


def _columns(enrollment: Enrollment, step: PlanStep, planned: Planned, now: datetime) -> dict[str, Any]:
    """An email of a sequence as it begins."""
    return {
        "kind": MessageKind.STEP,
        "state": MessageState.SCHEDULED,
        "to_address": enrollment.lead.email,
        "urgency": _urgency(enrollment, step),
        "created_at": now,
        "message_id": new_message_id(Practice.current().mail_domain),
        "due_at": planned.due_at,
        "planned_at": planned.due_at,
        "wished_at": planned.wished_at,
        "shift": planned.shift,
    }


def _urgency(enrollment: Enrollment, step: PlanStep) -> Urgency:
    if not step.at_once:
        return Urgency.FOLLOW_UP
    answers_an_inquiry = enrollment.sequence.trigger is Trigger.INQUIRY
    return Urgency.ACKNOWLEDGEMENT if answers_an_inquiry else Urgency.PERSONAL


def _end_of_plan(enrollment: Enrollment, since: datetime, now: datetime) -> None:
    enrollment.wait_quietly(since)
    if enrollment.closes_at is None:
        enrollment.finish(now)

"""The next email of a sequence: which step, when, and the row. Only the next one exists."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from crm.db import db, instant
from crm.flows.terms import on_terms, terms_of
from crm.many import execute, insert_given
from crm.models import Enrollment, Message, Practice, Trigger, Urgency
from crm.models.message import new_message_id
from crm.models.standing import standings
from crm.rules.schedule import PlanStep, plan_step, what_follows
from crm.rules.sending import MessageKind, MessageState, StopReason
from crm.rules.windows import Planned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.rules.terms import Terms


def plan_next_message(
    enrollment: Enrollment, since: datetime, now: datetime, terms: Terms | None = None
) -> Message | None:
    """Create the one next email, counted from `since`; or begin the quiet time; or stop, saying why.

    `terms` saves a query where they are known: read for many people at once, or of somebody who had no email.
    """
    step = _next_step(enrollment, since, now)
    if step is None:
        return None
    return _plan(enrollment, step, _placed(step, since, now, terms or terms_of(enrollment.lead)), now)


def plan_next_messages(enrollment_ids: Sequence[int], now: datetime) -> None:
    """The same for those whose sequence is still open, counted from now, in a few statements for all.

    Nearly everybody just gets their next email. For the rest it is done one by one.
    """
    people = standings(enrollment_ids) if enrollment_ids else []
    practice = Practice.current()
    placed = cache(lambda step, terms: _placed(step, now, now, terms))  # many stand alike, and it takes 10 µs
    rows, others = [], []
    for each in people:
        step = each.next_step
        if isinstance(step, PlanStep) and not step.asks_first:
            planned = placed(step, on_terms(practice, each, each.earlier))
            whose = {"lead_id": each.id, "enrollment_id": each.enrollment_id, "step_id": step.id}
            rows.append(_columns(each.email or "", each.trigger, step, planned, practice.mail_domain) | whose)
        else:
            others.append(each.enrollment_id)
    if rows:
        execute(NEXT_EMAILS, rows, now=now)
    for enrollment_id in others:
        plan_next_message(db.session.get_one(Enrollment, enrollment_id), since=now, now=now)


def _next_step(enrollment: Enrollment, since: datetime, now: datetime) -> PlanStep | None:
    """What comes next; where nothing does, the quiet time begins, or it stops."""
    lead = enrollment.lead
    following = what_follows(
        enrollment.plan,
        enrollment.steps_done,
        reachable=lead.email is not None,
        wanted=lead.follow_ups_wanted,
    )
    if isinstance(following, StopReason):
        enrollment.stop(following, now)
        return None
    if following is None:
        _end_of_plan(enrollment, since, now)
    return following


def _placed(step: PlanStep, since: datetime, now: datetime, terms: Terms) -> Planned:
    """Where the planner puts it; what would lie in the past goes at the next chance."""
    planned = plan_step(step, since, terms)
    if planned.due_at < now and not step.at_once:
        return Planned(terms.next_chance(now), planned.wished_at, planned.shift)
    return planned


def _plan(enrollment: Enrollment, step: PlanStep, planned: Planned, now: datetime) -> Message:
    message = Message(
        **_columns(
            enrollment.lead.email or "",
            enrollment.sequence.trigger,
            step,
            planned,
            Practice.current().mail_domain,
        ),
        kind=MessageKind.STEP,
        state=MessageState.SCHEDULED,
        created_at=now,
        lead=enrollment.lead,
        enrollment=enrollment,
        step=enrollment.sequence.step(step.id),
    )
    db.session.add(message)
    message.heed_its_plan(now)
    return message


def _columns(
    to_address: str, trigger: Trigger, step: PlanStep, planned: Planned, domain: str
) -> dict[str, Any]:
    """An email of a sequence as it begins."""
    return {
        "to_address": to_address,
        "urgency": _urgency(trigger, step),
        "message_id": new_message_id(domain),
        "due_at": planned.due_at,
        "planned_at": planned.due_at,
        "wished_at": planned.wished_at,
        "shift": planned.shift,
    }


def _urgency(trigger: Trigger, step: PlanStep) -> Urgency:
    if not step.at_once:
        return Urgency.FOLLOW_UP
    answers_an_inquiry = trigger is Trigger.INQUIRY
    return Urgency.ACKNOWLEDGEMENT if answers_an_inquiry else Urgency.PERSONAL


def _end_of_plan(enrollment: Enrollment, since: datetime, now: datetime) -> None:
    enrollment.wait_quietly(since)
    if enrollment.closes_at is None:
        enrollment.finish(now)


NEXT_EMAILS = insert_given(
    Message,
    *("lead_id", "enrollment_id", "step_id", "to_address", "urgency", "message_id"),
    *("due_at", "planned_at", "wished_at", "shift"),
    kind=MessageKind.STEP,
    state=MessageState.SCHEDULED,
    created_at=instant("now"),
)

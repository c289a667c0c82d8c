"""What was written down about one email, for the rules that put it in words. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.facts import recalled
from crm.models import Decision, Event, EventKind
from crm.models.event import UNTIL
from crm.rules.explaining import FirstPlan, Look, Try
from crm.rules.sending import OUR_OWN_WISH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.models import Message

BETWEEN = (
    EventKind.FOLLOW_UPS_PAUSED,
    EventKind.FOLLOW_UPS_RESUMED,
    EventKind.READ_FIRST_SET,
    EventKind.READ_FIRST_CLEARED,
)
"""What happened to its person while it waited, and held it or let it go on."""
DONE_TO_IT = (EventKind.MESSAGE_APPROVED, EventKind.MESSAGE_ARRIVED, EventKind.MESSAGE_AGAIN)


def looks_at(message: Message) -> list[Look]:
    """Every look at it, oldest first."""
    return [look_of(decision, message) for decision in db.session.scalars(Decision.about(message.id))]


def last_look_at(message: Message) -> Look | None:
    """The look that says why it waits now, if the worker has looked at it."""
    decision = Decision.last_about(message.id)
    return look_of(decision, message) if decision else None


def look_of(decision: Decision, message: Message) -> Look:
    """A decision for the rules."""
    replied_at = message.lead.replied_at if message.lead else None
    until = decision.facts.get(UNTIL)
    return Look(
        at=decision.at,
        verdict=decision.verdict,
        reason=decision.reason,
        facts=recalled(decision.facts),
        last_at=decision.last_at,
        times=decision.times,
        until=datetime.fromisoformat(until) if until else None,
        heard_at=replied_at if replied_at and replied_at <= decision.at else None,
    )


def tries_of(message: Message) -> list[Try]:
    """Every try to send it, oldest first."""
    return [Try(each.ended_at, each.outcome, each.reply) for each in message.tries]


def first_plan(message: Message, looks: Sequence[Look]) -> FirstPlan:
    """What it was meant to be."""
    return FirstPlan(
        kind=message.kind,
        planned_at=message.planned_at or message.due_at,
        wished_at=message.wished_at,
        shift=message.shift,
        at_once=bool(message.step and message.step.at_once),
        moved=any(look.reason in OUR_OWN_WISH for look in looks),
    )


def happened_meanwhile(message: Message) -> list[Event]:
    """What its person's story has between its making and its end that bears on it. Oldest first."""
    if message.lead is None:
        return []
    over_at = message.sent_at or message.cancelled_at or message.failed_at
    return [event for event in message.lead.events if _bears_on(event, message, over_at)]


def _bears_on(event: Event, message: Message, over_at: datetime | None) -> bool:
    if event.message_id == message.id:
        return event.kind in DONE_TO_IT
    meanwhile = event.at >= message.created_at and (over_at is None or event.at <= over_at)
    return event.kind in BETWEEN and message.enrollment_id is not None and meanwhile

"""New sending hours, for emails that are planned already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.db import db
from crm.flows.follow_up import counted_from
from crm.flows.terms import terms_for
from crm.models import Enrollment, Message, Practice, Step
from crm.rules.pacing import SPREAD
from crm.rules.schedule import plan_step
from crm.rules.sending import MessageKind, MessageState
from crm.rules.windows import Planned

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Lead
    from crm.rules.terms import Terms


def fit_to_hours(now: datetime, lead: Lead | None = None) -> int:
    """After days, hours, pace or a zone changed: move each waiting follow-up to where they put it now.

    What a worker has, what answers at once and what was sent by hand stays. Nothing moves to
    this moment, and what is overdue already waits for its last look. Returns how many moved.
    `lead`: only what goes to this person.
    """
    these = _waiting(now) if lead is None else _waiting(now).where(Message.lead_id == lead.id)
    waiting = list(db.session.scalars(these))
    before = {message.id: message.due_at for message in waiting}
    terms = terms_for(message.lead for message in waiting if message.lead)
    for message in waiting:
        message.plan(_where_it_goes(message, terms[message.lead_id or 0], now))
    return sum(message.due_at != before[message.id] for message in waiting)


def fit_to_limits(now: datetime) -> None:
    """After the account's limits changed: whoever stands in a line is placed anew, in the same order.

    One by one and none later than before; who is still too many then waits again.
    """
    Practice.current().forget_lines()
    in_line = list(db.session.scalars(_waiting(now).where(Message.planned_at != Message.due_at)))
    terms = terms_for(message.lead for message in in_line if message.lead)
    for place, message in enumerate(sorted(in_line, key=lambda message: message.due_at)):
        window = terms[message.lead_id or 0].window
        message.due_at = min(message.due_at, window.after_open_time(now, place * SPREAD))


def _waiting(now: datetime) -> sa.Select[Message]:
    """Follow-ups to come, each with what its wait is counted from. Locked, so that no worker takes one."""
    return (
        sa.select(Message)
        .join(Step, Step.id == Message.step_id)
        .where(
            Message.state.in_((MessageState.SCHEDULED, MessageState.AWAITING_APPROVAL)),
            Message.kind == MessageKind.STEP,
            Message.by_hand_at.is_(None),
            Message.due_at > now,
            Step.at_once.is_(False),
        )
        .options(
            joinedload(Message.step, innerjoin=True),
            joinedload(Message.lead),
            selectinload(Message.enrollment).selectinload(Enrollment.messages),
        )
        .order_by(Message.id)
        .with_for_update(of=Message)
    )


def _where_it_goes(message: Message, terms: Terms, now: datetime) -> Planned:
    if message.enrollment is None or message.step is None:
        raise ValueError(f"message {message.id} belongs to no sequence")
    planned = plan_step(message.step.as_planned, counted_from(message.enrollment), terms)
    if planned.due_at > now:
        return planned
    opening = terms.next_chance(message.due_at)
    return Planned(opening, message.wished_at or message.due_at, terms.window.shift_at(message.due_at))

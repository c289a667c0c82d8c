"""250 decides: what a server has taken is sent, is a line in a story, and its sequence goes on.

This is every mail's way, so it costs a few statements however many mails they are for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm import log
from crm.db import among, db
from crm.flows import planning
from crm.models import Attempt, Enrollment, Event, EventKind, Lead, Message, Practice
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.sending import MessageState
from crm.rules.smtp_replies import AttemptOutcome, code_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.flows.lines import Accepted
    from crm.models.claims import Held

logger = log.get(__name__)

SENT = (
    sa.update(Message)
    .where(Message.id == sa.bindparam("of"))
    .values(
        state=MessageState.SENT,
        sent_at=sa.bindparam("now"),
        server_reply=sa.bindparam("reply"),
        attempts=sa.bindparam("number"),
        tried_at=sa.bindparam("tried"),
        first_tried_at=sa.func.coalesce(Message.first_tried_at, sa.bindparam("tried")),
        claimed_at=None,
        claim_token=None,
        lease_until=None,
        held_at=None,
        uncertain_at=None,
        failed_at=None,
        cancelled_at=None,
        cancel_reason=None,
    )
)
"""Whatever else was thought of the row meanwhile: a lease lost, a cancellation. The server has it."""
WITH_PLAN = (
    joinedload(Enrollment.lead).load_only(Lead.email, Lead.follow_ups_wanted, Lead.zone_name),
    selectinload(Enrollment.messages).load_only(
        Message.enrollment_id, Message.step_id, Message.state, Message.cancel_reason
    ),
)
"""What the planner reads: whole rows would take three times as long."""
_enrollment = Enrollment.__table__


def accept(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    """Store that these were taken. `held`: their rows, locked. One stored before changes nothing."""
    ends = [end for end in ends if held[end.job.message_id].sent_at is None]
    if not ends:
        return
    if failed_since := Practice.current().account_works():
        _catch_up(failed_since, now)
    _mark_sent(ends, now)
    _write_attempts(ends, held, now)
    _tell_stories(ends, now)
    _go_on([end.job.enrollment_id for end in ends if end.job.enrollment_id], now)
    logger.info("messages_sent", message_ids=[end.job.message_id for end in ends])


def _mark_sent(ends: Sequence[Accepted], now: datetime) -> None:
    """Core, not the unit of work: a third of the time of a mail."""
    rows = [
        {
            "of": end.job.message_id,
            "now": now,
            "reply": end.outcome.reply,
            "number": end.job.number,
            "tried": end.tried_at,
        }
        for end in ends
    ]
    db.session.connection().execute(SENT, rows)


def _write_attempts(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    rows = [
        {
            "message_id": end.job.message_id,
            "claim_token": end.job.token,
            "number": end.job.number,
            "worker": held[end.job.message_id].claimed_by or "",
            "tried_at": end.tried_at,
            "handed_over_at": held[end.job.message_id].handed_over_at,
            "ended_at": now,
            "outcome": AttemptOutcome.ACCEPTED,
            "code": code_of(end.outcome.reply),
            "reply": end.outcome.reply,
        }
        for end in ends
    ]
    db.session.connection().execute(sa.insert(Attempt), rows)


def _tell_stories(ends: Sequence[Accepted], now: datetime) -> None:
    lines = [
        {
            "lead_id": end.job.lead_id,
            "kind": EventKind.MESSAGE_SENT,
            "at": now,
            "message_id": end.job.message_id,
            "facts": {},
        }
        for end in ends
        if end.job.lead_id
    ]
    if lines:
        db.session.connection().execute(sa.insert(Event), lines)


def _go_on(enrollment_ids: list[int], now: datetime) -> None:
    """Plan the next email of each sequence that is still open, from rows read after the marks."""
    if not enrollment_ids:
        return
    db.session.flush()
    running = (
        sa.select(Enrollment)
        .where(among(_enrollment.c.id, "these"), Enrollment.state.in_(OPEN_ENROLLMENTS))
        .options(*WITH_PLAN)
        .order_by(Enrollment.id)
        .execution_options(populate_existing=True)
    )
    open_ones = db.session.scalars(running, {"these": enrollment_ids}).all()
    planning.plan_next_messages(open_ones, now)


def _catch_up(failed_since: datetime, now: datetime) -> None:
    """What the account's trouble had put off need not wait out its time."""
    put_off = (
        Message.state == sa.literal_column("'scheduled'"),
        Message.due_at > now,
        Message.id.in_(
            sa.select(Attempt.message_id).where(
                Attempt.ended_at >= failed_since, Attempt.outcome == AttemptOutcome.PUT_OFF
            )
        ),
    )
    at_once = sa.update(Message).where(*put_off).values(due_at=now)
    db.session.execute(at_once.execution_options(synchronize_session=False))

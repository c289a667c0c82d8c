"""250 decides: what a server has taken is sent, is a line in a story, and its sequence goes on.

This is every mail's way, so it costs a few statements however many mails they are for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm import log
from crm.db import db, instant
from crm.flows import planning
from crm.many import DIALECTS, execute, given_rows, insert_given
from crm.models import Attempt, Event, EventKind, Message, Practice
from crm.rules.sending import MessageState
from crm.rules.smtp_replies import AttemptOutcome, code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.flows.jobs import Accepted
    from crm.models.claims import Held

logger = log.get(__name__)


def accept(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    """Store that these were taken. `held`: their rows, locked. One stored before changes nothing."""
    ends = [end for end in ends if held[end.job.message_id].sent_at is None]
    if not ends:
        return
    if failed_since := Practice.current().account_works():
        _catch_up(failed_since, now)
    _mark_sent(ends, now)
    _write_attempts(ends, held, now)
    _tell_stories(ends, held, now)
    db.session.flush()
    planning.plan_next_messages([end.job.enrollment_id for end in ends if end.job.enrollment_id], now)
    logger.info("messages_sent", message_ids=[end.job.message_id for end in ends])


def _mark_sent(ends: Sequence[Accepted], now: datetime) -> None:
    rows = [
        {
            "id": end.job.message_id,
            "attempts": end.job.number,
            "tried_at": end.tried_at,
            "server_reply": end.outcome.reply,
        }
        for end in ends
    ]
    execute(SENT, rows, now=now)


def _write_attempts(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    rows = [
        {
            "message_id": end.job.message_id,
            "claim_token": end.job.token,
            "number": end.job.number,
            "worker": held[end.job.message_id].claimed_by or "",
            "tried_at": end.tried_at,
            "handed_over_at": held[end.job.message_id].handed_over_at,
            "code": code_of(end.outcome.reply),
            "reply": end.outcome.reply,
        }
        for end in ends
        if not _is_corrected(end, held[end.job.message_id], now)
    ]
    if rows:
        execute(ATTEMPTS, rows, now=now)


def _is_corrected(end: Accepted, held: Held, now: datetime) -> bool:
    """Its worker had been taken for dead in the book: a claim has one end, so that is put right."""
    if held.claim_token == end.job.token:
        return False
    reply = end.outcome.reply
    right = (
        sa.update(Attempt)
        .where(Attempt.message_id == end.job.message_id, Attempt.claim_token == end.job.token)
        .values(outcome=AttemptOutcome.ACCEPTED, ended_at=now, code=code_of(reply), reply=reply)
    )
    return db.session.connection().execute(right.returning(Attempt.id)).first() is not None


def _tell_stories(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    """In the story of whoever the email belongs to now: since it was claimed, two may have become one."""
    told = [held[end.job.message_id] for end in ends]
    lines = [{"lead_id": each.lead_id, "message_id": each.id} for each in told if each.lead_id]
    if lines:
        execute(STORIES, lines, now=now)


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


def _sent_statement(dialect: str) -> sa.Update:
    """Whatever else was thought of the row meanwhile, a lease lost or a cancellation: the server has it."""
    names = ("id", "attempts", "tried_at", "server_reply")
    given = given_rows([sa.column(name, _message.c[name].type) for name in names], dialect)
    return (
        sa.update(Message)
        .where(_message.c.id == given.c.id)
        .values(
            state=MessageState.SENT,
            sent_at=_now,
            server_reply=given.c.server_reply,
            attempts=given.c.attempts,
            tried_at=given.c.tried_at,
            first_tried_at=sa.func.coalesce(_message.c.first_tried_at, given.c.tried_at),
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


_message = Message.__table__
_now = instant("now")
SENT = {dialect: _sent_statement(dialect) for dialect in DIALECTS}
ATTEMPTS = insert_given(
    Attempt,
    *("message_id", "claim_token", "number", "worker", "tried_at", "handed_over_at", "code", "reply"),
    ended_at=_now,
    outcome=AttemptOutcome.ACCEPTED,
)
STORIES = insert_given(Event, "lead_id", "message_id", kind=EventKind.MESSAGE_SENT, at=_now, facts={})

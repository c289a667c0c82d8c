"""250 decides: what a server has taken is sent, is a line in a story, and its sequence goes on.

This is every mail's way, so it costs a few statements however many mails they are for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm import log
from crm.db import db, instant
from crm.flows import planning
from crm.many import DIALECTS, GIVEN, given_rows
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
    _store(ends, held, now)
    db.session.flush()
    planning.plan_next_messages([end.job.enrollment_id for end in ends if end.job.enrollment_id], now)
    logger.info("messages_sent", message_ids=[end.job.message_id for end in ends])


def _store(ends: Sequence[Accepted], held: dict[int, Held], now: datetime) -> None:
    """The emails are sent, each claim has its end, and each story its line: one statement on Postgres."""
    rows = [_row(end, held[end.job.message_id], now) for end in ends]
    for statement in ACCEPTED[db.engine.dialect.name]:
        db.session.connection().execute(statement, {GIVEN: rows, "now": now})


def _row(end: Accepted, held: Held, now: datetime) -> dict[str, Any]:
    """`lead_id`: whoever the email belongs to now; since it was claimed, two may have become one."""
    return {
        "id": end.job.message_id,
        "lead_id": held.lead_id,
        "claim_token": end.job.token,
        "number": end.job.number,
        "worker": held.claimed_by or "",
        "tried_at": end.tried_at,
        "handed_over_at": held.handed_over_at,
        "code": code_of(end.outcome.reply),
        "reply": end.outcome.reply,
        "server_reply": end.outcome.reply,
        "is_corrected": _is_corrected(end, held, now),
    }


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


def _statements(dialect: str) -> list[sa.Executable]:
    """What `_store` asks for these rows. SQLite knows no statement within another.

    Postgres reads what is given once, and not for each of the three.
    """
    given = given_rows(GIVEN_COLUMNS, dialect)
    if dialect == "sqlite":
        return [_sent(given), _attempts(given), _stories(given)]
    taken = sa.select(given).cte("taken")
    return [_stories(taken).add_cte(_sent(taken).cte("sent"), _attempts(taken).cte("tried"))]


def _sent(given: sa.FromClause) -> sa.Update:
    """Whatever else was thought of the row meanwhile, a lease lost or a cancellation: the server has it."""
    return (
        sa.update(Message)
        .where(_message.c.id == given.c.id)
        .values(
            state=MessageState.SENT,
            sent_at=_now,
            server_reply=given.c.server_reply,
            attempts=given.c.number,
            tried_at=given.c.tried_at,
            first_tried_at=sa.func.coalesce(_message.c.first_tried_at, given.c.tried_at),
            **dict.fromkeys(NO_MORE, sa.null()),
        )
    )


def _attempts(given: sa.FromClause) -> sa.Insert:
    outcome = sa.literal(AttemptOutcome.ACCEPTED, _attempt.c.outcome.type)
    told = sa.select(given.c.id, *(given.c[name] for name in OF_ATTEMPTS), _now, outcome)
    return sa.insert(Attempt).from_select(
        ["message_id", *OF_ATTEMPTS, "ended_at", "outcome"], told.where(~given.c.is_corrected)
    )


def _stories(given: sa.FromClause) -> sa.Insert:
    kind, nothing = (
        sa.literal(EventKind.MESSAGE_SENT, _event.c.kind.type),
        sa.literal({}, _event.c.facts.type),
    )
    told = sa.select(given.c.lead_id, given.c.id, kind, _now, nothing)
    return sa.insert(Event).from_select(
        ["lead_id", "message_id", "kind", "at", "facts"], told.where(given.c.lead_id.is_not(None))
    )


_message, _attempt, _event = Message.__table__, Attempt.__table__, Event.__table__
_now = instant("now")
NO_MORE = (
    *("claimed_at", "claim_token", "lease_until", "held_at"),
    *("uncertain_at", "failed_at", "cancelled_at", "cancel_reason"),
)
"""What is true of no email that was sent."""
OF_ATTEMPTS = ("claim_token", "number", "worker", "tried_at", "handed_over_at", "code", "reply")
GIVEN_COLUMNS = [
    *(sa.column(name, _message.c[name].type) for name in ("id", "lead_id", "server_reply")),
    *(sa.column(name, _attempt.c[name].type) for name in OF_ATTEMPTS),
    sa.column("is_corrected", sa.Boolean),
]
ACCEPTED = {dialect: _statements(dialect) for dialect in DIALECTS}

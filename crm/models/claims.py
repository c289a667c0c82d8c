"""Taking due messages for one worker, by compare-and-set. The database is the queue."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models.message import Message, Urgency
from crm.rules.sending import MessageKind, MessageState

if TYPE_CHECKING:
    from sqlalchemy import Select

LEASE = timedelta(minutes=20)
"""How long a worker may hold a claim: above every SMTP timeout together, RFC 5321 4.5.3.2 included."""

SENDING: sa.ColumnElement[str] = sa.literal_column("'sending'")
SCHEDULED: sa.ColumnElement[str] = sa.literal_column("'scheduled'")
FRESH = {"populate_existing": True}
"""The row as it is now, not as this session once read it."""


def take(limit: int, now: datetime, *, by_people_only: bool = False) -> list[Message]:
    """Take up to `limit` due rows for this worker, the most urgent first.

    `by_people_only` leaves out everything a sequence sends: so it is while all sending is held.

    Two workers never get the same row: on Postgres locked rows are skipped, on SQLite
    the write transaction is the lock. Commit before talking to the world.
    """
    taken: list[Message] = []
    for urgency in Urgency:
        if len(taken) < limit:
            due = Message.is_due(now) + ((Message.kind != MessageKind.STEP,) if by_people_only else ())
            taken += _take((Message.urgency == urgency, *due), limit - len(taken), now)
    return taken


def abandoned(now: datetime) -> Select[Message]:
    """Claims whose lease ran out: their worker died or hangs."""
    expired = (Message.state == SENDING, Message.lease_until <= now)
    return sa.select(Message).where(*expired).with_for_update(skip_locked=True)


def still_held(message_id: int, token: str) -> Message | None:
    """The row, if the claim of this token still holds. The token fences out a stalled worker."""
    mine = (Message.id == message_id, Message.claim_token == token, Message.state == SENDING)
    held = sa.select(Message).where(*mine).with_for_update(of=Message)
    return db.session.scalar(held, execution_options=FRESH)


def locked(message_id: int) -> Message:
    """The row, for this transaction alone. Raises NoResultFound when it is gone."""
    row = sa.select(Message).where(Message.id == message_id).with_for_update(of=Message)
    return db.session.scalars(row, execution_options=FRESH).one()


def _take(which: tuple[sa.ColumnElement[bool], ...], limit: int, now: datetime) -> list[Message]:
    due = (
        sa.select(Message.id)
        .where(*which)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    if db.engine.dialect.name == "postgresql":
        due = due.prefix_with("MATERIALIZED", dialect="postgresql")
    taken = (
        sa.update(Message)
        .where(Message.id.in_(sa.select(due.c.id)), Message.state == SCHEDULED)
        .values(
            state=MessageState.SENDING,
            claimed_at=now,
            claim_token=secrets.token_hex(8),
            lease_until=now + LEASE,
        )
        .returning(Message)
    )
    rows = db.session.scalars(taken, execution_options=FRESH)
    return sorted(rows, key=lambda message: (message.due_at, message.id))

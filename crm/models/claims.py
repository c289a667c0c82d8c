"""Taking due messages for one worker, by compare-and-set. The database is the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.db import db
from crm.models.lead import Lead
from crm.models.message import Message, Urgency
from crm.models.sequence import Enrollment
from crm.rules.sending import MessageKind, MessageState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.sql.base import ExecutableOption

LEASE = timedelta(minutes=20)
"""How long a worker may hold a claim: above every SMTP timeout together, RFC 5321 4.5.3.2 included."""

SENDING: sa.ColumnElement[str] = sa.literal_column("'sending'")
SCHEDULED: sa.ColumnElement[str] = sa.literal_column("'scheduled'")
FRESH = {"populate_existing": True}
"""The row as it is now, not as this session once read it."""
WITH_PERSON = (joinedload(Message.lead), joinedload(Message.enrollment).joinedload(Enrollment.sequence))
WITH_EARLIER = selectinload(Message.enrollment, Enrollment.messages)
WITH_LETTER = (
    WITH_EARLIER,
    selectinload(Message.lead, Lead.bookings),
    selectinload(Message.lead, Lead.inquiries),
)


@dataclass(frozen=True)
class Claimant:
    """Who takes: the worker's name, and the token that fences out a claim it made before this one."""

    worker: str
    token: str


def take(
    limit: int, now: datetime, by: Claimant, *, by_people_only: bool = False, urgent_only: bool = False
) -> list[int]:
    """Take up to `limit` due rows for this worker, the most urgent first. Returns their ids in that order.

    `by_people_only` leaves out everything a sequence sends: so it is while all sending is held.
    `urgent_only` leaves out follow-ups, so that they cannot stand in the way.

    Two workers never get the same row: on Postgres locked rows are skipped, on SQLite
    the write transaction is the lock. Commit before talking to the world.
    """
    taken: list[int] = []
    for urgency in Urgency:
        if len(taken) < limit and not (urgent_only and urgency is Urgency.FOLLOW_UP):
            due = Message.is_due(now) + ((Message.kind != MessageKind.STEP,) if by_people_only else ())
            taken += _take((Message.urgency == int(urgency), *due), limit - len(taken), now, by)
    return taken


def anything_due(now: datetime) -> bool:
    """Whether a worker would find something. Reads one row at most of each urgency."""
    return any(
        db.session.scalar(
            sa.select(Message.id).where(Message.urgency == int(urgency), *Message.is_due(now)).limit(1)
        )
        for urgency in Urgency
    )


def abandoned(now: datetime) -> Select[Message]:
    """Claims whose lease ran out: their worker died or hangs."""
    expired = (Message.state == SENDING, Message.lease_until <= now)
    return sa.select(Message).where(*expired).with_for_update(skip_locked=True)


def rows(ids: Iterable[int], *also: ExecutableOption) -> dict[int, Message]:
    """These rows with their people, locked in one order, so that two workers never wait for each other.

    `also`: WITH_EARLIER to plan what comes next, WITH_LETTER to write one. A fixed number of queries.
    """
    wanted = sa.select(Message).where(Message.id.in_(list(ids))).order_by(Message.id)
    locked = wanted.with_for_update(of=Message).options(*WITH_PERSON, *also)
    return {row.id: row for row in db.session.scalars(locked, execution_options=FRESH)}


def give_back(by: Claimant, now: datetime) -> None:
    """Return every row of a claim whose transaction may or may not have been stored."""
    lost = (Message.state == SENDING, Message.claim_token == by.token, Message.handed_over_at.is_(None))
    for message in db.session.scalars(sa.select(Message).where(*lost).with_for_update()):
        message.put_off(now)


def _take(which: tuple[sa.ColumnElement[bool], ...], limit: int, now: datetime, by: Claimant) -> list[int]:
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
            claim_token=by.token,
            claimed_by=by.worker,
            lease_until=now + LEASE,
        )
        .returning(Message.id, Message.due_at)
        .execution_options(synchronize_session=False)
    )
    found = db.session.execute(taken).all()
    return [message_id for message_id, _ in sorted(found, key=lambda row: (row[1], row[0]))]

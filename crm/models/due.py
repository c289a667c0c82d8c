"""What a ring of beat looks for: mail that is due, and mail that nobody would ever come back to.

Each question names one urgency and an order, and so reads one entry of a partial index (models/claims).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db, instant
from crm.models.claims import FIRST_DUE, LEASE, SCHEDULED, SENDING
from crm.models.message import Message
from crm.models.urgency import Urgency
from crm.rules.waits import FAST_CLOCK, LONGEST_RETRY

if TYPE_CHECKING:
    from sqlalchemy import Select

URGENT = (Urgency.ACKNOWLEDGEMENT, Urgency.PERSONAL)
AT_ONCE = 100
"""How many rows one ring sets right; there will be another."""


def anything_due(now: datetime) -> bool:
    """Whether a worker would find something: mail that is due, or that nobody would ever come back to.

    Reads one row at most of each urgency, one of a dead worker, and one put off too far.
    """
    values = {"now": now, "longest_lease": now + LONGEST_LEASE, "longest_wait": now + LONGEST_WAIT}
    return db.session.connection().execute(ANYTHING, values).scalar() is not None


def next_due_at() -> datetime | None:
    """When the next email is due, if any is scheduled."""
    found = db.session.connection().execute(SOONEST).one()
    return min(filter(None, found), default=None)


def abandoned(now: datetime) -> Select[Message]:
    """Claims whose lease ran out: their worker died or hangs.

    Or is longer than any, because the machine's clock was fast when it began.
    """
    over = sa.or_(Message.lease_until <= now, Message.lease_until > now + LONGEST_LEASE)
    return sa.select(Message).where(Message.state == SENDING, over).with_for_update(skip_locked=True)


def cut_back(now: datetime) -> None:
    """An answer to someone, or a letter, that waits longer than any wait can be, is due."""
    values = {"longest_wait": now + LONGEST_WAIT}
    for statement in TOO_FAR_OFF:
        if late := db.session.connection().execute(statement.limit(AT_ONCE), values).scalars().all():
            db.session.connection().execute(
                sa.update(Message).where(Message.id.in_(late), Message.state == SCHEDULED).values(due_at=now)
            )


def _scheduled(urgency: Urgency, column: sa.ColumnElement[Any]) -> Select[Any]:
    return sa.select(column).where(
        _message.c.urgency == int(urgency), _message.c.state == SCHEDULED, _message.c.held_at.is_(None)
    )


LONGEST_LEASE: timedelta = LEASE + FAST_CLOCK
LONGEST_WAIT: timedelta = LONGEST_RETRY + FAST_CLOCK
_message = Message.__table__
_now, _longest_lease, _longest_wait = map(instant, ("now", "longest_lease", "longest_wait"))
_sending = sa.select(_message.c.id).where(_message.c.state == SENDING)
SOONEST = sa.select(
    *(
        _scheduled(urgency, _message.c.due_at)
        .order_by(_message.c.due_at, _message.c.id)
        .limit(1)
        .scalar_subquery()
        for urgency in Urgency
    )
)
OVER = [
    _sending.where(_message.c.lease_until <= _now).order_by(_message.c.lease_until),
    _sending.where(_message.c.lease_until > _longest_lease).order_by(_message.c.lease_until.desc()),
]
TOO_FAR_OFF = [
    _scheduled(urgency, _message.c.id)
    .where(_message.c.due_at > _longest_wait)
    .order_by(_message.c.due_at.desc(), _message.c.id.desc())
    for urgency in URGENT
]
ANYTHING = sa.select(
    sa.func.coalesce(*FIRST_DUE, *(each.limit(1).scalar_subquery() for each in (*OVER, *TOO_FAR_OFF)))
)

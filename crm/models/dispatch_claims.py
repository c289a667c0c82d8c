"""Taking due dispatches for one worker, by compare-and-set; and finding those of workers that died."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from crm.db import db, instant
from crm.models.dispatch import LEASE, Dispatch
from crm.models.listener import Listener
from crm.rules.dispatches import DispatchState

_dispatch = Dispatch.__table__.c
WAITING: sa.ColumnElement[str] = sa.literal_column("'waiting'")
SENDING: sa.ColumnElement[str] = sa.literal_column("'sending'")


class Claimed(NamedTuple):
    """One that this worker has."""

    id: int
    listener_id: int
    message_id: str
    body: str
    tries: int


def due_listeners(now: datetime) -> list[int]:
    """The programs that something is due for and that hear now. A look into one index for each."""
    return list(db.session.connection().execute(DUE, {"now": now}).scalars())


def any_lease_over(now: datetime) -> bool:
    return db.session.connection().execute(OVER, {"now": now}).first() is not None


def take(listener_id: int, limit: int, token: str, now: datetime) -> list[Claimed]:
    """Up to so many of this program's, the longest due first. Two workers never get the same row.

    A try counts from here: one that takes its worker down with it ends, too.
    """
    values = {"listener": listener_id, "most": limit, "now": now, "until": now + LEASE, "token": token}
    rows = db.session.connection().execute(TAKE, values).all()
    return sorted((Claimed(*row) for row in rows), key=lambda each: each.id)


def lock(ids: list[int]) -> dict[int, Dispatch]:
    """Wait for those of these rows that are still there, in one order."""
    rows = sa.select(Dispatch).where(Dispatch.id.in_(ids)).order_by(Dispatch.id)
    found = db.session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {row.id: row for row in found}


def lock_listeners(ids: set[int]) -> dict[int, Listener]:
    """The same for programs. What happens meanwhile can still be written down for them."""
    rows = sa.select(Listener).where(Listener.id.in_(ids)).order_by(Listener.id)
    found = db.session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {row.id: row for row in found}


def overdue(now: datetime) -> list[Dispatch]:
    """Those whose worker has not been heard of. Nobody knows whether it was told."""
    return list(db.session.scalars(LOST, {"now": now}))


DUE = (
    sa.select(Listener.id)
    .where(
        Listener.removed_at.is_(None),
        Listener.paused_at.is_(None),
        Listener.off_at.is_(None),
        sa.or_(Listener.rest_until.is_(None), Listener.rest_until <= instant("now")),
        sa.exists().where(
            _dispatch.listener_id == Listener.id,
            _dispatch.state == WAITING,
            _dispatch.due_at <= instant("now"),
        ),
    )
    .order_by(Listener.id)
)
OVER = (
    sa.select(_dispatch.id).where(_dispatch.state == SENDING, _dispatch.lease_until < instant("now")).limit(1)
)
LOST = (
    sa.select(Dispatch)
    .where(Dispatch.state == SENDING, Dispatch.lease_until < instant("now"))
    .order_by(Dispatch.lease_until, Dispatch.id)
    .with_for_update(skip_locked=True)
)
"""In the order of the index of leases: by their numbers SQLite reads all that was ever told."""
_due = (
    sa.select(_dispatch.id)
    .where(
        _dispatch.listener_id == sa.bindparam("listener"),
        _dispatch.state == WAITING,
        _dispatch.due_at <= instant("now"),
    )
    .order_by(_dispatch.due_at, _dispatch.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
TAKE = (
    sa.update(Dispatch)
    .where(_dispatch.id.in_(sa.select(_due.c.id)), _dispatch.state == WAITING)
    .values(
        state=DispatchState.SENDING,
        tries=_dispatch.tries + 1,
        claim_token=sa.bindparam("token"),
        lease_until=sa.bindparam("until", type_=_dispatch.lease_until.type),
    )
    .returning(_dispatch.id, _dispatch.listener_id, _dispatch.message_id, _dispatch.body, _dispatch.tries)
)

"""The log of what other programs were told has an end: by age, and by number. What is due is not touched."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Dispatch, Listener
from crm.rules.dispatches import KEPT, KEPT_AT_MOST, DispatchState

if TYPE_CHECKING:
    from datetime import datetime

AT_ONCE = 500
"""Rows in one step: while it lasts nobody else writes on SQLite."""
MAY_COME_BACK = timedelta(days=1)
"""So long a program that was taken away is kept, with its log, for the owner to undo it."""


def go_on(now: datetime) -> bool:
    """One step. Whether there was anything to do."""
    gone = _ids(_old(now)) or next(filter(None, map(_ids, _too_many())), [])
    _delete(gone)
    return bool(gone) or _take_away(now)


def _old(now: datetime) -> sa.Select[int]:
    """Of before the last so many days; what waited so long for a program that never came back, too.

    What was told again has been due since then, however long ago it happened.
    """
    old = (Dispatch.happened_at < now - KEPT, Dispatch.state != DispatchState.SENDING)
    return sa.select(Dispatch.id).where(
        *old, sa.func.coalesce(Dispatch.ended_at, Dispatch.due_at) < now - KEPT
    )


def _too_many() -> list[sa.Select[int]]:
    """Of each program, what is over and older than the newest so many."""
    return [_beyond(listener_id) for listener_id in db.session.scalars(sa.select(Listener.id))]


def _beyond(listener_id: int) -> sa.Select[int]:
    log = sa.select(Dispatch.id).where(Dispatch.listener_id == listener_id).order_by(Dispatch.id.desc())
    last_kept = log.offset(KEPT_AT_MOST - 1).limit(1).scalar_subquery()
    is_over = Dispatch.ended_at.is_not(None)
    return sa.select(Dispatch.id).where(Dispatch.listener_id == listener_id, Dispatch.id < last_kept, is_over)


def _ids(rows: sa.Select[int]) -> list[int]:
    return list(db.session.scalars(rows.order_by(Dispatch.id).limit(AT_ONCE)))


def _delete(ids: list[int]) -> None:
    db.session.execute(sa.delete(Dispatch).where(Dispatch.id.in_(ids)))


def _take_away(now: datetime) -> bool:
    """A program that was taken away, once all of its log is forgotten."""
    away = sa.select(Listener).where(Listener.removed_at < now - MAY_COME_BACK).limit(1)
    if (listener := db.session.scalar(away)) is None:
        return False
    theirs = _ids(sa.select(Dispatch.id).where(Dispatch.listener_id == listener.id))
    _delete(theirs)
    if not theirs:
        db.session.delete(listener)
    return True

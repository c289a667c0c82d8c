"""One answer to one Idempotency-Key, for a day: a request that comes again is not carried out again.

The semantics are Stripe's: the same key with the same body gets the same answer, with another body it is an
error, and while the first is still at work the second is told to wait. The unique (source, key) decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.models import KeptAnswer

if TYPE_CHECKING:
    from datetime import datetime

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=1)
"""A request that has no answer by then died with its process; whoever asks again takes it over."""


class Turn(StrEnum):
    """What a request with a key may do."""

    WORK = "work"
    REPEAT = "repeat"
    WAIT = "wait"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Asked:
    """A request as its key knows it. `fingerprint` is equal for equal bodies."""

    source_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Begun:
    """Whose turn it is; with the answer of before where that is to be repeated."""

    turn: Turn
    status: int = 0
    answer: dict[str, Any] | None = None


def begin(asked: Asked, now: datetime) -> Begun:
    """Take the key, or find out who has it. In a transaction of its own, before any work."""
    db.session.execute(sa.delete(KeptAnswer).where(KeptAnswer.begun_at <= now - KEPT_FOR))
    mine = KeptAnswer(source_id=asked.source_id, key=asked.key, fingerprint=asked.fingerprint, begun_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(mine)
    except sa.exc.IntegrityError:
        return _whose(asked, now)
    return Begun(Turn.WORK)


def finish(asked: Asked, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer, in the transaction that did the work."""
    db.session.execute(sa.update(KeptAnswer).where(*_is(asked)).values(status=status, answer=answer))


def give_back(asked: Asked) -> None:
    """The work failed and nothing came of it: the key is free again."""
    db.session.execute(sa.delete(KeptAnswer).where(*_is(asked), KeptAnswer.status.is_(None)))


def _whose(asked: Asked, now: datetime) -> Begun:
    kept = db.session.scalar(sa.select(KeptAnswer).where(*_is(asked)).with_for_update())
    if kept is None or kept.fingerprint != asked.fingerprint:
        return Begun(Turn.REFUSE if kept else Turn.WAIT)
    if kept.status is not None:
        return Begun(Turn.REPEAT, kept.status, kept.answer)
    if now - kept.begun_at < GIVEN_UP_AFTER:
        return Begun(Turn.WAIT)
    kept.begun_at = now
    return Begun(Turn.WORK)


def _is(asked: Asked) -> tuple[sa.ColumnElement[bool], ...]:
    return KeptAnswer.source_id == asked.source_id, KeptAnswer.key == asked.key

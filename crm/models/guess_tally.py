"""How often somebody guessed lately: one row for each place they guess from and each thing they guess at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db, instant

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = timedelta(days=1)
"""No tally counts for longer than this."""


class Bucket(NamedTuple):
    """What is counted together, how many guesses it takes, for how long. `key` says nothing of anybody."""

    key: str
    most: int
    window: timedelta


class GuessTally(Base):
    """The guesses counted under one key since its window began. Full, it waits for the window to end."""

    __tablename__ = "guess_tally"

    key: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    guesses: Mapped[int]

    @classmethod
    def count(cls, buckets: Iterable[Bucket], now: datetime) -> timedelta | None:
        """Count one guess in each; how long to wait where one of them is full already, else None.

        Counted before the guess is looked at and in one statement each, so that a hundred guesses at once
        are no more than ten. In the order of their keys: nobody waits for somebody who waits for them.
        """
        waits = [cls._count_one(each, now) for each in sorted(buckets)]
        return max((each for each in waits if each), default=None)

    @classmethod
    def take_back(cls, buckets: Iterable[Bucket]) -> None:
        """It was no guess: they knew it."""
        for each in sorted(buckets):
            some = (cls.key == each.key, cls.guesses > 0)
            db.session.execute(sa.update(cls).where(*some).values(guesses=cls.guesses - 1))

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        db.session.execute(sa.delete(cls).where(cls.began_at <= now - LONGEST))

    @classmethod
    def _count_one(cls, bucket: Bucket, now: datetime) -> timedelta | None:
        values = {"key": bucket.key, "now": now, "since": now - bucket.window}
        began_at, guesses = db.session.connection().execute(COUNT[db.engine.dialect.name], values).one()
        return began_at + bucket.window - now if guesses > bucket.most else None


def _count(insert: type[postgresql.Insert | sqlite.Insert]) -> sa.Executable:
    now, is_over = instant("now"), GuessTally.began_at <= instant("since")
    first = insert(GuessTally).values(key=sa.bindparam("key"), began_at=now, guesses=1)
    return first.on_conflict_do_update(
        index_elements=[GuessTally.key],
        set_={
            "began_at": sa.case((is_over, now), else_=GuessTally.began_at),
            "guesses": sa.case((is_over, 1), else_=GuessTally.guesses + 1),
        },
    ).returning(GuessTally.began_at, GuessTally.guesses)


COUNT = {"postgresql": _count(postgresql.Insert), "sqlite": _count(sqlite.Insert)}

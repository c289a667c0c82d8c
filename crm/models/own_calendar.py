"""A clinician's own calendar elsewhere: its private address, and when it says that they are busy."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.models.account import Account
from crm.sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select

    from crm.rules.slots import Span

PERIOD = timedelta(minutes=15)
LEASE = timedelta(minutes=5)


class OwnCalendar(Base):
    """Where it is read from, and how that went last. The address is a secret: whoever has it reads all.

    With a `username` it is asked by CalDAV; without one it is a private address of an iCalendar file.
    """

    __tablename__ = "own_calendar"

    clinician_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    url: Mapped[str] = mapped_column(Sealed("own_calendar.url"))
    username: Mapped[str] = mapped_column(Sealed("own_calendar.username"), default="")
    password: Mapped[str] = mapped_column(Sealed("own_calendar.password"), default="")
    next_read_at: Mapped[datetime]
    claim: Mapped[str | None]
    read_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")

    @classmethod
    def due(cls, now: datetime) -> Select[OwnCalendar]:
        """Those of who is still here: what somebody does who has left is no business of ours."""
        here = sa.exists().where(Account.id == cls.clinician_id, Account.deactivated_at.is_(None))
        return sa.select(cls).where(cls.next_read_at <= now, here).order_by(cls.next_read_at)

    @classmethod
    def silent(cls) -> Select[OwnCalendar]:
        """Those that could not be read last time."""
        return sa.select(cls).where(cls.failed_at.is_not(None))

    @classmethod
    def connect(cls, clinician_id: int, url: str, now: datetime, **login: str) -> None:
        """Read this one from now on, first at the next chance; what another said is forgotten."""
        cls.disconnect(clinician_id)
        db.session.add(cls(clinician_id=clinician_id, url=url, next_read_at=now, **login))

    @classmethod
    def disconnect(cls, clinician_id: int) -> None:
        for model in (cls, BusyTime):
            db.session.execute(sa.delete(model).where(model.clinician_id == clinician_id))

    @classmethod
    def take_up(cls, now: datetime) -> OwnCalendar | None:
        """The next one to be read, for nobody else until the lease ends."""
        first = cls.due(now).with_only_columns(cls.clinician_id).limit(1).scalar_subquery()
        claimed = sa.update(cls).where(cls.clinician_id == first, cls.next_read_at <= now)
        values = {"claim": secrets.token_hex(8), "next_read_at": now + LEASE}
        return db.session.scalar(claimed.values(**values).returning(cls))

    @classmethod
    def still(cls, clinician_id: int, claim: str) -> OwnCalendar | None:
        """The calendar of a reader whose lease holds; None where another reads it or it has changed."""
        mine = sa.select(cls).where(cls.clinician_id == clinician_id, cls.claim == claim)
        return db.session.scalar(mine.with_for_update())

    def was_read(self, busy: Iterable[Span], now: datetime) -> None:
        """What it said, in place of what it said before."""
        db.session.execute(sa.delete(BusyTime).where(BusyTime.clinician_id == self.clinician_id))
        rows = [
            {"clinician_id": self.clinician_id, "begins_at": each.starts_at, "ends_at": each.ends_at}
            for each in busy
        ]
        if rows:
            db.session.execute(sa.insert(BusyTime), rows)
        self.claim, self.read_at, self.next_read_at = None, now, now + PERIOD
        self.failed_at, self.failure = None, ""

    def could_not_be_read(self, why: str, now: datetime) -> None:
        """What it said last holds on, and it is tried again."""
        self.claim, self.next_read_at = None, now + PERIOD
        self.failed_at, self.failure = self.failed_at or now, why


class BusyTime(Base):
    """When somebody is not free. What for is not kept: it is nobody's business here."""

    __tablename__ = "busy_time"
    __table_args__ = (
        sa.Index("ix_busy_time_ends", "clinician_id", "ends_at"),
        sa.CheckConstraint("begins_at < ends_at", name="begins_before_it_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]

"""Whose time is taken: a row for every five minutes of a clinician that a call holds.

Its primary key is the promise that no two calls overlap, and both databases keep it in the same way: an
exclusion constraint would need an extension that a plain user of Postgres may not install, and SQLite has
none. Rows come and go in the transaction that changes the call.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db

GRAIN = timedelta(minutes=5)


class Occupancy(Base):
    """Five minutes of a clinician, counted since 1970, and the call that has them."""

    __tablename__ = "occupancy"

    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    grain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[int] = mapped_column(sa.ForeignKey("booking.id", ondelete="CASCADE"), index=True)


def take(clinician_id: int, booking_id: int, begins: datetime, ends: datetime) -> bool:
    """Hold every grain that these instants touch; False where one of them is another's.

    Who loses has still taken the others: the transaction, or its savepoint, must be rolled back. In one
    order, so that two who want the same wait for each other and never crosswise.
    """
    wanted = grains(begins, ends)
    rows = [{"clinician_id": clinician_id, "grain": each, "booking_id": booking_id} for each in wanted]
    got = db.session.execute(TAKE[db.engine.dialect.name].values(rows)).all()
    return len(got) == len(wanted)


def give_back(booking_id: int) -> None:
    db.session.execute(sa.delete(Occupancy).where(Occupancy.booking_id == booking_id))


def holders(clinician_id: int, begins: datetime, ends: datetime) -> list[int]:
    """The calls that have any of this time."""
    touched = Occupancy.grain.in_(grains(begins, ends))
    whose = sa.select(Occupancy.booking_id).where(Occupancy.clinician_id == clinician_id, touched)
    return list(db.session.scalars(whose.distinct()))


def grains(begins: datetime, ends: datetime) -> range:
    """The numbers of the five minutes that these instants touch."""
    return range(_grain(begins), -int(-ends.timestamp() // GRAIN.total_seconds()))


def _grain(at: datetime) -> int:
    return int(at.timestamp() // GRAIN.total_seconds())


TAKE = {
    "postgresql": postgresql.insert(Occupancy).on_conflict_do_nothing().returning(Occupancy.grain),
    "sqlite": sqlite.insert(Occupancy).on_conflict_do_nothing().returning(Occupancy.grain),
}

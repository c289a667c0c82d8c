"""By what this database knows the keys it was written with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.key_check import marks
from crm.sealed import keyring_of


class KeyCheck(Base):
    """One row. `whole_at`: since then nothing of what was there before there were keys stands open."""

    __tablename__ = "key_check"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    hashed: Mapped[str]
    sealed: Mapped[str]
    whole_at: Mapped[datetime | None]

    @classmethod
    def renew(cls, now: datetime) -> None:
        """Everything is sealed under today's key: from now on a program needs that one."""
        kept = marks(keyring_of(db.engine.dialect))
        check = db.session.get(cls, 1)
        if check is None:
            db.session.add(cls(**kept, whole_at=now))
        else:
            check.sealed, check.whole_at = kept["sealed"], check.whole_at or now

    @classmethod
    def is_whole(cls) -> bool:
        return db.session.scalar(sa.select(cls.id).where(cls.whole_at.is_not(None))) is not None

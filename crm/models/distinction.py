"""Two people who look alike, and of whom the owner has said that they are not the same."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db


class Distinction(Base):
    """One such pair, the lower number first: it is never proposed again."""

    __tablename__ = "distinction"
    __table_args__ = (
        sa.UniqueConstraint("lead_id", "other_id"),
        sa.CheckConstraint("lead_id < other_id", name="lower_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    @classmethod
    def make(cls, one: int, other: int, account_id: int | None, now: datetime) -> None:
        """These two are not the same. Safe to say twice: a race costs a savepoint."""
        low, high = sorted((one, other))
        try:
            with db.session.begin_nested():
                db.session.add(cls(lead_id=low, other_id=high, account_id=account_id, at=now))
        except sa.exc.IntegrityError:
            return

    @classmethod
    def take_back(cls, one: int, other: int) -> None:
        low, high = sorted((one, other))
        db.session.execute(sa.delete(cls).where(cls.lead_id == low, cls.other_id == high))

    @classmethod
    def of(cls, lead_id: int) -> dict[int, Distinction]:
        """Everybody this person is not, by number."""
        mine = sa.select(cls).where(sa.or_(cls.lead_id == lead_id, cls.other_id == lead_id))
        return {each.other_than(lead_id): each for each in db.session.scalars(mine)}

    def other_than(self, lead_id: int) -> int:
        return self.other_id if self.lead_id == lead_id else self.lead_id

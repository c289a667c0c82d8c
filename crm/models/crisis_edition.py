"""What the owner has made of the crisis rules. Every save is an edition; none is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, db
from crm.rules.crisis import SHIPPED, CrisisRules

if TYPE_CHECKING:
    from crm.models.account import Account


class CrisisEdition(Base):
    """The owner's own phrases, and those of ours that he switched off, from this save on."""

    __tablename__ = "crisis_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    english: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    spanish: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    switched_off: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    account: Mapped[Account] = relationship()

    @classmethod
    def current_rules(cls) -> CrisisRules:
        """What a note is read for now: as shipped, until the owner has changed something."""
        newest = db.session.scalar(NEWEST)
        return newest.rules if newest else SHIPPED

    @property
    def rules(self) -> CrisisRules:
        off = frozenset(self.switched_off)
        return CrisisRules(self.id, tuple(self.english), tuple(self.spanish), off)


NEWEST = sa.select(CrisisEdition).order_by(CrisisEdition.id.desc()).limit(1)

"""What the owner has made of the crisis rules. Every save is an edition; none is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, db
from crm.rules.crisis import SHIPPED, CrisisRules

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return rules_of(*(db.session.execute(NEWEST).one_or_none() or ()))

    @property
    def rules(self) -> CrisisRules:
        return rules_of(self.id, self.english, self.spanish, self.switched_off)


def rules_of(
    edition: int | None = None,
    english: Sequence[str] | None = None,
    spanish: Sequence[str] | None = None,
    switched_off: Sequence[str] | None = None,
) -> CrisisRules:
    """Those of the columns that NEWEST finds; as shipped where it finds none."""
    if edition is None:
        return SHIPPED
    return CrisisRules(edition, tuple(english or ()), tuple(spanish or ()), frozenset(switched_off or ()))


_edition = CrisisEdition.__table__.c
NEWEST = (
    sa.select(_edition.id, _edition.english, _edition.spanish, _edition.switched_off)
    .order_by(_edition.id.desc())
    .limit(1)
)

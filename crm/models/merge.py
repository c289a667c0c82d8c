"""Two records that became one person, and what is needed to take them apart exactly as they were."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.sealed import Sealed, SealedJson

if TYPE_CHECKING:
    from crm.models.lead import Lead


class Merge(Base):
    """`lead_id` was kept, `other_id` is the number of the one that was taken in.

    `record` holds each row as it was and as it became (flows/rows). It is emptied when they are parted.
    """

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int]
    other_name: Mapped[str] = mapped_column(Sealed("merge.other_name"))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    parted_at: Mapped[datetime | None]
    record: Mapped[dict[str, Any]] = mapped_column(SealedJson("merge.record"), default=dict)

    @classmethod
    def begin(cls, kept_id: int, other: Lead, account_id: int, now: datetime) -> Merge:
        made = cls(lead_id=kept_id, other_id=other.id, other_name=other.name)
        made.account_id, made.made_at, made.record = account_id, now, {}
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def last_of(cls, lead_id: int) -> int | None:
        """The newest merge of this person that still stands: only it can be taken apart."""
        standing = sa.select(sa.func.max(cls.id)).where(cls.lead_id == lead_id, cls.parted_at.is_(None))
        return db.session.scalar(standing)

"""What a record that was merged into another is still known by: its number, its contact, its links."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.sealed import Keyed


class Alias(Base):
    """One merged record. `id` was its number, `lead_id` is the person it belongs to now."""

    __tablename__ = "alias"
    __table_args__ = (sa.Index("uq_alias_reply_token", "reply_token", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    merge_id: Mapped[int] = mapped_column(sa.ForeignKey("merge.id", ondelete="CASCADE"), unique=True)
    contact_key: Mapped[str] = mapped_column(Keyed(), unique=True)
    unsubscribe_token: Mapped[str] = mapped_column(unique=True)
    page_token: Mapped[str] = mapped_column(unique=True)
    reply_token: Mapped[str | None]

    @classmethod
    def leads_to(cls, former_id: int) -> int | None:
        """The person a number belongs to that is nobody's own any more."""
        return db.session.scalar(sa.select(cls.lead_id).where(cls.id == former_id))

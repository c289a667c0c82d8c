"""A list of people under a name of the owner's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base
from crm.rules.tags import tag_key
from crm.sealed import Sealed

if TYPE_CHECKING:
    from sqlalchemy import Select

MINE = "removed_at IS NULL AND NOT shared"
SHARED = "removed_at IS NULL AND shared"


class SavedView(Base):
    """Filters of the list. One name is one view: among an account's own, and among those for everyone."""

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.Index(
            "uq_saved_view_mine",
            "account_id",
            "key",
            unique=True,
            sqlite_where=sa.text(MINE),
            postgresql_where=sa.text(MINE),
        ),
        sa.Index(
            "uq_saved_view_shared",
            "key",
            unique=True,
            sqlite_where=sa.text(SHARED),
            postgresql_where=sa.text(SHARED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    shared: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str]
    key: Mapped[str]
    query: Mapped[str] = mapped_column(Sealed("saved_view.query"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @classmethod
    def seen_by(cls, account_id: int) -> Select[SavedView]:
        """An account's own and everyone's, by name."""
        visible = sa.or_(cls.shared, cls.account_id == account_id)
        return sa.select(cls).where(cls.removed_at.is_(None), visible).order_by(cls.key, cls.id)

    def rename(self, name: str) -> None:
        self.name, self.key = name, tag_key(name)

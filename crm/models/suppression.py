"""Addresses we must not write to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.rules.sending import SuppressionReason


class Suppression(Base):
    """One address that gets no follow-ups, until lifted. A new inquiry never lifts it (R15)."""

    __tablename__ = "suppression"
    __table_args__ = (
        sa.Index(
            "uq_suppression_active",
            "address_key",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str]
    reason: Mapped[SuppressionReason] = mapped_column(Word(SuppressionReason))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    @classmethod
    def of(cls, address_key: str | None) -> Suppression | None:
        """What stands against this address now."""
        if address_key is None:
            return None
        return db.session.scalar(
            sa.select(cls).where(cls.address_key == address_key, cls.lifted_at.is_(None))
        )

    @classmethod
    def suppress(cls, address_key: str, reason: SuppressionReason, now: datetime) -> None:
        """Write to this address no more. Safe to say twice: a race costs a savepoint."""
        if cls.of(address_key):
            return
        try:
            with db.session.begin_nested():
                db.session.add(cls(address_key=address_key, reason=reason, at=now))
        except sa.exc.IntegrityError:
            return

    def lift(self, now: datetime) -> None:
        self.lifted_at = now

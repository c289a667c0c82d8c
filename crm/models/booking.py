"""The free consultation: when it is, how they talk, and how it went."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.lead import Lead

LENGTH = timedelta(minutes=15)


class Medium(StrEnum):
    """How they talk."""

    PHONE = "phone"
    VIDEO = "video"


class Outcome(StrEnum):
    """How a call went."""

    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Booking(Base):
    """One agreed call. Cancelled and past ones stay, because the story points at them."""

    __tablename__ = "booking"
    __table_args__ = (
        sa.Index(
            "ix_booking_open",
            "starts_at",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name="outcome_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    starts_at: Mapped[datetime]
    medium: Mapped[Medium] = mapped_column(Word(Medium), default=Medium.PHONE)
    created_at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    outcome_at: Mapped[datetime | None]

    lead: Mapped[Lead] = relationship(back_populates="bookings")

    @classmethod
    def coming(cls, now: datetime | sa.ColumnElement[datetime]) -> Select[Booking]:
        """Calls still to be held, soonest first."""
        return sa.select(cls).where(cls.outcome.is_(None), cls.starts_at > now).order_by(cls.starts_at)

    @classmethod
    def without_outcome(cls, begun_by: datetime | sa.ColumnElement[datetime]) -> Select[Booking]:
        """Calls that had begun by then and of which nobody has said how they went."""
        over = cls.starts_at <= begun_by
        return sa.select(cls).where(cls.outcome.is_(None), over).order_by(cls.starts_at)

    def is_over(self, now: datetime) -> bool:
        return is_over(self.starts_at, now)

    def settle(self, outcome: Outcome, now: datetime) -> None:
        self.outcome, self.outcome_at = outcome, now


def is_over(starts_at: datetime, now: datetime) -> bool:
    """Whether a call that began then has had its time."""
    return starts_at <= now - LENGTH

"""What a form builder handed in: kept as it came, before anything else can fail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.models.source import Source
from crm.rules.ways_in import WAITING, DeliveryState
from crm.sealed import SealedBytes, SealedJson

WAITS = "state IN ('arrived', 'unmapped', 'unreadable', 'unsigned')"


class Delivery(Base):
    """One payload. A builder's retry has the same key and makes no second one.

    `signed` holds the headers of its signature, so that it can be checked once the secret is known.
    A taken one is emptied when the next is taken: the inquiry has all of it.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "key"),
        sa.Index(
            "ix_delivery_waiting", "source_id", sqlite_where=sa.text(WAITS), postgresql_where=sa.text(WAITS)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("source.id", ondelete="CASCADE"))
    arrived_at: Mapped[datetime]
    key: Mapped[str]
    content_type: Mapped[str] = mapped_column(default="")
    signed: Mapped[dict[str, str]] = mapped_column(SealedJson("delivery.signed"), default=dict)
    body: Mapped[bytes] = mapped_column(SealedBytes("delivery.body"))
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.ARRIVED)
    inquiry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inquiry.id", ondelete="SET NULL"))

    source: Mapped[Source] = relationship()

    @classmethod
    def waiting(cls) -> sa.Select[Delivery]:
        """Those that may be somebody's inquiry and are none yet, the oldest first."""
        return sa.select(cls).where(sa.text(WAITS)).order_by(cls.id)

    @classmethod
    def waiting_at(cls, source_id: int) -> sa.Select[Delivery]:
        """Those of one source."""
        return cls.waiting().where(cls.source_id == source_id)

    @classmethod
    def waiting_by_source(cls) -> sa.Select[int, int]:
        """How many wait at each source that has any."""
        return sa.select(cls.source_id, sa.func.count()).where(sa.text(WAITS)).group_by(cls.source_id)

    @classmethod
    def last_readable(cls, source_id: int) -> sa.Select[Delivery]:
        """The newest of this source that is a form and still there; first one that waits to be mapped."""
        mine = sa.select(cls).where(cls.source_id == source_id, sa.func.length(cls.body) > 0)
        readable = mine.where(cls.state != DeliveryState.UNREADABLE)
        return readable.order_by((cls.state == DeliveryState.UNMAPPED).desc(), cls.id.desc()).limit(1)

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    def forget(self) -> None:
        """The owner says that nobody wrote this: a test, an advertisement. Its key stays."""
        self.state, self.body, self.signed = DeliveryState.FORGOTTEN, b"", {}

"""Every time a worker tried to send a message, and what came of it. The ledger `crm verify` walks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.rules.smtp_replies import AttemptOutcome
from crm.sealed import Sealed

if TYPE_CHECKING:
    from crm.models.message import Message


class Attempt(Base):
    """One attempt that has ended. A claim of a message has at most one.

    `code` is the server's three digits (RFC 5321 4.2), none where it said nothing.
    """

    __tablename__ = "attempt"
    __table_args__ = (sa.UniqueConstraint("message_id", "claim_token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"))
    claim_token: Mapped[str]
    number: Mapped[int]
    worker: Mapped[str]
    tried_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[AttemptOutcome] = mapped_column(Word(AttemptOutcome))
    code: Mapped[int | None]
    reply: Mapped[str] = mapped_column(Sealed("attempt.reply"))

    message: Mapped[Message] = relationship(back_populates="tries")

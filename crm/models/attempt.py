"""Every time a worker tried to send a message, and what came of it. The ledger `crm verify` walks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word

if TYPE_CHECKING:
    from crm.models.message import Message


class AttemptOutcome(StrEnum):
    """How one attempt ended. `abandoned`: its worker died before it handed anything over."""

    ACCEPTED = "accepted"
    PUT_OFF = "put_off"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"


class Attempt(Base):
    """One attempt that has ended. A claim has at most one: its token is unique.

    `code` is the server's three digits (RFC 5321 4.2), none where it said nothing.
    """

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), index=True)
    claim_token: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int]
    worker: Mapped[str]
    tried_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    outcome: Mapped[AttemptOutcome] = mapped_column(Word(AttemptOutcome))
    code: Mapped[int | None]
    reply: Mapped[str]

    message: Mapped[Message] = relationship(back_populates="tries")

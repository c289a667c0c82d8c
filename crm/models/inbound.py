"""What came back from a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.sealed import Sealed

if TYPE_CHECKING:
    from crm.models.incoming import Incoming

MOMENT = timedelta(minutes=10)


class ReplyChannel(StrEnum):
    """How a reply reached the practice."""

    BY_HAND = "by_hand"
    PAGE = "page"
    MAIL = "mail"


class Reply(Base):
    """A person's own words after their inquiry: on their page, by mail, or noted by the owner."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    channel: Mapped[ReplyChannel] = mapped_column(Word(ReplyChannel))
    received_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Sealed("reply.text"), default="")
    mail_message_id: Mapped[str | None] = mapped_column(unique=True)

    mail: Mapped[Incoming | None] = relationship(back_populates="reply", uselist=False, viewonly=True)

    @classmethod
    def twin(cls, lead_id: int, text: str, now: datetime) -> Reply | None:
        """The same words from the same person a moment ago: a double click, not a second reply."""
        lately = sa.select(cls).where(cls.lead_id == lead_id, cls.received_at > now - MOMENT)
        return next((each for each in db.session.scalars(lately) if each.text == text), None)

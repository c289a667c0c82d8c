"""One line of a person's story, and why a message was or was not sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.rules.sending import Reason, Verdict

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.inbound import Reply
    from crm.models.inquiry import Inquiry
    from crm.models.lead import Lead
    from crm.models.message import Message
    from crm.models.note import Note


class EventKind(StrEnum):
    """What happened."""

    INQUIRY_RECEIVED = "inquiry_received"
    NO_AUTOMATIC_EMAIL = "no_automatic_email"
    QUARANTINED = "quarantined"
    FREED = "freed"
    READ_FIRST_SET = "read_first_set"
    READ_FIRST_CLEARED = "read_first_cleared"
    FOLLOW_UPS_STARTED = "follow_ups_started"
    FOLLOW_UPS_PAUSED = "follow_ups_paused"
    FOLLOW_UPS_RESUMED = "follow_ups_resumed"
    FOLLOW_UPS_STOPPED = "follow_ups_stopped"
    FOLLOW_UPS_FINISHED = "follow_ups_finished"
    MESSAGE_SENT = "message_sent"
    MESSAGE_SKIPPED = "message_skipped"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_UNCERTAIN = "message_uncertain"
    MESSAGE_ARRIVED = "message_arrived"
    MESSAGE_AGAIN = "message_again"
    REPLY_RECEIVED = "reply_received"
    NOTE_ADDED = "note_added"
    CALL_LOGGED = "call_logged"
    STAGE_MOVED = "stage_moved"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    CALL_BOOKED = "call_booked"
    CALL_CANCELLED = "call_cancelled"
    CALL_OUTCOME = "call_outcome"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    CONTACT_EDITED = "contact_edited"
    UNDONE = "undone"


class Event(Base):
    """One line of a story. `account_id` is empty when it happened by itself or by the person."""

    __tablename__ = "event"
    __table_args__ = (sa.Index("ix_event_story", "lead_id", "at", "id"), sa.Index("ix_event_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"))
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id"))
    inquiry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inquiry.id"))
    reply_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reply.id"))
    note_id: Mapped[int | None] = mapped_column(sa.ForeignKey("note.id"))

    lead: Mapped[Lead] = relationship(back_populates="events")
    message: Mapped[Message | None] = relationship()
    inquiry: Mapped[Inquiry | None] = relationship()
    reply: Mapped[Reply | None] = relationship()
    note: Mapped[Note | None] = relationship()

    @classmethod
    def since(cls, instant: datetime) -> Select[Event]:
        """What happened after an instant, newest first."""
        return sa.select(cls).where(cls.at > instant).order_by(cls.at.desc(), cls.id.desc())

    @property
    def line(self) -> str:
        """The event in the words of tests and exports: "follow_ups_stopped: replied"."""
        return f"{self.kind}: {self.reason}" if self.reason else str(self.kind)


class Decision(Base):
    """One evaluation of a due message: what was decided, for which reason, from which facts."""

    __tablename__ = "decision"
    __table_args__ = (sa.Index("ix_decision_at", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict))
    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

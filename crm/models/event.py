"""One line of a person's story, and why a message was or was not sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.rules.sending import Reason, Verdict
from crm.sealed import SealedJson

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
    IMPORTED = "imported"
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
    MESSAGE_APPROVED = "message_approved"
    MESSAGE_SKIPPED = "message_skipped"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_UNCERTAIN = "message_uncertain"
    MESSAGE_ARRIVED = "message_arrived"
    MESSAGE_AGAIN = "message_again"
    REPLY_RECEIVED = "reply_received"
    AUTO_REPLY_RECEIVED = "auto_reply_received"
    EMAIL_BOUNCED = "email_bounced"
    EMAIL_DELAYED = "email_delayed"
    COMPLAINED = "complained"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    MAIL_UNREADABLE = "mail_unreadable"
    NOTE_ADDED = "note_added"
    CALL_LOGGED = "call_logged"
    STAGE_MOVED = "stage_moved"
    SNOOZED = "snoozed"
    REMINDER_SET = "reminder_set"
    REMINDER_SETTLED = "reminder_settled"
    WOKEN = "woken"
    CALL_BOOKED = "call_booked"
    CALL_ASKED = "call_asked"
    CALL_MOVED = "call_moved"
    CALL_DECLINED = "call_declined"
    CALL_CANCELLED = "call_cancelled"
    CALL_OUTCOME = "call_outcome"
    PLACE_OFFERED = "place_offered"
    PLACE_ACCEPTED = "place_accepted"
    PLACE_DECLINED = "place_declined"
    PLACE_GONE = "place_gone"
    PUT_FIRST = "put_first"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    CONTACT_EDITED = "contact_edited"
    UNDONE = "undone"
    MERGED = "merged"
    PARTED = "parted"


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
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJson("event.facts"), default=dict)
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
    def since(cls, instant: datetime | sa.ColumnElement[datetime]) -> Select[Event]:
        """What happened after an instant, newest first."""
        return sa.select(cls).where(cls.at > instant).order_by(cls.at.desc(), cls.id.desc())

    @property
    def line(self) -> str:
        """The event in the words of tests and exports: "follow_ups_stopped: replied"."""
        return f"{self.kind}: {self.reason}" if self.reason else str(self.kind)


UNTIL = "until"
"""Among a decision's facts: the instant of the next look, in ISO 8601."""
AGAINST = "verdict <> 'send'"
"""The looks that found something. Most find nothing, and their rows cost the engine no further index."""


class Decision(Base):
    """One look at a due message: what was decided, for which reason, from which facts.

    A look that puts it off again for the same reason and from the same facts is counted in the row of
    the one before, `last_at`: else an account without room, asked every few seconds, would fill the disk.
    """

    __tablename__ = "decision"
    __table_args__ = (
        sa.Index("ix_decision_at", "at", "id"),
        sa.Index(
            "ix_decision_verdict",
            "verdict",
            "at",
            "id",
            sqlite_where=sa.text(AGAINST),
            postgresql_where=sa.text(AGAINST),
        ),
        sa.Index(
            "ix_decision_reason",
            "reason",
            "at",
            "id",
            sqlite_where=sa.text(AGAINST),
            postgresql_where=sa.text(AGAINST),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict))
    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    message: Mapped[Message] = relationship()

    @classmethod
    def about(cls, message_id: int) -> Select[Decision]:
        """What was decided about one message, oldest first."""
        return sa.select(cls).where(cls.message_id == message_id).order_by(cls.id)

    @classmethod
    def last_about(cls, message_id: int) -> Decision | None:
        """The newest decision about one message."""
        return db.session.scalar(LAST_ABOUT, {"message_id": message_id})

    @classmethod
    def record(cls, message_id: int, reason: Reason | None, facts: dict[str, Any], now: datetime) -> None:
        """Write down a look at a message. `facts["until"]`: when it is looked at again."""
        verdict = reason.verdict if reason else Verdict.SEND
        last = cls.last_about(message_id) if verdict is Verdict.WAIT else None
        if last and last.is_repeated_by(reason, facts):
            last.times, last.last_at, last.facts = last.times + 1, now, facts
        else:
            made = {"at": now, "last_at": now, "verdict": verdict, "reason": reason, "facts": facts}
            db.session.add(cls(message_id=message_id, **made))

    def is_repeated_by(self, reason: Reason | None, facts: dict[str, Any]) -> bool:
        """Whether a look with this result says nothing new but when to look again."""
        return self.reason is reason and self.facts | {UNTIL: None} == facts | {UNTIL: None}


LAST_ABOUT = (
    sa.select(Decision)
    .where(Decision.message_id == sa.bindparam("message_id"))
    .order_by(Decision.id.desc())
    .limit(1)
)

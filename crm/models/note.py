"""What the owner writes down for himself: notes, calls, reminders, and drafts not yet sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.sealed import Sealed

if TYPE_CHECKING:
    from sqlalchemy import Select


class NoteKind(StrEnum):
    """A note, what came of a call, or what he means to do and when."""

    NOTE = "note"
    CALL = "call"
    REMINDER = "reminder"


class CallResult(StrEnum):
    """What came of a call the owner made."""

    SPOKE = "spoke"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"


class DraftKind(StrEnum):
    """Which side of the composer a draft belongs to."""

    REPLY = "reply"
    NOTE = "note"
    CALL = "call"


OPEN_REMINDER = "kind = 'reminder' AND settled_at IS NULL"


class Note(Base):
    """A note, a logged call, or a reminder: that one has `due_at`, and `settled_at` once it is dealt with."""

    __tablename__ = "note"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'call') = (result IS NOT NULL)", name="a_call_has_a_result"),
        sa.CheckConstraint("(kind = 'reminder') = (due_at IS NOT NULL)", name="a_reminder_is_due"),
        sa.Index(
            "uq_note_reminder",
            "lead_id",
            unique=True,
            sqlite_where=sa.text(OPEN_REMINDER),
            postgresql_where=sa.text(OPEN_REMINDER),
        ),
        sa.Index(
            "ix_note_reminder_due",
            "due_at",
            sqlite_where=sa.text(OPEN_REMINDER),
            postgresql_where=sa.text(OPEN_REMINDER),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    kind: Mapped[NoteKind] = mapped_column(Word(NoteKind))
    result: Mapped[CallResult | None] = mapped_column(Word(CallResult))
    text: Mapped[str] = mapped_column(Sealed("note.text"), default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    @classmethod
    def open_reminders(cls) -> Select[Note]:
        """What the owner means to do and has not done."""
        return sa.select(cls).where(*cls.is_open_reminder())

    @staticmethod
    def is_open_reminder() -> tuple[sa.ColumnElement[bool], ...]:
        """As the indexes have it."""
        return (
            Note.kind == sa.literal_column("'reminder'"),
            Note.settled_at.is_(None),
            Note.due_at.is_not(None),
        )

    @classmethod
    def reminder_of(cls, lead_id: int) -> Note | None:
        """What the owner means to do for this person; the schema allows one at a time."""
        return db.session.scalar(REMINDER, {"lead_id": lead_id})

    def settle(self, now: datetime) -> None:
        """It is done, or not wanted any more."""
        self.settled_at = self.settled_at or now


class Draft(Base):
    """What someone has typed to a person and not sent yet, kept as they type."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("account_id", "lead_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DraftKind] = mapped_column(Word(DraftKind))
    subject: Mapped[str] = mapped_column(Sealed("draft.subject"), default="")
    text: Mapped[str] = mapped_column(Sealed("draft.text"), default="")
    saved_at: Mapped[datetime]

    @classmethod
    def of(cls, account_id: int, lead_id: int, kind: DraftKind) -> Draft | None:
        return db.session.scalar(DRAFT, {"account_id": account_id, "lead_id": lead_id, "kind": kind})

    @classmethod
    def keep(cls, draft: Draft) -> None:
        """Store this text in place of the earlier one; an empty text forgets it."""
        cls.forget(draft.account_id, draft.lead_id, draft.kind)
        if draft.text.strip():
            db.session.add(draft)

    @classmethod
    def forget(cls, account_id: int, lead_id: int, kind: DraftKind) -> None:
        db.session.execute(
            sa.delete(cls).where(cls.account_id == account_id, cls.lead_id == lead_id, cls.kind == kind)
        )


REMINDER = Note.open_reminders().where(Note.lead_id == sa.bindparam("lead_id"))
DRAFT = sa.select(Draft).where(
    Draft.account_id == sa.bindparam("account_id"),
    Draft.lead_id == sa.bindparam("lead_id"),
    Draft.kind == sa.bindparam("kind"),
)

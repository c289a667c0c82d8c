"""What the owner writes down for himself: notes, calls, and drafts not yet sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db


class NoteKind(StrEnum):
    """A note, or what came of a call."""

    NOTE = "note"
    CALL = "call"


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


class Note(Base):
    """A note or a logged call."""

    __tablename__ = "note"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'call') = (result IS NOT NULL)", name="a_call_has_a_result"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    kind: Mapped[NoteKind] = mapped_column(Word(NoteKind))
    result: Mapped[CallResult | None] = mapped_column(Word(CallResult))
    text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Draft(Base):
    """What someone has typed to a person and not sent yet, kept as they type."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("account_id", "lead_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DraftKind] = mapped_column(Word(DraftKind))
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]

    @classmethod
    def of(cls, account_id: int, lead_id: int, kind: DraftKind) -> Draft | None:
        return db.session.scalar(
            sa.select(cls).where(cls.account_id == account_id, cls.lead_id == lead_id, cls.kind == kind)
        )

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

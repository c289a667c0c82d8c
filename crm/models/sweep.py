"""One act of the owner's on many people, to be taken back as one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db, instant
from crm.models.undo import UNDO_LIFE, Undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select


class Sweep(Base):
    """What was done, in words, and the undos of all the people it was done to, from the first to the last."""

    __tablename__ = "sweep"
    __table_args__ = (sa.Index("ix_sweep_account_id", "account_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(default="")
    first_undo_id: Mapped[int | None]
    last_undo_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]

    @classmethod
    def begin(cls, account_id: int, now: datetime) -> Sweep:
        """Those that can't be taken back any more are forgotten, with the names in their words."""
        db.session.execute(sa.delete(cls).where(cls.made_at <= now - UNDO_LIFE))
        sweep = cls(account_id=account_id, made_at=now)
        db.session.add(sweep)
        db.session.flush()
        return sweep

    @classmethod
    def to_undo(cls, account_id: int, now: datetime) -> Sweep | None:
        """The last of this account's that can still be taken back."""
        return db.session.scalar(TO_UNDO, {"account_id": account_id, "made_after": now - UNDO_LIFE})

    def reach(self, undos: Sequence[Undo]) -> None:
        """These belong to it, too."""
        for undo in undos:
            self.first_undo_id = min(self.first_undo_id or undo.id, undo.id)
            self.last_undo_id = max(self.last_undo_id or undo.id, undo.id)

    def undos(self) -> Select[Undo]:
        """Those not taken back yet, by person."""
        mine = (Undo.account_id == self.account_id, Undo.made_at == self.made_at, Undo.used_at.is_(None))
        within = Undo.id.between(self.first_undo_id or 0, self.last_undo_id or 0)
        return sa.select(Undo).where(within, *mine).order_by(Undo.lead_id)


TO_UNDO = (
    sa.select(Sweep)
    .where(
        Sweep.account_id == sa.bindparam("account_id"),
        Sweep.made_at > instant("made_after"),
        Sweep.undone_at.is_(None),
        Sweep.first_undo_id.is_not(None),
    )
    .order_by(Sweep.id.desc())
    .limit(1)
)

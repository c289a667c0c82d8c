"""One act of the owner's on many people, to be taken back as one."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db, instant
from crm.models.undo import UNDO_LIFE, Undo
from crm.sealed import Sealed, SealedJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

AT_WORK = "state IN ('doing', 'undoing')"
A_PROPOSAL = timedelta(days=1)
"""So long a page that asks about very many people can be left open."""


class SweepState(StrEnum):
    """How far it is. A worker carries out what is `doing` or `undoing`; few people are done at once."""

    PROPOSED = "proposed"
    DOING = "doing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class SweepOutcome(StrEnum):
    """What became of one person: done, or why they were left out; then taken back, or why not.

    At `failed` the act itself broke down, at `stuck` its undo: a person whose rows are damaged.
    """

    DONE = "done"
    CHANGED = "changed"
    ALREADY = "already"
    SPAM = "spam"
    MAY_NOT = "may_not"
    GONE = "gone"
    FULL = "full"
    FAILED = "failed"
    BACK = "back"
    STAYED = "stayed"
    STUCK = "stuck"


class Sweep(Base):
    """What was done, in words, and the undos of all the people it was done to, from the first to the last.

    Of very many people (`chosen`) a worker does a few at a time. Then `made_at` is when it last did,
    `reached` the last person it has been through, and `what` the sentence, with a place for `{people}`.
    """

    __tablename__ = "sweep"
    __table_args__ = (
        sa.Index("ix_sweep_account_id", "account_id", "made_at"),
        sa.Index("ix_sweep_at_work", "id", sqlite_where=sa.text(AT_WORK), postgresql_where=sa.text(AT_WORK)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Sealed("sweep.words"), default="")
    first_undo_id: Mapped[int | None]
    last_undo_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]
    state: Mapped[SweepState] = mapped_column(Word(SweepState), default=SweepState.DONE)
    act: Mapped[str] = mapped_column(default="")
    what: Mapped[str] = mapped_column(Sealed("sweep.what"), default="")
    deed: Mapped[dict[str, Any]] = mapped_column(SealedJson("sweep.deed"), default=dict)
    chosen: Mapped[int] = mapped_column(default=0)
    gone_through: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[int] = mapped_column(default=0)
    paced_at: Mapped[datetime | None]

    @classmethod
    def begin(cls, account_id: int, now: datetime) -> Sweep:
        """Those that can't be taken back any more are forgotten, with the names in their words."""
        return cls._start(account_id, now, SweepState.DONE)

    @classmethod
    def propose(cls, account_id: int, act: str, now: datetime) -> Sweep:
        """One of very many people, of which nothing is done before the owner says so."""
        sweep = cls._start(account_id, now, SweepState.PROPOSED)
        sweep.act = act
        return sweep

    @classmethod
    def _start(cls, account_id: int, now: datetime, state: SweepState) -> Sweep:
        is_over = cls.state.in_((SweepState.DONE, SweepState.UNDONE)) & (cls.made_at <= now - UNDO_LIFE)
        is_forgotten = (cls.state == SweepState.PROPOSED) & (cls.made_at <= now - A_PROPOSAL)
        db.session.execute(sa.delete(cls).where(is_over | is_forgotten))
        sweep = cls(account_id=account_id, made_at=now, state=state)
        db.session.add(sweep)
        db.session.flush()
        return sweep

    @classmethod
    def to_undo(cls, account_id: int, now: datetime) -> Sweep | None:
        """The last of this account's that can still be taken back."""
        return db.session.scalar(TO_UNDO, {"account_id": account_id, "made_after": now - UNDO_LIFE})

    @classmethod
    def at_work(cls) -> Select[Sweep]:
        """The oldest that a worker has to do something for, if no other worker has it."""
        working = sa.select(cls).where(sa.text(AT_WORK)).order_by(cls.id).limit(1)
        return working.with_for_update(skip_locked=True)

    @property
    def is_at_work(self) -> bool:
        return self.state in (SweepState.DOING, SweepState.UNDOING)

    def can_be_taken_back(self, now: datetime) -> bool:
        """Also while it is being done: then it stops there."""
        return self.state is SweepState.DOING or (
            self.state is SweepState.DONE and now - self.made_at < UNDO_LIFE
        )

    def choose(self, stamps: dict[int, str]) -> None:
        """These belong to it, as they stand now."""
        rows = [{"sweep_id": self.id, "lead_id": lead_id, "stamp": each} for lead_id, each in stamps.items()]
        if rows:
            db.session.execute(sa.insert(SweepPerson), rows)
        self.chosen += len(rows)

    def work(self, state: SweepState, now: datetime) -> None:
        """Have a worker go through all of them, from the first."""
        self.state, self.reached, self.gone_through, self.made_at = state, 0, 0, now

    def next_people(self, count: int) -> list[SweepPerson]:
        later = self.people().where(SweepPerson.lead_id > self.reached)
        return list(db.session.scalars(later.order_by(SweepPerson.lead_id).limit(count)))

    def people(self) -> Select[SweepPerson]:
        return sa.select(SweepPerson).where(SweepPerson.sweep_id == self.id)

    def has_been_through(self, people: Sequence[SweepPerson], now: datetime) -> None:
        if people:
            self.reached = people[-1].lead_id
            self.gone_through += len(people)
        self.made_at = now

    def end(self, now: datetime) -> None:
        if self.state is SweepState.UNDOING:
            self.state, self.undone_at = SweepState.UNDONE, now
        else:
            self.state = SweepState.DONE

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


class SweepPerson(Base):
    """One of very many: how they stood when they were chosen, and what became of them."""

    __tablename__ = "sweep_person"

    sweep_id: Mapped[int] = mapped_column(sa.ForeignKey("sweep.id", ondelete="CASCADE"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(
        sa.ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    stamp: Mapped[str]
    outcome: Mapped[SweepOutcome | None] = mapped_column(Word(SweepOutcome))
    undo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("undo.id", ondelete="SET NULL"), index=True)


_under_way = sa.text(AT_WORK)
_just_done = sa.and_(
    Sweep.state == sa.literal_column(f"'{SweepState.DONE}'"),
    Sweep.made_at > instant("made_after"),
    Sweep.first_undo_id.is_not(None),
)
TO_UNDO = (
    sa.select(Sweep)
    .where(
        Sweep.account_id == sa.bindparam("account_id"),
        Sweep.undone_at.is_(None),
        sa.or_(_under_way, _just_done),
    )
    .order_by(Sweep.id.desc())
    .limit(1)
)

"""One thing that happened, on its way to one program: the outbox, the queue and the log in one."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.models.listener import Listener
from crm.rules.dispatches import DispatchKind, DispatchState
from crm.sealed import Sealed

LEASE = timedelta(minutes=2)
"""How long a worker may hold one: well above the time that one POST may take."""


class Dispatch(Base):
    """`message_id` is its `webhook-id`, the same in all tries. One thing is told to one program once.

    `body` is fixed when it happens, so that what is signed never changes. `tries` counts from the last time
    the owner asked for it.
    """

    __tablename__ = "dispatch"
    __table_args__ = (
        sa.UniqueConstraint("listener_id", "message_id"),
        sa.Index(
            "ix_dispatch_due",
            "listener_id",
            "due_at",
            "id",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "ix_dispatch_lease",
            "lease_until",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        ),
        sa.Index("ix_dispatch_log", "listener_id", "id"),
        sa.Index("ix_dispatch_state", "listener_id", "state", "id"),
        sa.Index("ix_dispatch_happened_at", "happened_at"),
        sa.CheckConstraint(
            "(state = 'sending') = (claim_token IS NOT NULL AND lease_until IS NOT NULL)",
            name="sending_is_claimed",
        ),
        sa.CheckConstraint(
            "(state IN ('delivered', 'failed')) = (ended_at IS NOT NULL)", name="what_is_over_has_an_end"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listener_id: Mapped[int] = mapped_column(sa.ForeignKey("listener.id", ondelete="CASCADE"))
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    message_id: Mapped[str]
    kind: Mapped[DispatchKind] = mapped_column(Word(DispatchKind))
    happened_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Sealed("dispatch.body"))
    state: Mapped[DispatchState] = mapped_column(Word(DispatchState), default=DispatchState.WAITING)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claim_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    listener: Mapped[Listener] = relationship()
    attempts: Mapped[list[DispatchTry]] = relationship(order_by="DispatchTry.id", passive_deletes=True)

    def deliver(self, now: datetime) -> None:
        """The program took it."""
        self._leave_the_worker(DispatchState.DELIVERED)
        self.ended_at = now

    def put_off(self, until: datetime) -> None:
        self._leave_the_worker(DispatchState.WAITING)
        self.due_at = until

    def fail(self, now: datetime) -> None:
        """That was the last try."""
        self._leave_the_worker(DispatchState.FAILED)
        self.ended_at = now

    def again(self, now: datetime) -> None:
        """The owner wants it told once more, with all its tries."""
        if self.state is not DispatchState.SENDING:
            self.state, self.due_at, self.tries, self.ended_at = DispatchState.WAITING, now, 0, None

    def _leave_the_worker(self, state: DispatchState) -> None:
        self.state, self.claim_token, self.lease_until = state, None, None


class DispatchTry(Base):
    """One try that has ended. `status`: what was answered, none where nobody did and `problem` says why."""

    __tablename__ = "dispatch_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispatch_id: Mapped[int] = mapped_column(sa.ForeignKey("dispatch.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    problem: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(Sealed("dispatch_try.answer"), default="")

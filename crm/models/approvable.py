"""An email that may wait for the owner's yes: a draft until he says it, or until it is too late for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column

from crm.rules.approval import good_under, good_until
from crm.rules.sending import MessageState

if TYPE_CHECKING:
    from crm.models.sequence import Step


class Approvable:
    """The part of a message that is about the owner's yes."""

    if TYPE_CHECKING:
        id: Mapped[int]
        state: Mapped[MessageState]
        due_at: Mapped[datetime]
        by_hand_at: Mapped[datetime | None]
        handed_over_at: Mapped[datetime | None]
        step: Mapped[Step | None]

        def leave_the_worker(self, state: MessageState) -> None: ...

    expires_at: Mapped[datetime | None] = mapped_column()
    approved_at: Mapped[datetime | None] = mapped_column()

    @property
    def is_draft(self) -> bool:
        """It waits for the owner's yes."""
        return self.state is MessageState.AWAITING_APPROVAL

    def has_expired(self, now: datetime) -> bool:
        """Whether it waited for a yes for longer than it may."""
        return self.is_draft and self.expires_at is not None and self.expires_at <= now

    @property
    def needs_approval(self) -> bool:
        """Whether its step or its sequence asks the owner first, and he has not said yes."""
        return self.step is not None and self.step.asks_first and self.approved_at is None

    def await_approval(self, now: datetime) -> None:
        """It becomes a draft: it leaves only after the owner's yes, and after `expires_at` never."""
        self.leave_the_worker(MessageState.AWAITING_APPROVAL)
        self.approved_at = None
        self.be_good_from(max(now, self.due_at))

    def be_good_from(self, due_at: datetime) -> None:
        """From then on it can be late, as long as its step may be."""
        self.expires_at = good_until(due_at, self.step.max_late if self.step else timedelta())

    def heed_its_lateness(self, was: timedelta, now: datetime) -> None:
        """Its step may be later than before, or less late: its draft waits as much longer, or shorter."""
        if self.is_draft and self.expires_at is not None and self.step is not None:
            self.expires_at = good_under(self.expires_at, was, self.step.max_late, now)

    def approve(self, now: datetime) -> None:
        """The owner's yes: it goes by itself when it is due. Raises ValueError for what is no draft."""
        if not self.is_draft:
            raise ValueError(f"message {self.id} waits for no yes")
        self.state, self.approved_at = MessageState.SCHEDULED, now

    def heed_its_plan(self, now: datetime) -> None:
        """Ask the owner first where the plan says so now, and no longer where it does not.

        What he has sent by hand goes. A worker that has it, and not handed it over, loses it.
        """
        if self.is_draft and not self.needs_approval:
            self.state = MessageState.SCHEDULED
        elif self.needs_approval and self.by_hand_at is None and self._can_still_wait:
            self.await_approval(now)

    @property
    def _can_still_wait(self) -> bool:
        """On the schedule, or with a worker that has not handed it over."""
        taken = self.state is MessageState.SENDING and self.handed_over_at is None
        return taken or self.state is MessageState.SCHEDULED

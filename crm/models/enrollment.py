"""One person's way through one sequence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word
from crm.models.event import EventKind
from crm.models.message import Message
from crm.rules.schedule import PlanStep
from crm.rules.sending import EnrollmentState, MessageState, StopReason, Withdrawal
from crm.rules.stops import Happening, why_stop

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.lead import Lead
    from crm.models.sequence import Sequence

SEQUENCE_OFF = "sequence_off"
"""Why someone was paused: the whole sequence was turned off, and nothing goes to the people in it."""
OPEN_ENROLLMENTS = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


class Enrollment(Base):
    """One person in one sequence. At most one is open per person, by a partial unique index."""

    __tablename__ = "enrollment"
    __table_args__ = (
        sa.Index(
            "uq_enrollment_open",
            "lead_id",
            unique=True,
            sqlite_where=sa.text("state IN ('active', 'paused')"),
            postgresql_where=sa.text("state IN ('active', 'paused')"),
        ),
        sa.Index(
            "ix_enrollment_paused",
            "lead_id",
            sqlite_where=sa.text("state = 'paused'"),
            postgresql_where=sa.text("state = 'paused'"),
        ),
        sa.Index(
            "ix_enrollment_closes_at",
            "closes_at",
            sqlite_where=sa.text("state = 'active' AND closes_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'active' AND closes_at IS NOT NULL"),
        ),
        sa.CheckConstraint("(state = 'paused') = (paused_at IS NOT NULL)", name="paused_has_time"),
        sa.CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished_has_time"),
        sa.CheckConstraint(
            "(state = 'stopped') = (stopped_at IS NOT NULL AND stop_reason IS NOT NULL)",
            name="stopped_has_reason",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    sequence_id: Mapped[int] = mapped_column(sa.ForeignKey("sequence.id"), index=True)
    state: Mapped[EnrollmentState] = mapped_column(Word(EnrollmentState), default=EnrollmentState.ACTIVE)
    started_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[StopReason | None] = mapped_column(Word(StopReason))
    closes_at: Mapped[datetime | None]
    answers_only: Mapped[bool] = mapped_column(default=False)

    lead: Mapped[Lead] = relationship(back_populates="enrollments")
    sequence: Mapped[Sequence] = relationship(lazy="joined", innerjoin=True)
    messages: Mapped[list[Message]] = relationship(back_populates="enrollment", order_by=Message.id)

    @classmethod
    def quiet_until(cls, now: datetime) -> Select[Enrollment]:
        """Those whose quiet time after the last email is over."""
        return sa.select(cls).where(
            cls.state == sa.literal_column("'active'"),
            cls.closes_at.is_not(None),
            cls.closes_at <= now,
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ENROLLMENTS

    @property
    def plan(self) -> list[PlanStep]:
        """The emails meant for this person: only the first, where it just answers someone who is back."""
        return self.sequence.plan[:1] if self.answers_only else self.sequence.plan

    @property
    def open_message(self) -> Message | None:
        """The one email of this enrollment that is still on its way, if any."""
        return next((message for message in self.messages if message.is_open), None)

    @property
    def steps_done(self) -> frozenset[int]:
        """The steps that had their message, whatever became of it."""
        return frozenset(m.step_id for m in self.gone if m.step_id)

    @property
    def gone(self) -> list[Message]:
        """What is over: sent, skipped or failed; not what a changed plan has taken back."""
        return [m for m in self.messages if not m.is_open and m.cancel_reason != Withdrawal.OUT_OF_PLAN]

    @property
    def taken_back(self) -> Message | None:
        """The email that a changed plan left out, to be used again for whatever comes next."""
        return next((m for m in self.messages if m.cancel_reason == Withdrawal.OUT_OF_PLAN), None)

    def happened(self, happening: Happening, now: datetime, account_id: int | None = None) -> None:
        """End the follow-ups if this ends them under the rules of their sequence."""
        if reason := why_stop(happening, self.sequence.stop_rules):
            self.stop(reason, now, account_id)

    def stop(self, reason: StopReason, now: datetime, account_id: int | None = None) -> None:
        """End the follow-ups: the open email is cancelled and the story says why. Twice is harmless."""
        if not self.is_open:
            return
        self.state, self.paused_at, self.closes_at = EnrollmentState.STOPPED, None, None
        self.stopped_at, self.stop_reason = now, reason
        if (message := self.open_message) and message.state is not MessageState.SENDING:
            message.cancel(reason, now)
        self.lead.record(EventKind.FOLLOW_UPS_STOPPED, now, reason=reason, account_id=account_id)

    def pause(self, now: datetime, account_id: int | None = None, reason: str | None = None) -> None:
        """Nothing goes out until `resume`. `reason` stays in the story."""
        if self.state is not EnrollmentState.ACTIVE:
            return
        self.state, self.paused_at = EnrollmentState.PAUSED, now
        if message := self.open_message:
            message.hold(now)
        self.lead.record(EventKind.FOLLOW_UPS_PAUSED, now, reason=reason, account_id=account_id)

    def resume(self, now: datetime, account_id: int | None = None) -> None:
        """Carry on. What fell due meanwhile goes at the next opening, never at once (flows/follow_up)."""
        if self.state is not EnrollmentState.PAUSED:
            return
        self.state, self.paused_at = EnrollmentState.ACTIVE, None
        if message := self.open_message:
            message.release()
        self.lead.record(EventKind.FOLLOW_UPS_RESUMED, now, account_id=account_id)

    def reopen(self, now: datetime, account_id: int | None = None) -> None:
        """Go on after a stop that rested on a slip, such as a mistyped address."""
        if self.state is not EnrollmentState.STOPPED:
            return
        self.state, self.stopped_at, self.stop_reason = EnrollmentState.ACTIVE, None, None
        self.lead.record(EventKind.FOLLOW_UPS_RESUMED, now, account_id=account_id)

    def finish(self, now: datetime) -> None:
        """The last email has gone and its quiet time is over."""
        self.state, self.paused_at, self.closes_at = EnrollmentState.FINISHED, None, None
        self.finished_at = now
        self.lead.record(EventKind.FOLLOW_UPS_FINISHED, now)

    def wait_quietly(self, since: datetime) -> None:
        """After the last email: the date on which a silent person is closed, if the plan has one."""
        if self.sequence.quiet_days is not None and not self.answers_only:
            self.closes_at = since + timedelta(days=self.sequence.quiet_days)

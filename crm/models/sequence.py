"""The plan: which emails, in which order, how far apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import (
    Mapped,
    joinedload,
    make_transient_to_detached,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.attributes import set_committed_value

from crm.db import Base, Word, db
from crm.models.sequence_version import SequenceVersion
from crm.rules.plan_record import kept
from crm.rules.plans import MAX_LATE_HOURS
from crm.rules.schedule import PlanStep
from crm.rules.stops import StopRules
from crm.rules.windows import Wait, WaitUnit

if TYPE_CHECKING:
    from collections.abc import Sequence as Several

    from sqlalchemy import Select

    from crm.models.template import EmailTemplate
    from crm.rules.plans import Plan


class Trigger(StrEnum):
    """What starts a sequence."""

    INQUIRY = "inquiry"
    ANSWERED = "answered"
    NO_SHOW = "no_show"
    REFERRED_OUT = "referred_out"
    BY_HAND = "by_hand"


class Sequence(Base):
    """A plan of emails. `quiet_days` after the last one, a silent person is closed with no email."""

    __tablename__ = "sequence"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    trigger: Mapped[Trigger] = mapped_column(Word(Trigger))
    active: Mapped[bool] = mapped_column(default=True)
    quiet_days: Mapped[int | None]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    stops_on_call: Mapped[bool] = mapped_column(default=True)
    stops_on_move: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    steps: Mapped[list[Step]] = relationship(
        back_populates="sequence",
        order_by="Step.position",
        primaryjoin="and_(Step.sequence_id == Sequence.id, Step.removed_at.is_(None))",
    )
    versions: Mapped[list[SequenceVersion]] = relationship(order_by=SequenceVersion.number)

    @classmethod
    def for_trigger(cls, trigger: Trigger) -> Sequence | None:
        """The running sequence this trigger starts; the oldest where there are several."""
        return db.session.scalars(_with_steps(), {"trigger": trigger}).unique().one_or_none()

    @classmethod
    def started(cls, rows: Several[Several[Any]]) -> Sequence | None:
        """The same of the rows of `of_trigger`, in the session as if it had been read there."""
        if not rows:
            return None
        begin = len(cls.__table__.c)
        read = cls(**_told(cls, rows[0][:begin]))
        steps = [Step(**_told(Step, row[begin:])) for row in rows if row[begin] is not None]
        for each in (read, *steps):
            make_transient_to_detached(each)
        set_committed_value(read, "steps", steps)
        return db.session.merge(read, load=False)

    @classmethod
    def in_order(cls) -> Select[Sequence]:
        """All of them with their emails, the oldest first."""
        return sa.select(cls).options(selectinload(cls.steps)).order_by(cls.id)

    @property
    def plan(self) -> list[PlanStep]:
        """The steps as the planner sees them, in order."""
        return [step.as_planned for step in self.steps]

    @property
    def stop_rules(self) -> StopRules:
        return StopRules(self.stops_on_call, self.stops_on_move)

    def step(self, step_id: int) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def version(self, number: int) -> SequenceVersion | None:
        return next((each for each in self.versions if each.number == number), None)

    def save_version(self, plan: Plan, now: datetime, account_id: int | None = None) -> SequenceVersion:
        """Keep this plan as the newest version; the same plan again makes none."""
        newest = self.versions[-1] if self.versions else None
        if newest and newest.plan.mark == plan.mark:
            return newest
        number = newest.number + 1 if newest else 1
        version = SequenceVersion(number=number, created_at=now, account_id=account_id, record=kept(plan))
        self.versions.append(version)
        return version


class Step(Base):
    """One email of a sequence. A removed step keeps its row, because sent emails point at it."""

    __tablename__ = "step"
    __table_args__ = (
        sa.CheckConstraint("wait_count >= 0", name="wait_not_negative"),
        sa.CheckConstraint("max_late_hours > 0", name="max_late_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(sa.ForeignKey("sequence.id"), index=True)
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("email_template.id"), index=True)
    position: Mapped[int]
    wait_count: Mapped[int] = mapped_column(default=0)
    wait_unit: Mapped[WaitUnit] = mapped_column(Word(WaitUnit), default=WaitUnit.DAYS)
    at_once: Mapped[bool] = mapped_column(default=False)
    max_late_hours: Mapped[int] = mapped_column(default=MAX_LATE_HOURS)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]

    sequence: Mapped[Sequence] = relationship(back_populates="steps", foreign_keys=[sequence_id])
    template: Mapped[EmailTemplate] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def ever_in(cls, sequence: Sequence) -> Select[Step]:
        """The steps of a sequence, those taken out again too."""
        return sa.select(cls).where(cls.sequence_id == sequence.id).order_by(cls.id)

    @property
    def wait(self) -> Wait:
        return Wait(self.wait_count, self.wait_unit)

    @property
    def max_late(self) -> timedelta:
        return timedelta(hours=self.max_late_hours)

    @property
    def as_planned(self) -> PlanStep:
        return as_plan_step(self, sequence_asks=self.sequence.needs_approval)

    @property
    def asks_first(self) -> bool:
        return self.as_planned.asks_first


FOR_TRIGGER = (
    sa.select(Sequence)
    .where(Sequence.trigger == sa.bindparam("trigger"), Sequence.active)
    .order_by(Sequence.id)
    .limit(1)
)


def _told(kind: type[Base], values: Several[Any]) -> dict[str, Any]:
    return dict(zip(kind.__table__.c.keys(), values, strict=True))


def of_trigger() -> Select[*tuple[Any, ...]]:
    """The sequence that `trigger` starts with its steps, as one question among others (crm.together).

    Asked for once every model is there: before that not every column knows its type.
    """
    step, of_it = Step.__table__.c, FOR_TRIGGER.with_only_columns(*Sequence.__table__.c).subquery()
    its = sa.and_(step.sequence_id == of_it.c.id, step.removed_at.is_(None))
    columns = (each.label(f"step_{each.name}") for each in step)
    joined = sa.select(*of_it.c, *columns).outerjoin_from(of_it, Step.__table__, its)
    return joined.order_by(step.position)


@cache  # made at its first use: before that not every model is there
def _with_steps() -> Select[Sequence]:
    return FOR_TRIGGER.options(joinedload(Sequence.steps).lazyload(Step.template))


class PlannedColumns(Protocol):
    """The columns of a step that planning asks for."""

    @property
    def id(self) -> int: ...
    @property
    def wait_count(self) -> int: ...
    @property
    def wait_unit(self) -> WaitUnit: ...
    @property
    def at_once(self) -> bool: ...
    @property
    def needs_approval(self) -> bool: ...


def as_plan_step(step: PlannedColumns, *, sequence_asks: bool) -> PlanStep:
    """The step as the planner sees it. What answers at once never waits for the owner's yes."""
    asks_first = not step.at_once and (step.needs_approval or sequence_asks)
    return PlanStep(step.id, Wait(step.wait_count, step.wait_unit), step.at_once, asks_first)

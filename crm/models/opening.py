"""When a clinician takes calls: hours of a week, and the days on which it is different."""

from __future__ import annotations

from datetime import date, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.rules import slots


class Opening(Base):
    """One stretch of a weekday (Monday is 0) in which calls may be booked, on the clinician's clock."""

    __tablename__ = "opening"
    __table_args__ = (
        sa.UniqueConstraint("clinician_id", "weekday", "opens"),
        sa.CheckConstraint("opens < closes", name="opens_before_closes"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_is_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]

    @classmethod
    def week_of(cls, clinician_id: int) -> slots.Week:
        """The whole week as the rules see it."""
        rows = db.session.scalars(sa.select(cls).where(cls.clinician_id == clinician_id))
        return slots.Week.of((each.weekday, slots.Hours(each.opens, each.closes)) for each in rows)

    @classmethod
    def put(cls, clinician_id: int, week: slots.Week) -> None:
        """These are their hours from now on. What is booked already stays."""
        db.session.execute(sa.delete(cls).where(cls.clinician_id == clinician_id))
        for weekday, hours in week:
            db.session.add(
                cls(clinician_id=clinician_id, weekday=weekday, opens=hours.opens, closes=hours.closes)
            )

    @classmethod
    def any(cls, clinician_id: int | None = None) -> bool:
        """Whether this clinician has hours, or anybody."""
        whose = cls.clinician_id == clinician_id if clinician_id is not None else sa.true()
        return bool(db.session.scalar(sa.select(sa.exists().where(whose).select_from(cls))))


class SpecialDay(Base):
    """Days on which it is different: other hours instead of the week's, or, without any, none at all."""

    __tablename__ = "special_day"
    __table_args__ = (
        sa.Index("ix_special_day_last", "clinician_id", "last"),
        sa.CheckConstraint("first <= last", name="first_before_last"),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="hours_have_two_ends"),
        sa.CheckConstraint("opens IS NULL OR opens < closes", name="opens_before_closes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    first: Mapped[date]
    last: Mapped[date]
    opens: Mapped[time | None]
    closes: Mapped[time | None]

    @classmethod
    def since(cls, clinician_id: int, day: date) -> list[SpecialDay]:
        """Those that are not over by this day, the earliest first."""
        here = sa.select(cls).where(cls.clinician_id == clinician_id, cls.last >= day)
        return list(db.session.scalars(here.order_by(cls.first, cls.opens, cls.id)))

    @property
    def hours(self) -> slots.Hours | None:
        return slots.Hours(self.opens, self.closes) if self.opens and self.closes else None

    @property
    def as_rule(self) -> slots.Special:
        return slots.Special(self.first, self.last, self.hours)

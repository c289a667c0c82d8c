"""How a clinician takes calls: how long, how soon, how many, by what means, and whether each needs a yes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.models.account import Account
from crm.models.booking import Medium
from crm.rules.slots import Manner


class Confirms(StrEnum):
    """What becomes of a time that somebody chose."""

    AT_ONCE = "at_once"
    ASKED = "asked"


class CallSettings(Base):
    """One row a clinician, made when it is first needed.

    `video_link` and `address` are told only to whom has a call that way; `instructions` go with every call.
    Without `phone_number` the clinician rings the person. `feed_token` opens their calendar to a program.
    """

    __tablename__ = "call_settings"
    __table_args__ = (
        sa.CheckConstraint("length_minutes BETWEEN 5 AND 240", name="a_call_has_a_length"),
        sa.CheckConstraint("pause_before BETWEEN 0 AND 240 AND pause_after BETWEEN 0 AND 240", name="pauses"),
        sa.CheckConstraint("notice_hours BETWEEN 0 AND 720", name="notice"),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 365", name="horizon"),
        sa.CheckConstraint("most_per_day IS NULL OR most_per_day > 0", name="most_per_day_is_some"),
        sa.CheckConstraint("by_phone OR by_video OR in_person", name="there_is_a_way_to_talk"),
    )

    clinician_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    length_minutes: Mapped[int] = mapped_column(default=15)
    pause_before: Mapped[int] = mapped_column(default=0)
    pause_after: Mapped[int] = mapped_column(default=0)
    notice_hours: Mapped[int] = mapped_column(default=4)
    horizon_days: Mapped[int] = mapped_column(default=28)
    most_per_day: Mapped[int | None]
    confirms: Mapped[Confirms] = mapped_column(Word(Confirms), default=Confirms.AT_ONCE)
    zone_name: Mapped[str | None]
    by_phone: Mapped[bool] = mapped_column(default=True)
    by_video: Mapped[bool] = mapped_column(default=False)
    in_person: Mapped[bool] = mapped_column(default=False)
    phone_number: Mapped[str] = mapped_column(default="")
    video_link: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    instructions: Mapped[str] = mapped_column(default="")
    feed_token: Mapped[str | None] = mapped_column(unique=True)
    feed_has_names: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def of(cls, clinician_id: int) -> CallSettings:
        """Theirs; those everybody begins with where they have changed none. Not for changing: see `mine`."""
        return db.session.get(cls, clinician_id) or cls.first_ones(clinician_id)

    @classmethod
    def turn_of(cls, clinician_id: int) -> CallSettings:
        """The same row, locked until the transaction ends: one change of a clinician's calendar at a time.

        Whoever counts their calls of a day, or moves one, would else decide on what another is changing.
        """
        locked = sa.select(cls).where(cls.clinician_id == clinician_id).with_for_update()
        found = db.session.scalar(locked.execution_options(populate_existing=True))
        if found is not None:
            return found
        fresh = cls.first_ones(clinician_id)
        try:
            with db.session.begin_nested():
                db.session.add(fresh)
        except sa.exc.IntegrityError:  # another made it meanwhile
            return cls.turn_of(clinician_id)
        return fresh

    @classmethod
    def first_ones(cls, clinician_id: int) -> CallSettings:
        """What everybody begins with, as values: a row that is not stored has no defaults of its own."""
        return cls(
            clinician_id=clinician_id,
            length_minutes=15,
            pause_before=0,
            pause_after=0,
            notice_hours=4,
            horizon_days=28,
            confirms=Confirms.AT_ONCE,
            by_phone=True,
            by_video=False,
            in_person=False,
            phone_number="",
            video_link="",
            address="",
            instructions="",
            feed_has_names=False,
        )

    @classmethod
    def of_feed(cls, token: str) -> CallSettings | None:
        """Whose calendar a private feed is. Who has left the practice has none."""
        here = sa.select(cls).join(Account, Account.id == cls.clinician_id)
        return db.session.scalar(here.where(cls.feed_token == token, Account.deactivated_at.is_(None)))

    def zone(self, practice_zone: str) -> ZoneInfo:
        """The clock their hours are told by: their own, else the practice's."""
        return ZoneInfo(self.zone_name or practice_zone)

    @property
    def media(self) -> tuple[Medium, ...]:
        """The ways to talk they offer. The first is chosen unless somebody says otherwise."""
        ways = (
            (Medium.PHONE, self.by_phone),
            (Medium.VIDEO, self.by_video),
            (Medium.IN_PERSON, self.in_person),
        )
        return tuple(medium for medium, offered in ways if offered)

    @property
    def manner(self) -> Manner:
        """As the rules see it."""
        return Manner(
            length=timedelta(minutes=self.length_minutes),
            pause_before=timedelta(minutes=self.pause_before),
            pause_after=timedelta(minutes=self.pause_after),
            notice=timedelta(hours=self.notice_hours),
            horizon_days=self.horizon_days,
            most_per_day=self.most_per_day,
        )

    def open_feed(self) -> None:
        """A new private address; the one before shows nothing any more."""
        self.feed_token = secrets.token_urlsafe(24)

    def close_feed(self) -> None:
        self.feed_token = None

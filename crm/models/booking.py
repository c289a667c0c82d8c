"""The free consultation: when it is, how they talk, and how it went."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.models import occupancy
from crm.sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

    from crm.models.lead import Lead
    from crm.rules.slots import Place

LENGTH = timedelta(minutes=15)
"""How long a call takes where nobody has said otherwise."""


class Medium(StrEnum):
    """How they talk."""

    PHONE = "phone"
    VIDEO = "video"
    IN_PERSON = "in_person"

    @property
    def told(self) -> str:
        """By phone, by video, in person: as the end of a sentence."""
        return "in person" if self is Medium.IN_PERSON else f"by {self}"

    @property
    def brief(self) -> str:
        """For cards: phone, video, in person."""
        return self.replace("_", " ")


class Outcome(StrEnum):
    """How a call went."""

    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """Whether it is agreed. `asked` waits for the clinician's yes; the last two hold no time."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"


class MadeBy(StrEnum):
    """Whose hand put it into the calendar. `offer`: a time that was offered, and they took."""

    VISITOR = "visitor"
    OWNER = "owner"
    OFFER = "offer"


class Taken(Exception):  # noqa: N818 - a fact, not an error
    """Another call holds this time, or a part of it."""


STOOD = (
    *("state", "starts_at", "ends_at", "medium", "sequence"),
    *("busy_from", "busy_until", "outcome", "outcome_at"),
)
"""What an act may change of a call."""


def _as_it_starts(context: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's own, without types
    return context.get_current_parameters()["starts_at"]


def _as_it_ends(context: Any) -> Any:  # noqa: ANN401 - the same
    row = context.get_current_parameters()
    return row.get("ends_at") or row["starts_at"] + LENGTH


class Booking(Base):
    """One call. Cancelled and past ones stay, because the story points at them.

    `uid` and `sequence` are what calendars know it by (RFC 5545): the same for life, and one more for each
    change. `token` opens the person's page of this call. From `busy_from` to `busy_until`, the clinician's
    pauses included, no other call of theirs can be: see `occupancy`. `nonce`: a form sent twice
    books once. `number`: where to ring them, if they gave one for this call; else it is the person's.
    `client_key`: a keyed hash of where whoever changed it last sat, empty where that was the practice.
    """

    __tablename__ = "booking"
    __table_args__ = (
        sa.Index(
            "ix_booking_open",
            "starts_at",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        ),
        sa.Index("ix_booking_busy", "clinician_id", "busy_until"),
        sa.Index(
            "uq_booking_start",
            "clinician_id",
            "starts_at",
            unique=True,
            sqlite_where=sa.text("holds_time"),
            postgresql_where=sa.text("holds_time"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name="outcome_has_time"),
        sa.CheckConstraint("NOT holds_time OR outcome IS NULL", name="what_is_over_holds_no_time"),
        sa.CheckConstraint(
            "(state IN ('cancelled', 'declined')) = (outcome IS NOT NULL AND outcome = 'cancelled')",
            name="cancelled_is_an_outcome",
        ),
        sa.CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        sa.CheckConstraint("busy_from <= starts_at AND ends_at <= busy_until", name="pauses_are_around_it"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(default=_as_it_ends)
    busy_from: Mapped[datetime] = mapped_column(default=_as_it_starts)
    busy_until: Mapped[datetime] = mapped_column(default=_as_it_ends)
    holds_time: Mapped[bool] = mapped_column(default=False)
    medium: Mapped[Medium] = mapped_column(Word(Medium), default=Medium.PHONE)
    state: Mapped[BookingState] = mapped_column(Word(BookingState), default=BookingState.CONFIRMED)
    uid: Mapped[str] = mapped_column(unique=True, default=lambda: str(uuid.uuid4()))
    sequence: Mapped[int] = mapped_column(default=0)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    number: Mapped[str] = mapped_column(Sealed("booking.number"), default="")
    zone_name: Mapped[str | None]
    made_by: Mapped[MadeBy] = mapped_column(Word(MadeBy), default=MadeBy.OWNER)
    nonce: Mapped[str | None] = mapped_column(unique=True)
    client_key: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    outcome_at: Mapped[datetime | None]

    lead: Mapped[Lead] = relationship(back_populates="bookings")

    @classmethod
    def coming(cls, now: datetime | sa.ColumnElement[datetime]) -> Select[Booking]:
        """Calls still to be held, soonest first."""
        agreed = (cls.outcome.is_(None), cls.state == sa.literal_column("'confirmed'"))
        return sa.select(cls).where(*agreed, cls.starts_at > now).order_by(cls.starts_at)

    @classmethod
    def without_outcome(cls, now: datetime | sa.ColumnElement[datetime]) -> Select[Booking]:
        """Agreed calls that are over and of which nobody has said how they went."""
        agreed = (cls.outcome.is_(None), cls.state == sa.literal_column("'confirmed'"))
        return sa.select(cls).where(*agreed, cls.ends_at <= now).order_by(cls.starts_at)

    @classmethod
    def of(cls, token: str) -> Booking | None:
        """The call of this link."""
        return db.session.scalar(sa.select(cls).where(cls.token == token))

    @property
    def stands(self) -> bool:
        """Asked or agreed, and nobody has said how it went."""
        return self.outcome is None

    @property
    def waits_for_a_yes(self) -> bool:
        return self.outcome is None and self.state is BookingState.ASKED

    def is_over(self, now: datetime) -> bool:
        return is_over(self.ends_at, now)

    def hold(self) -> None:
        """From now on no other call of the clinician's can be at this time. Raises Taken."""
        db.session.flush()
        if not occupancy.take(self.clinician_id, self.id, self.busy_from, self.busy_until):
            raise Taken
        self.holds_time = True
        db.session.flush()

    def free(self) -> None:
        """Others may have this time."""
        self.holds_time = False
        db.session.flush()
        occupancy.give_back(self.id)

    def move(self, place: Place) -> None:
        """The same call at another time or in another way. Raises Taken."""
        self.free()
        self.take_place(place)
        self.sequence += 1
        self.hold()

    def take_place(self, place: Place) -> None:
        """When and how, and the pauses around it. It holds no time by that."""
        self.starts_at, self.ends_at = place.span
        self.busy_from, self.busy_until = place.busy
        self.medium = Medium(place.medium)

    def confirm(self) -> None:
        """The clinician's yes to what was asked."""
        self.state = BookingState.CONFIRMED

    def decline(self, now: datetime) -> None:
        """Their no: the time is free again."""
        self.settle(Outcome.CANCELLED, now)
        self.state = BookingState.DECLINED
        self.sequence += 1

    def cancel(self, now: datetime) -> None:
        """It won't be: the time is free again."""
        self.settle(Outcome.CANCELLED, now)
        self.sequence += 1

    def settle(self, outcome: Outcome, now: datetime) -> None:
        """How it went, or that it won't be."""
        if outcome is Outcome.CANCELLED:
            self.state = BookingState.CANCELLED
        self.outcome, self.outcome_at = outcome, now
        self.free()

    def put_back(self, stood: Mapping[str, Any]) -> None:
        """As it stood (`STOOD`) before an act that is taken back. Raises Taken where its time is another's.

        That takes an act of which nobody was told: so its calendar entry never changed either.
        """
        changed = {name for name, value in stood.items() if getattr(self, name) != value}
        if not changed:
            return
        self.free()
        for name in changed:
            setattr(self, name, stood[name])
        if self.stands:
            self.hold()


def is_over(ends_at: datetime, now: datetime) -> bool:
    """Whether a call that ends then has had its time."""
    return ends_at <= now

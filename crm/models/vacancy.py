"""A place the practice has, and to whom of the waitlist it is offered. Whoever says yes first has it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.rules.offers import OfferState, VacancyEnd
from crm.sealed import Sealed

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.lead import Lead

OPEN, YES = "closed_at IS NULL", "state = 'accepted'"
UNTOLD = "closed_as = 'lapsed' AND settled_at IS NULL"


class Vacancy(Base):
    """One place with one clinician. `words`: what it is, as the owner puts it.

    It can be offered until `ends_at`. One that nobody took in time stands on Today until it is offered to
    others, or `settled_at`. `nonce`: a form sent twice is one place.
    """

    __tablename__ = "vacancy"
    __table_args__ = (
        sa.Index("ix_vacancy_open", "ends_at", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)),
        sa.Index("ix_vacancy_untold", "id", sqlite_where=sa.text(UNTOLD), postgresql_where=sa.text(UNTOLD)),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_as IS NULL)", name="closed_says_how"),
        sa.CheckConstraint("settled_at IS NULL OR closed_at IS NOT NULL", name="settled_is_closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Sealed("vacancy.words"))
    nonce: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[VacancyEnd | None] = mapped_column(Word(VacancyEnd))
    settled_at: Mapped[datetime | None]

    offers: Mapped[list[Offer]] = relationship(back_populates="vacancy", order_by="Offer.id")

    @classmethod
    def turn_of(cls, vacancy_id: int) -> Vacancy | None:
        """The place, for this transaction alone. Its people's turns come before (models/turns)."""
        whole = sa.select(cls).where(cls.id == vacancy_id).with_for_update()
        return db.session.scalar(whole.execution_options(populate_existing=True))

    @classmethod
    def over_at(cls, now: datetime) -> Select[int]:
        """Those whose time is up, and nobody has said yes."""
        return sa.select(cls.id).where(cls.closed_at.is_(None), cls.ends_at <= now).order_by(cls.id)

    @classmethod
    def standing(cls) -> Select[Vacancy]:
        """Those that are offered just now, or that nobody took and nobody has settled."""
        return sa.select(cls).where(sa.or_(cls.closed_at.is_(None), cls._untold())).order_by(cls.id)

    @classmethod
    def nobody_took(cls) -> Select[Vacancy]:
        return sa.select(cls).where(cls._untold())

    @classmethod
    def _untold(cls) -> sa.ColumnElement[bool]:
        """UNTOLD, with the word as it stands there, so that the index is used."""
        return sa.and_(cls.closed_as == sa.literal_column("'lapsed'"), cls.settled_at.is_(None))

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def came_to_nothing(self) -> bool:
        """Nobody said yes, and it was not taken back: others may be asked."""
        return self.closed_as is VacancyEnd.LAPSED

    @property
    def open_offers(self) -> list[Offer]:
        return [each for each in self.offers if each.state is OfferState.OPEN]

    def offer_to(self, lead: Lead, now: datetime) -> Offer:
        """It is theirs, if they say so first. One open offer a person: the index says so."""
        offer = Offer(vacancy=self, lead=lead, offered_at=now)
        db.session.add(offer)
        db.session.flush()
        return offer

    def reopen(self, ends_at: datetime) -> None:
        """Nobody took it: others are asked."""
        self.ends_at, self.closed_at, self.closed_as, self.settled_at = ends_at, None, None, None

    def close(self, end: VacancyEnd, now: datetime) -> None:
        self.closed_at, self.closed_as = now, end

    def settle(self, now: datetime) -> None:
        """The owner knows that nobody took it."""
        self.settled_at = self.settled_at or now


class Offer(Base):
    """A place offered to one person. `token` opens their page of it. One yes to a place, and no more."""

    __tablename__ = "offer"
    __table_args__ = (
        sa.Index(
            "uq_offer_accepted",
            "vacancy_id",
            unique=True,
            sqlite_where=sa.text(YES),
            postgresql_where=sa.text(YES),
        ),
        sa.Index(
            "uq_offer_open",
            "lead_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="open_has_no_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id"), index=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    state: Mapped[OfferState] = mapped_column(Word(OfferState), default=OfferState.OPEN)
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    vacancy: Mapped[Vacancy] = relationship(back_populates="offers")
    lead: Mapped[Lead] = relationship()

    @classmethod
    def of(cls, token: str) -> Offer | None:
        """The offer of this link."""
        return db.session.scalar(sa.select(cls).where(cls.token == token))

    @classmethod
    def open_to(cls, *lead_ids: int) -> Select[Offer]:
        return sa.select(cls).where(cls.lead_id.in_(lead_ids), cls.state == sa.literal_column("'open'"))

    def end(self, state: OfferState, now: datetime) -> None:
        """What became of it. The schema refuses a second yes to one place."""
        self.state, self.ended_at = state, now
        db.session.flush()

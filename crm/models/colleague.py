"""Those to whom people are sent who are not for us: a small directory of the practice's own."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.rules.referring import Candidate, Card
from crm.sealed import Sealed, SealedJson

if TYPE_CHECKING:
    from sqlalchemy import Select

WRITTEN = tuple(each.name for each in fields(Card))
INSTANTS = ("openings_at", "archived_at")


class Colleague(Base):
    """One of them. Nobody here is ever written to; `openings_at` is when they last said they had places.

    `before` is how they stood before the newest of their `changes`, which can be taken back. `nonce`: the
    form sent twice is one colleague.
    """

    __tablename__ = "colleague"
    __table_args__ = (sa.CheckConstraint("name <> ''", name="a_colleague_has_a_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    focus: Mapped[str] = mapped_column(default="")
    payers: Mapped[str] = mapped_column(default="")
    fees: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    site: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(Sealed("colleague.notes"), default="")
    openings_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    nonce: Mapped[str | None] = mapped_column(unique=True)
    changes: Mapped[int] = mapped_column(default=0)
    before: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("colleague.before"))

    @classmethod
    def all(cls) -> Select[Colleague]:
        """The archived too, by name."""
        return sa.select(cls).order_by(sa.func.lower(cls.name), cls.id)

    @classmethod
    def in_use(cls) -> Select[Colleague]:
        return cls.all().where(cls.archived_at.is_(None))

    @classmethod
    def add(cls, card: Card, now: datetime, nonce: str | None = None) -> Colleague:
        """Put somebody in; the same form again is the one it made. Raises IntegrityError in a race."""
        known = sa.select(cls).where(cls.nonce == nonce) if nonce else None
        if known is not None and (made := db.session.scalar(known)):
            return made
        colleague = cls(**asdict(card), made_at=now, nonce=nonce)
        db.session.add(colleague)
        db.session.flush()
        return colleague

    @property
    def card(self) -> Card:
        return Card(**{name: getattr(self, name) for name in WRITTEN})

    @property
    def as_candidate(self) -> Candidate:
        return Candidate(self.id, self.card, self.openings_at)

    def rewrite(self, card: Card) -> None:
        self._remember()
        for name, value in asdict(card).items():
            setattr(self, name, value)

    def confirm(self, now: datetime) -> None:
        """They have just said that they have openings."""
        self._remember()
        self.openings_at = now

    def archive(self, now: datetime) -> None:
        """Not named to anybody any more. Stories that named them say so still."""
        if self.archived_at is None:
            self._remember()
            self.archived_at = now

    def bring_back(self) -> None:
        if self.archived_at is not None:
            self._remember()
            self.archived_at = None

    def take_back(self, number: int) -> bool:
        """Undo this change, if nothing was changed since. Who was just put in (the change 0) is gone."""
        if self.changes != number:
            return False
        if number == 0:
            db.session.delete(self)
            return True
        if not self.before:
            return False
        for name in WRITTEN:
            setattr(self, name, self.before[name])
        for name in INSTANTS:
            setattr(self, name, _instant(self.before[name]))
        self.before = None
        return True

    def _remember(self) -> None:
        stood = {name: getattr(self, name) for name in INSTANTS}
        self.before = asdict(self.card) | {name: at and at.isoformat() for name, at in stood.items()}
        self.changes += 1


def _instant(plain: str | None) -> datetime | None:
    return datetime.fromisoformat(plain) if plain else None

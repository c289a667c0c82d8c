"""Addresses we must not write to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.many import among
from crm.rules.sending import SuppressionReason
from crm.sealed import Keyed, known_as

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


WISHES = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED, SuppressionReason.ERASED)
"""What a person wants, and not only what became of an address: it holds at every address of theirs."""


class Suppression(Base):
    """One reason why an address gets no follow-ups, until lifted. A new inquiry never lifts it (R15).

    Several may stand against one address at once: a bounce must not swallow a wish, nor a wish a bounce.
    Of the address there is only its keyed hash: so a wish outlives the person's erasure, and names nobody.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        sa.Index(
            "uq_suppression_active",
            "address_key",
            "reason",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(Keyed())
    reason: Mapped[SuppressionReason] = mapped_column(Word(SuppressionReason))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    merge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("merge.id", ondelete="SET NULL"))
    """It stands because this merge took the wish of another address along; taken apart, it falls."""

    @classmethod
    def against(cls, address_key: str) -> list[Suppression]:
        """All that stands against this address now, the oldest first."""
        return list(db.session.scalars(AGAINST, {"address_key": address_key}))

    @classmethod
    def against_any(cls, address_keys: Collection[str], reasons: Collection[SuppressionReason]) -> bool:
        """Whether one of these reasons stands against one of these addresses."""
        standing = (cls.address_key.in_(address_keys), cls.reason.in_(reasons), cls.lifted_at.is_(None))
        return db.session.scalar(sa.select(sa.exists().where(*standing))) or False

    @classmethod
    def of(cls, address_key: str) -> Suppression | None:
        """What counts against this address now: of several, the one that forbids most."""
        return max(cls.against(address_key), key=lambda each: each.reason.weight, default=None)

    @staticmethod
    def standing(address_keys: Iterable[str]) -> dict[str, SuppressionReason]:
        """The same for many addresses in one query; those against which nothing stands are left out."""
        found: dict[str, SuppressionReason] = {}
        asked = {known_as(each): each for each in address_keys}
        for key, reason in db.session.connection().execute(STANDING, {"these": list(asked)}):
            address = asked[key]
            found[address] = max(reason, found.get(address, reason), key=lambda each: each.weight)
        return found

    @classmethod
    def unsubscribed(cls, address_key: str) -> Suppression | None:
        """The wish for no more emails at this address, whatever else stands against it."""
        wishes = (each for each in cls.against(address_key) if each.reason is SuppressionReason.UNSUBSCRIBED)
        return next(wishes, None)

    @classmethod
    def suppress(
        cls, address_key: str, reason: SuppressionReason, now: datetime, merge_id: int | None = None
    ) -> None:
        """Write to this address no more. Safe to say twice: a race costs a savepoint."""
        if any(each.reason is reason for each in cls.against(address_key)):
            return
        try:
            with db.session.begin_nested():
                db.session.add(cls(address_key=address_key, reason=reason, at=now, merge_id=merge_id))
        except sa.exc.IntegrityError:
            return

    @classmethod
    def take_wishes_along(
        cls, of: Collection[str], to: Collection[str], now: datetime, merge_id: int | None = None
    ) -> None:
        """Whoever asked for no more at one address is left in peace at their others, too."""
        for reason in WISHES:
            if cls.against_any(of, [reason]):
                for address_key in sorted(to):
                    cls.suppress(address_key, reason, now, merge_id)

    def say_it_oneself(self) -> None:
        """The person wishes it for this address too: it stays, whatever becomes of the merge."""
        self.merge_id = None

    def lift(self, now: datetime) -> None:
        self.lifted_at = now


AGAINST = (
    sa.select(Suppression)
    .where(Suppression.address_key == sa.bindparam("address_key"), Suppression.lifted_at.is_(None))
    .order_by(Suppression.at, Suppression.id)
)
_suppression = Suppression.__table__
STANDING = sa.select(_suppression.c.address_key, _suppression.c.reason).where(
    among(_suppression.c.address_key, "these"), _suppression.c.lifted_at.is_(None)
)

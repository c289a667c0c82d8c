"""A way in: a program that may hand us inquiries, and what we know about whoever comes through it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.rules.mapping import Part
from crm.rules.ways_in import SourceKind
from crm.sealed import Sealed

MINUTE = timedelta(minutes=1)
MAPPED_AT_MOST = 400
"""Fields a mapping remembers: those of several forms that share one way in."""


class Source(Base):
    """One way in. Its token is kept as a keyed hash; `token_end` is what the owner tells tokens apart by.

    `mapping` says which field of the builder's form is what; `free_at` is when its bucket is full again.
    """

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind))
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_end: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    signing_secret: Mapped[str] = mapped_column(Sealed("source.signing_secret"), default="")
    mapping: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    found_us: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    sequence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sequence.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    free_at: Mapped[datetime | None]

    @classmethod
    def all(cls) -> sa.Select[Source]:
        """Those that are open first, each by the alphabet."""
        return sa.select(cls).order_by(cls.revoked_at.is_not(None), cls.name, cls.id)

    @classmethod
    def of(cls, token_hash: str) -> Source | None:
        """The source whose token this is, unless it is shut."""
        return db.session.scalar(sa.select(cls).where(cls.token_hash == token_hash, cls.revoked_at.is_(None)))

    def give_token(self, token: str, token_hash: str) -> None:
        """A fresh token; the one before it opens nothing any more, and a revoked source is open again."""
        self.token_hash, self.token_end, self.revoked_at = token_hash, token[-4:], None

    def revoke(self, now: datetime) -> None:
        self.revoked_at = self.revoked_at or now

    def learn(self, parts: Mapping[str, Part]) -> None:
        """Which field of one form is what. Beyond what is remembered, what was said longest ago goes."""
        before = {key: part for key, part in self.mapping.items() if key not in parts}
        self.mapping = dict([*before.items(), *parts.items()][-MAPPED_AT_MOST:])

    def spend(self, per_minute: int, now: datetime) -> timedelta | None:
        """Take one of the requests it has in a minute, all of which may come at once.

        How long to wait where none is left. The row must be this transaction's alone.
        """
        full_at = max(self.free_at or now, now)
        if (wait := full_at + MINUTE / per_minute - (now + MINUTE)) > timedelta(0):
            return wait
        self.free_at, self.last_used_at = full_at + MINUTE / per_minute, now
        return None

"""The index behind finding someone: which person has which word, without the word.

A word is kept as a keyed hash of eight bytes. Who has the database and not the key sees which people
share a word, and how many have it, but not which word it is (docs/decisions.md).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.many import execute, insert_given
from crm.rules.search_words import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEY = "search_key"
"""Under this name the composition root hands the key to the engine, as one of its options."""


class SearchEntry(Base):
    """One word of one person, in the best place they have it (crm.rules.search_words.Place)."""

    __tablename__ = "search_entry"
    __table_args__ = (
        # in the order people are shown in, so that a page is read without sorting all who have the word
        sa.Index("ix_search_entry_token", "token", "place", "lead_id"),
        {"sqlite_with_rowid": False},
    )

    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(sa.SmallInteger)

    @classmethod
    def begin(cls, entries: Mapping[int, Mapping[int, int]]) -> None:
        """The words of people who have none yet, by person and token."""
        execute(
            _INSERT,
            [
                {"lead_id": lead_id, "token": token, "place": place}
                for lead_id, theirs in entries.items()
                for token, place in theirs.items()
            ],
        )

    @classmethod
    def replace(cls, entries: Mapping[int, Mapping[int, int]]) -> None:
        """From now on these people have these words, by person and token, and no others."""
        kept: dict[int, dict[int, int]] = {lead_id: {} for lead_id in entries}
        had = sa.select(cls.lead_id, cls.token, cls.place).where(cls.lead_id.in_(entries))
        for lead_id, token, place in db.session.execute(had):
            kept[lead_id][token] = place
        for lead_id, before in kept.items():
            after = entries[lead_id]
            if gone := [token for token, place in before.items() if after.get(token) != place]:
                its = sa.delete(cls).where(cls.lead_id == lead_id, cls.token.in_(gone))
                db.session.execute(its.execution_options(synchronize_session=False))
        new: list[dict[str, Any]] = [
            {"lead_id": lead_id, "token": token, "place": place}
            for lead_id, after in entries.items()
            for token, place in after.items()
            if kept[lead_id].get(token) != place
        ]
        if new:
            execute(_INSERT, new)


class SearchIndex(Base):
    """One row: with which key and rules everybody's words were kept, and how far that has come."""

    __tablename__ = "search_index"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    made_with: Mapped[int] = mapped_column(sa.BigInteger)
    reached: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    @classmethod
    def current(cls) -> SearchIndex:
        """The row for today's key and rules: where they have changed, everything is to be done again."""
        index = db.session.get(cls, 1)
        if index is None:
            db.session.add(index := cls(id=1, made_with=_made_with(), reached=0))
        elif index.made_with != _made_with():
            index.made_with, index.reached, index.finished_at = _made_with(), 0, None
        return index

    @classmethod
    def is_whole(cls) -> bool:
        """Whether everybody can be found."""
        whole = sa.select(cls.id).where(cls.made_with == _made_with(), cls.finished_at.is_not(None))
        return db.session.scalar(whole) is not None


def key_from(secret: str) -> bytes:
    """The key of the index, from the practice's secret: knowing one says nothing about the other."""
    return hmac.digest(secret.encode(), b"search index", "sha256")


def tokens_of(words: Iterable[str]) -> list[int]:
    """The words as they stand in the index, in their order."""
    key = db.engine.get_execution_options()[KEY]
    marks = (hashlib.blake2b(word.encode(), key=key, digest_size=8).digest() for word in words)
    return [int.from_bytes(mark, "big", signed=True) for mark in marks]


def _made_with() -> int:
    """Differs where the key or the rules do. No word has a space."""
    (token,) = tokens_of([f"rules {VERSION}"])
    return token


_INSERT = insert_given(SearchEntry, "lead_id", "token", "place")

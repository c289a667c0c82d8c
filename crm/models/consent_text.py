"""Sentences about follow-ups that people were shown: every wording is kept once and never changed."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db


class ConsentText(Base):
    """One wording; its id is what it is called by. `digest` is the sha256 of its words, in hex."""

    __tablename__ = "consent_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    words: Mapped[str]
    first_at: Mapped[datetime]

    @classmethod
    def of(cls, words: str, now: datetime) -> ConsentText:
        """The row of these very words, whoever was first to use them."""
        digest = hashlib.sha256(words.encode()).hexdigest()
        known = sa.select(cls).where(cls.digest == digest)
        if found := db.session.scalar(known):
            return found
        mine = cls(digest=digest, words=words, first_at=now)
        try:
            with db.session.begin_nested():
                db.session.add(mine)
        except sa.exc.IntegrityError:
            return db.session.scalars(known).one()
        return mine

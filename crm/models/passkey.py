"""Passkeys: what a browser or a phone signs in with, and the challenges they answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db

CHALLENGE_LIFE = timedelta(minutes=5)
MOST_CHALLENGES = 60
"""So many at once are more than any person asks for from one place."""


class Purpose(StrEnum):
    """What a challenge is for; an answer to one is no answer to the other."""

    REGISTER = "register"
    PROVE = "prove"


class Passkey(Base):
    """One passkey of somebody's. Only its public half is known here."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def of(cls, account_id: int) -> sa.Select[Passkey]:
        return sa.select(cls).where(cls.account_id == account_id).order_by(cls.id)

    @classmethod
    def some_of(cls, account_id: int) -> bool:
        return db.session.scalar(cls.of(account_id).with_only_columns(cls.id).limit(1)) is not None

    def use(self, sign_count: int, now: datetime) -> bool:
        """Whether it may count: of two answers with one count, one wins. Many passkeys always count 0."""
        rises = Passkey.sign_count < sign_count if sign_count else Passkey.sign_count == 0
        once = sa.update(Passkey).where(Passkey.id == self.id, rises)
        values = {"sign_count": sign_count, "used_at": now}
        return db.session.scalar(once.values(values).returning(Passkey.id)) is not None


class Challenge(Base):
    """A random value that a passkey signs. Kept here, good once, for five minutes, in one browser."""

    __tablename__ = "challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    client_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def too_many(cls, client_key: str, now: datetime) -> bool:
        """Whether this place asked for more than a person would. Old ones are forgotten."""
        db.session.execute(sa.delete(cls).where(cls.created_at <= now - CHALLENGE_LIFE))
        asked = sa.select(sa.func.count(cls.id)).where(cls.client_key == client_key)
        return (db.session.scalar(asked) or 0) >= MOST_CHALLENGES

    @classmethod
    def take(cls, value: str, purpose: Purpose, account_id: int | None, now: datetime) -> bool:
        """Whether this one was given out for this and not answered yet. Afterwards it is gone."""
        once = sa.delete(cls).where(
            cls.value == value,
            cls.purpose == purpose,
            cls.account_id.is_(None) if account_id is None else cls.account_id == account_id,
            cls.created_at > now - CHALLENGE_LIFE,
        )
        return db.session.scalar(once.returning(cls.id)) is not None

"""Somebody who knew the password, and has yet to show the second step."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, db
from crm.models.account import Account, fingerprint

LIFE = timedelta(minutes=10)


class HalfSignIn(Base):
    """It opens nothing but the page of the second step, for ten minutes, and ends when that is done."""

    __tablename__ = "half_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def start(cls, account_id: int, now: datetime) -> str:
        """Returns the token for the cookie, which is kept nowhere else."""
        db.session.execute(sa.delete(cls).where(cls.created_at <= now - LIFE))
        token = secrets.token_urlsafe(32)
        db.session.add(cls(token_hash=fingerprint(token), account_id=account_id, created_at=now))
        return token

    @classmethod
    def of(cls, token: str, now: datetime) -> HalfSignIn | None:
        found = sa.select(cls).join(cls.account)
        mine = (cls.token_hash == fingerprint(token), cls.created_at > now - LIFE)
        return db.session.scalar(found.where(*mine, Account.deactivated_at.is_(None)))

    @classmethod
    def end(cls, half_id: int) -> bool:
        """Whether it was still there: it becomes one sign-in, not two."""
        gone = sa.delete(cls).where(cls.id == half_id)
        return db.session.scalar(gone.returning(cls.id)) is not None

    @classmethod
    def end_all(cls, account_id: int) -> None:
        db.session.execute(sa.delete(cls).where(cls.account_id == account_id))

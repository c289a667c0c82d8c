"""Links that work once: to open the practice, to join it, and to choose a new password.

Of the token only its SHA-256 is kept. So that a mail can carry the link without its text lying in the
database, the worker makes the token again from `nonce` and a key the database does not know (crm.links).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.models.account import Account, fingerprint
from crm.rules.roles import Role

SETUP_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)
OPEN = "used_at IS NULL AND withdrawn_at IS NULL"


class SetupLink(Base):
    """The one-time link to "create the owner's account", printed at the first start."""

    __tablename__ = "setup_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def issue(cls, now: datetime) -> str:
        """A fresh token; earlier unused links stop working."""
        db.session.execute(sa.delete(cls).where(cls.used_at.is_(None)))
        token = secrets.token_urlsafe(24)
        db.session.add(cls(token_hash=fingerprint(token), created_at=now))
        return token

    @classmethod
    def of(cls, token: str, now: datetime) -> SetupLink | None:
        """The unused, unexpired link of this token."""
        return db.session.scalar(
            sa.select(cls)
            .where(
                cls.token_hash == fingerprint(token),
                cls.used_at.is_(None),
                cls.created_at > now - SETUP_LIFE,
            )
            .with_for_update()
        )

    def use(self, now: datetime) -> None:
        self.used_at = now


class Invitation(Base):
    """Somebody is asked to sign in here. One open invitation for an address."""

    __tablename__ = "invitation"
    __table_args__ = (
        sa.Index(
            "uq_invitation_open",
            "email",
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    token_hash: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    invited_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    message_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("message.id", ondelete="SET NULL"), unique=True
    )
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    @classmethod
    def waiting(cls, now: datetime) -> sa.Select[Invitation]:
        """Those that can still be accepted."""
        return sa.select(cls).where(*cls._is_open(now)).order_by(cls.id)

    @classmethod
    def of(cls, token: str, now: datetime) -> Invitation | None:
        this = (cls.token_hash == fingerprint(token), *cls._is_open(now))
        return db.session.scalar(sa.select(cls).where(*this))

    @classmethod
    def use(cls, token: str, now: datetime) -> Invitation | None:
        """The invitation of this token, for whoever comes first."""
        once = sa.update(cls).where(cls.token_hash == fingerprint(token), *cls._is_open(now))
        return db.session.scalar(once.values(used_at=now).returning(cls))

    @classmethod
    def withdraw_all(cls, now: datetime, *which: sa.ColumnElement[bool]) -> list[int | None]:
        """Take them back where they are open. Returns the ids of their mails."""
        back = sa.update(cls).where(cls.used_at.is_(None), cls.withdrawn_at.is_(None), *which)
        return list(db.session.scalars(back.values(withdrawn_at=now).returning(cls.message_id)))

    @classmethod
    def _is_open(cls, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
        return cls.used_at.is_(None), cls.withdrawn_at.is_(None), cls.created_at > now - INVITATION_LIFE


class PasswordReset(Base):
    """Somebody forgot their password. The newest link counts, once, for an hour."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("message.id", ondelete="SET NULL"), unique=True
    )
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def issue(cls, account_id: int, token: str, nonce: str, message_id: int | None, now: datetime) -> None:
        """A fresh one; earlier links of theirs stop working."""
        earlier = (cls.account_id == account_id, cls.used_at.is_(None))
        db.session.execute(sa.update(cls).where(*earlier).values(used_at=now))
        given = {"account_id": account_id, "token_hash": fingerprint(token), "nonce": nonce}
        db.session.execute(sa.insert(cls).values(given | {"message_id": message_id, "created_at": now}))

    @classmethod
    def account_of(cls, token: str, now: datetime) -> Account | None:
        """Whose link this is, while it works."""
        found = sa.select(Account).join(cls, cls.account_id == Account.id)
        return db.session.scalar(found.where(*cls._is_open(token, now), Account.deactivated_at.is_(None)))

    @classmethod
    def use(cls, token: str, now: datetime) -> int | None:
        """The id of the account whose link this is, for whoever comes first."""
        once = sa.update(cls).where(*cls._is_open(token, now)).values(used_at=now)
        return db.session.scalar(once.returning(cls.account_id))

    @classmethod
    def _is_open(cls, token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
        return cls.token_hash == fingerprint(token), cls.used_at.is_(None), cls.created_at > now - RESET_LIFE

"""Who signs in, on which browser, and the one-time link that makes the first account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db, instant
from crm.models.practice import Practice
from crm.rules.roles import Role
from crm.sealed import Keyed

IDLE = timedelta(minutes=30)
"""A browser left alone this long is signed out (RELIABILITY.md, R21)."""
ABSOLUTE = timedelta(hours=12)
LINK_LIFE = timedelta(hours=24)
GUESS_WINDOW = timedelta(minutes=5)
MOST_GUESSES = 10
A_WHILE = timedelta(minutes=10)
"""Between two looks at Today this far apart, things have happened that are new to him."""

_hasher = PasswordHasher()

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$rNUH84Ib6CZFrbSDumGm0Q$vwcgjuS1WdVFBVFgpNM+xSlipMznz89Y7t9V6vPakN0"
"""The hash of nobody's password, checked for an unknown address, so that a wrong name takes as long as a
wrong password. Made with this library's defaults, as every hash here is; making it at each start costs 0.2 s.
"""


def fingerprint(token: str) -> str:
    """What is stored of a secret token: enough to recognise it, useless to a thief of the database."""
    return hashlib.sha256(token.encode()).hexdigest()


class Account(Base):
    """Someone who signs in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_before_at: Mapped[datetime | None]
    single_keys: Mapped[bool] = mapped_column(default=True)
    role: Mapped[Role] = mapped_column(Word(Role), default=Role.OWNER)

    @classmethod
    def create(cls, email: str, name: str, password: str, now: datetime) -> Account:
        account = cls(
            email=email.strip().lower(), name=name, password_hash=_hasher.hash(password), created_at=now
        )
        db.session.add(account)
        return account

    @classmethod
    def with_password(cls, email: str, password: str) -> Account | None:
        """The account this pair opens, in the same time whether or not the address exists."""
        account = db.session.scalar(sa.select(cls).where(cls.email == email.strip().lower()))
        try:
            _hasher.verify(account.password_hash if account else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return account

    @classmethod
    def owner(cls) -> Account | None:
        """The first account: the one the owner made."""
        return db.session.scalar(sa.select(cls).order_by(cls.id).limit(1))

    def look(self, now: datetime) -> None:
        """He opens Today. After a while away, what is new to him is what happened since he last did."""
        if self.looked_at is None or now - self.looked_at > A_WHILE:
            self.looked_before_at = self.looked_at
        self.looked_at = now

    def set_password(self, password: str) -> None:
        self.password_hash = _hasher.hash(password)

    def sign_out_elsewhere(self, this_sign_in_id: int, now: datetime) -> None:
        """End every sign-in of theirs but this one."""
        others = (SignIn.account_id == self.id, SignIn.id != this_sign_in_id, SignIn.ended_at.is_(None))
        db.session.execute(sa.update(SignIn).where(*others).values(ended_at=now))


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token; the row can be revoked (R21)."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def start(cls, account: Account, now: datetime) -> str:
        """Sign this account in; returns the token for the cookie, which is kept nowhere else."""
        token = secrets.token_urlsafe(32)
        db.session.add(cls(token_hash=fingerprint(token), account_id=account.id, created_at=now, seen_at=now))
        return token

    @classmethod
    def of(cls, token: str, now: datetime) -> SignIn | None:
        """The open sign-in of this token, unless it ended, sat idle or grew too old.

        The practice comes along: whoever asks who signed in is about to need it.
        """
        asked = {"hash": fingerprint(token), "seen_after": now - IDLE, "began_after": now - ABSOLUTE}
        found = db.session.execute(OPEN, asked).one_or_none()
        if found and found.Practice:
            found.Practice.keep()
        return found.SignIn if found else None

    def end(self, now: datetime) -> None:
        self.ended_at = self.ended_at or now


OPEN = (
    sa.select(SignIn, Practice)
    .outerjoin(Practice, Practice.id == 1)
    .where(
        SignIn.token_hash == sa.bindparam("hash"),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > instant("seen_after"),
        SignIn.created_at > instant("began_after"),
    )
)


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
                cls.created_at > now - LINK_LIFE,
            )
            .with_for_update()
        )

    def use(self, now: datetime) -> None:
        self.used_at = now


class FailedSignIn(Base):
    """A wrong pair, remembered for five minutes, so that guessing is slow (R22)."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Keyed(), index=True)
    client_key: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def note(cls, email: str, client_key: str, now: datetime) -> None:
        db.session.execute(sa.delete(cls).where(cls.at <= now - GUESS_WINDOW))
        db.session.add(cls(email=email.strip().lower(), client_key=client_key, at=now))

    @classmethod
    def too_many(cls, email: str, client_key: str, now: datetime) -> bool:
        """Whether this address or this place has guessed wrong ten times lately."""
        lately = sa.select(sa.func.count(cls.id)).where(cls.at > now - GUESS_WINDOW)
        by_email = lately.where(cls.email == email.strip().lower())
        by_client = lately.where(cls.client_key == client_key)
        return any((db.session.scalar(each) or 0) >= MOST_GUESSES for each in (by_email, by_client))

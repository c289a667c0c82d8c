"""Who signs in, and on which browser."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from crm.db import Base, Word, db, instant
from crm.models.practice import Practice
from crm.rules.roles import TAKE_CLIENTS, Role
from crm.sealed import Sealed

IDLE = timedelta(minutes=30)
"""A browser left alone this long is signed out (RELIABILITY.md, R21)."""
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=10)
"""For so long after a password or a passkey nobody is asked again whether it is them."""
REMEMBERED = timedelta(days=90)
"""A sign-in that ended is forgotten after this."""
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


class LastOwner(Exception):  # noqa: N818 - a fact, not an error
    """Nobody would own the practice any more."""


class Account(Base):
    """Someone who signs in."""

    __tablename__ = "account"
    __table_args__ = (
        sa.CheckConstraint(
            "totp_confirmed_at IS NULL OR totp_secret IS NOT NULL", name="what_is_confirmed_is_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_before_at: Mapped[datetime | None]
    single_keys: Mapped[bool] = mapped_column(default=True)
    role: Mapped[Role] = mapped_column(Word(Role), default=Role.OWNER)
    deactivated_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(Sealed("account.totp_secret"))
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    handle: Mapped[str | None] = mapped_column(unique=True)

    @classmethod
    def create(cls, email: str, name: str, password: str, now: datetime, role: Role = Role.OWNER) -> Account:
        account = cls(
            email=email.strip().lower(), name=name, password_hash=_hasher.hash(password), created_at=now
        )
        account.role = role
        db.session.add(account)
        return account

    @classmethod
    def with_password(cls, email: str, password: str) -> Account | None:
        """The account this pair opens, in the same time whether or not the address exists."""
        account = cls.with_address(email)
        try:
            _hasher.verify(account.password_hash if account else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return account

    @classmethod
    def with_address(cls, email: str) -> Account | None:
        """Who signs in with this address and may."""
        theirs = cls.email == email.strip().lower()
        return db.session.scalar(sa.select(cls).where(theirs, cls.deactivated_at.is_(None)))

    @classmethod
    def owner(cls) -> Account | None:
        """The first of those who own the practice: whom notices go to."""
        return db.session.scalar(cls.owners().limit(1))

    @classmethod
    def owners(cls) -> sa.Select[Account]:
        """Who owns the practice and may sign in. Somebody always does."""
        return sa.select(cls).where(cls.role == Role.OWNER, cls.deactivated_at.is_(None)).order_by(cls.id)

    @classmethod
    def who_take_clients(cls) -> sa.Select[Account]:
        """With whom somebody may have a place, and who may sign in."""
        theirs = (cls.role.in_(TAKE_CLIENTS), cls.deactivated_at.is_(None))
        return sa.select(cls).where(*theirs).order_by(cls.id)

    @classmethod
    def alone(cls, account_id: int) -> Account:
        """This account, for this transaction alone, and all owners with it: so the last one stays."""
        owners = cls.owners().with_for_update().execution_options(populate_existing=True)
        db.session.scalars(owners).all()
        return db.session.get_one(cls, account_id, with_for_update=True, populate_existing=True)

    def look(self, now: datetime) -> None:
        """He opens Today. After a while away, what is new to him is what happened since he last did."""
        if self.looked_at is None or now - self.looked_at > A_WHILE:
            self.looked_before_at = self.looked_at
        self.looked_at = now

    @property
    def is_last_owner(self) -> bool:
        """Whether the practice would have no owner without them. True only where it was loaded `alone`."""
        others = Account.owners().where(Account.id != self.id).with_only_columns(Account.id).limit(1)
        return self.role is Role.OWNER and self.deactivated_at is None and db.session.scalar(others) is None

    def become(self, role: Role) -> None:
        """Raises LastOwner where nobody would own the practice any more."""
        if role is not Role.OWNER and self.is_last_owner:
            raise LastOwner
        self.role = role

    def deactivate(self, now: datetime) -> None:
        """They can't sign in any more, and every sign-in of theirs ends. Raises LastOwner."""
        if self.is_last_owner:
            raise LastOwner
        self.deactivated_at = self.deactivated_at or now
        self.sign_out(now)

    def reactivate(self) -> None:
        self.deactivated_at = None

    def set_password(self, password: str) -> None:
        self.password_hash = _hasher.hash(password)

    def sign_out_elsewhere(self, this_sign_in_id: int, now: datetime) -> None:
        """End every sign-in of theirs but this one."""
        self.sign_out(now, SignIn.id != this_sign_in_id)

    def sign_out(self, now: datetime, *which: sa.ColumnElement[bool]) -> None:
        """End their sign-ins, or those of them that are meant."""
        theirs = (SignIn.account_id == self.id, SignIn.ended_at.is_(None), *which)
        db.session.execute(sa.update(SignIn).where(*theirs).values(ended_at=now))


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token; the row can be revoked (R21).

    Of where it is nothing is kept but a few words for its owner to know it by, such as "Firefox on Windows".
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def start(cls, account: Account, now: datetime, browser: str = "") -> str:
        """Sign this account in; returns the token for the cookie, which is kept nowhere else."""
        token, known = secrets.token_urlsafe(32), cls.account_id == account.id
        db.session.execute(sa.delete(cls).where(known, cls.seen_at <= now - REMEMBERED))
        began = cls(token_hash=fingerprint(token), account_id=account.id, browser=browser)
        began.created_at = began.seen_at = began.proved_at = now
        db.session.add(began)
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

    @classmethod
    def open_of(cls, account_id: int, now: datetime) -> sa.Select[SignIn]:
        """Where somebody is signed in, the browser used last first."""
        alive = (cls.ended_at.is_(None), cls.seen_at > now - IDLE, cls.created_at > now - ABSOLUTE)
        return sa.select(cls).where(cls.account_id == account_id, *alive).order_by(cls.seen_at.desc(), cls.id)

    def is_fresh(self, now: datetime) -> bool:
        """Whether they showed lately that it is them (crm.web.again)."""
        return now - self.proved_at < FRESH

    def prove(self, now: datetime) -> str:
        """They showed that it is them. Returns a new token: the one from before opens nothing any more."""
        self.proved_at = now
        return self.renew()

    def renew(self) -> str:
        token = secrets.token_urlsafe(32)
        self.token_hash = fingerprint(token)
        return token

    def end(self, now: datetime) -> None:
        self.ended_at = self.ended_at or now


OPEN = (
    sa.select(SignIn, Practice)
    .join(SignIn.account)
    .options(contains_eager(SignIn.account))
    .outerjoin(Practice, Practice.id == 1)
    .where(
        SignIn.token_hash == sa.bindparam("hash"),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > instant("seen_after"),
        SignIn.created_at > instant("began_after"),
        Account.deactivated_at.is_(None),
    )
)

"""The second step of signing in: codes of an app (RFC 6238), and ten codes for the day the phone is gone."""

from __future__ import annotations

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.models.account import Account, SignIn, fingerprint
from crm.models.passkey import Passkey
from crm.models.practice import Practice

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
NEARBY = (0, -1, 1)
"""A clock may be half a minute off (RFC 6238 5.2)."""
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Thirty characters that nobody takes for another."""
LENGTH = 24
"""117 bits: so many that a plain hash keeps them (ASVS 6.5.2 wants a slow one below 112)."""


class RecoveryCode(Base):
    """One of ten, shown once and good once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def unused(cls, account_id: int) -> sa.Select[RecoveryCode]:
        return sa.select(cls).where(cls.account_id == account_id, cls.used_at.is_(None)).order_by(cls.id)

    @classmethod
    def are_left(cls, account_id: int) -> int:
        return (
            db.session.scalar(cls.unused(account_id).with_only_columns(sa.func.count()).order_by(None)) or 0
        )

    @classmethod
    def give(cls, account_id: int, now: datetime) -> list[str]:
        """Ten as they are shown; only hashes are kept, and earlier ones are worth nothing any more."""
        cls.forget(account_id)
        codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
        kept = (cls(account_id=account_id, code_hash=fingerprint(code), created_at=now) for code in codes)
        db.session.add_all(kept)
        return ["-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in codes]

    @classmethod
    def use(cls, account_id: int, typed: str, now: datetime) -> bool:
        """Whether it is one of theirs and was not used before: of two at once one wins."""
        code = "".join(each for each in typed.lower() if each in ALPHABET)
        this = (cls.account_id == account_id, cls.code_hash == fingerprint(code), cls.used_at.is_(None))
        once = sa.update(cls).where(*this).values(used_at=now)
        return db.session.scalar(once.returning(cls.id)) is not None

    @classmethod
    def forget(cls, account_id: int) -> None:
        db.session.execute(sa.delete(cls).where(cls.account_id == account_id))


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(account: Account, issuer: str) -> str:
    """What the picture says to an authenticator app."""
    return pyotp.TOTP(account.totp_secret or "").provisioning_uri(name=account.email, issuer_name=issuer)


def accept_code(account: Account, typed: str, now: datetime) -> bool:
    """Whether this is the app's code of now, and was not used before: each step of time counts once."""
    step = next(_steps(account, typed, now), None)
    if step is None:
        return False
    not_used = sa.or_(Account.totp_step.is_(None), Account.totp_step < step)
    once = sa.update(Account).where(Account.id == account.id, not_used).values(totp_step=step)
    return db.session.scalar(once.returning(Account.id)) is not None


def has_second_step(account: Account) -> bool:
    """Whether the password alone does not let them in."""
    return account.totp_confirmed_at is not None or Passkey.some_of(account.id)


def owes_second_step(sign_in: SignIn, practice: Practice) -> bool:
    """Whether this sign-in opens nothing but the way to one: everybody must have it, and they have none."""
    since = practice.second_step_since
    return since is not None and sign_in.created_at > since and not has_second_step(sign_in.account)


def with_password_alone() -> sa.Select[Account]:
    """Who may sign in, and does so without a second step."""
    has_passkey = sa.exists().where(Passkey.account_id == Account.id)
    alone = (Account.deactivated_at.is_(None), Account.totp_confirmed_at.is_(None), ~has_passkey)
    return sa.select(Account).where(*alone).order_by(Account.id)


def turn_off(account: Account) -> None:
    """No app, no passkeys, no codes: the password is enough again."""
    account.totp_secret = account.totp_confirmed_at = account.totp_step = None
    db.session.execute(sa.delete(Passkey).where(Passkey.account_id == account.id))
    RecoveryCode.forget(account.id)


def _steps(account: Account, typed: str, now: datetime) -> Iterator[int]:
    """The steps of time whose code this is."""
    if account.totp_secret is None:
        return
    totp, here = pyotp.TOTP(account.totp_secret), int(now.timestamp()) // SECONDS
    code = "".join(each for each in typed if each.isascii() and each.isdigit())
    for step in (here + away for away in NEARBY):
        if compare_digest(totp.generate_otp(step), code):
            yield step

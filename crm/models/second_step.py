"""The second step of signing in: codes of an app (RFC 6238), and ten codes for the day the phone is gone."""

from __future__ import annotations

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.models.account import Account
from crm.models.passkey import Passkey

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
NEARBY = (0, -1, 1)
"""A clock may be half a minute off (RFC 6238 5.2)."""
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Thirty characters that nobody takes for another; twelve of them are 58 bits."""

_hasher = PasswordHasher()


class RecoveryCode(Base):
    """One of ten, shown once and good once. Hashed like a password, having under 112 bits (ASVS 6.5.2)."""

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
    def give(cls, account_id: int, codes: list[tuple[str, str]], now: datetime) -> None:
        """Keep the hashes of `make_codes`; earlier codes are worth nothing any more."""
        db.session.execute(sa.delete(cls).where(cls.account_id == account_id))
        db.session.add_all(cls(account_id=account_id, code_hash=kept, created_at=now) for _, kept in codes)

    @classmethod
    def matching(cls, account_id: int, typed: str) -> int | None:
        """The id of the unused code that was typed. Slow, so not within a transaction."""
        code, known = _tidy(typed), db.session.scalars(cls.unused(account_id)).all()
        return next((each.id for each in known if _fits(each, code)), None) if code else None

    @classmethod
    def use(cls, code_id: int, now: datetime) -> bool:
        """Whether it was not used before: of two at once one wins."""
        once = sa.update(cls).where(cls.id == code_id, cls.used_at.is_(None)).values(used_at=now)
        return db.session.scalar(once.returning(cls.id)) is not None


def make_codes() -> list[tuple[str, str]]:
    """Ten codes as they are shown, each with what is kept of it. Slow, so not within a transaction."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    return [("-".join((code[:4], code[4:8], code[8:])), _hasher.hash(code)) for code in codes]


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


def turn_off(account: Account) -> None:
    """No app, no passkeys, no codes: the password is enough again."""
    account.totp_secret = account.totp_confirmed_at = account.totp_step = None
    for model in (Passkey, RecoveryCode):
        db.session.execute(sa.delete(model).where(model.account_id == account.id))


def _steps(account: Account, typed: str, now: datetime) -> Iterator[int]:
    """The steps of time whose code this is."""
    if account.totp_secret is None:
        return
    totp, here = pyotp.TOTP(account.totp_secret), int(now.timestamp()) // SECONDS
    code = "".join(each for each in typed if each.isascii() and each.isdigit())
    for step in (here + away for away in NEARBY):
        if compare_digest(totp.generate_otp(step), code):
            yield step


def _fits(kept: RecoveryCode, code: str) -> bool:
    try:
        return _hasher.verify(kept.code_hash, code)
    except (VerificationError, InvalidHashError):
        return False


def _tidy(typed: str) -> str:
    return "".join(each for each in typed.lower() if each in ALPHABET)

"""A program of the owner's that wants to be told what happens here."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word
from crm.rules.dispatches import FAILED_FOR, DispatchKind, OffReason, Wants
from crm.sealed import Sealed

BEGINNING = "whsec_"
BOTH_SIGN = timedelta(hours=24)
"""So long the secret before it signs, too: Standard Webhooks wants a change without a gap."""


class Listener(Base):
    """Its address, what it wants to know, and how it fares.

    It hears nothing while it is paused, and after it was switched off; what happens meanwhile waits.
    `failing_since`: the first of the failures in a row that still go on. `rest_until`: it asked for that.
    """

    __tablename__ = "listener"
    __table_args__ = (
        sa.CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", name="off_has_reason"),
        sa.CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    tells: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    with_contact: Mapped[bool] = mapped_column(default=False)
    with_words: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str] = mapped_column(Sealed("listener.secret"))
    old_secret: Mapped[str | None] = mapped_column(Sealed("listener.old_secret"))
    old_secret_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_reason: Mapped[OffReason | None] = mapped_column(Word(OffReason))
    removed_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]

    @classmethod
    def all(cls) -> sa.Select[Listener]:
        """Those that are not taken away, by the alphabet."""
        return sa.select(cls).where(cls.removed_at.is_(None)).order_by(cls.name, cls.id)

    @classmethod
    def switched_off(cls) -> sa.Select[Listener]:
        """Those that hear nothing any more, and the owner has not said yet what is to become of them."""
        return cls.all().where(cls.off_at.is_not(None), cls.paused_at.is_(None))

    @property
    def wants(self) -> Wants:
        return Wants(contact=self.with_contact, words=self.with_words)

    @property
    def is_on(self) -> bool:
        return self.paused_at is None and self.off_at is None and self.removed_at is None

    def wants_to_hear(self, kind: DispatchKind) -> bool:
        return kind in self.tells

    def give_secret(self) -> str:
        """A first one. The bytes are as many as the specification asks for, 24 to 64."""
        self.secret = _fresh_secret()
        return self.secret

    def change_secret(self, now: datetime) -> str:
        """Another one. The one before it signs beside it for a day, so that nothing is refused meanwhile."""
        self.old_secret, self.old_secret_until = self.secret, now + BOTH_SIGN
        return self.give_secret()

    def secrets_at(self, now: datetime) -> list[str]:
        """Those that sign now, the newest first."""
        if self.old_secret and self.old_secret_until and now < self.old_secret_until:
            return [self.secret, self.old_secret]
        return [self.secret]

    def pause(self, now: datetime) -> None:
        self.paused_at = self.paused_at or now

    def resume(self) -> None:
        """Told again, and not held to what failed before."""
        self.paused_at = self.off_at = self.off_reason = self.failing_since = self.rest_until = None

    def remove(self, now: datetime) -> None:
        self.removed_at = self.removed_at or now

    def bring_back(self) -> None:
        self.removed_at = None

    def answered(self, now: datetime) -> None:
        """It took something: whatever was wrong is over."""
        self.delivered_at, self.failing_since, self.rest_until = now, None, None

    def failed(self, now: datetime) -> None:
        """It did not. After days of that and nothing else it is told nothing any more."""
        self.failing_since = self.failing_since or now
        if now - self.failing_since >= FAILED_FOR:
            self.switch_off(OffReason.FAILING, now)

    def rest(self, until: datetime) -> None:
        """It asked to be left alone until then."""
        self.rest_until = max(until, self.rest_until or until)

    def switch_off(self, reason: OffReason, now: datetime) -> None:
        if self.off_at is None:
            self.off_at, self.off_reason = now, reason


def _fresh_secret() -> str:
    return BEGINNING + base64.b64encode(secrets.token_bytes(32)).decode()

"""A mail provider that hands over what comes in, and what it handed over: kept before anything can fail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.rules.providers import ParcelState, ProviderKind
from crm.sealed import Sealed, SealedBytes

WAITS = "state = 'waiting'"
UNKNOWN = "state = 'unknown'"


class MailProvider(Base):
    """One provider. Its token stands in the address it posts to and is kept as a keyed hash only.

    `signing_secret` is Mailgun's key, `topic` the one SNS topic that was confirmed first.
    """

    __tablename__ = "mail_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ProviderKind] = mapped_column(Word(ProviderKind), unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_end: Mapped[str]
    signing_secret: Mapped[str] = mapped_column(Sealed("mail_provider.signing_secret"), default="")
    topic: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_called: Mapped[str] = mapped_column(default="")
    trouble: Mapped[str] = mapped_column(default="")

    @classmethod
    def of(cls, token_hash: str) -> MailProvider | None:
        """Whose token this is, unless it is closed."""
        return db.session.scalar(sa.select(cls).where(cls.token_hash == token_hash, cls.closed_at.is_(None)))

    @classmethod
    def all(cls) -> sa.Select[MailProvider]:
        return sa.select(cls).order_by(cls.kind)

    @classmethod
    def any_open(cls) -> bool:
        return db.session.scalar(sa.select(cls.id).where(cls.closed_at.is_(None)).limit(1)) is not None

    def give_token(self, token: str, token_hash: str) -> None:
        """A fresh token, by which it is open again; the one before opens nothing any more."""
        self.token_hash, self.token_end, self.closed_at = token_hash, token[-4:], None

    def close(self, now: datetime) -> None:
        self.closed_at = self.closed_at or now

    def told(self, called: str, now: datetime) -> None:
        """It handed something over that was truly from it."""
        self.last_at, self.last_called, self.trouble = now, called, ""


class MailParcel(Base):
    """One thing that was handed over: a mail, or a report made into one.

    `key` is the provider's own name for it, `nonce` what a signature is good for once. Once taken, its bytes
    are those of an Incoming.
    """

    __tablename__ = "mail_parcel"
    __table_args__ = (
        sa.UniqueConstraint("provider_id", "key"),
        sa.Index("ix_mail_parcel_nonce", "provider_id", "nonce"),
        sa.Index(
            "ix_mail_parcel_waiting", "id", sqlite_where=sa.text(WAITS), postgresql_where=sa.text(WAITS)
        ),
        sa.Index(
            "ix_mail_parcel_unknown", "id", sqlite_where=sa.text(UNKNOWN), postgresql_where=sa.text(UNKNOWN)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("mail_provider.id", ondelete="CASCADE"))
    key: Mapped[str]
    nonce: Mapped[str] = mapped_column(default="")
    called: Mapped[str] = mapped_column(default="")
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[ParcelState] = mapped_column(Word(ParcelState))
    raw: Mapped[bytes] = mapped_column(SealedBytes("mail_parcel.raw"))

    provider: Mapped[MailProvider] = relationship()

    @classmethod
    def waiting(cls) -> sa.Select[MailParcel]:
        """What is still to be read, the oldest first."""
        return sa.select(cls).where(sa.text(WAITS)).order_by(cls.id)

    @classmethod
    def unknown(cls) -> sa.Select[MailParcel]:
        """What nobody here knows what to make of, the newest first."""
        return sa.select(cls).where(sa.text(UNKNOWN)).order_by(cls.id.desc())

    @classmethod
    def came(cls, provider_id: int, key: str) -> MailParcel | None:
        return db.session.scalar(sa.select(cls).where(cls.provider_id == provider_id, cls.key == key))

    @classmethod
    def keys_of(cls, provider_id: int, nonce: str) -> set[str]:
        """What has come under this signature already."""
        of_it = sa.select(cls.key).where(cls.provider_id == provider_id, cls.nonce == nonce)
        return set(db.session.scalars(of_it))

    @classmethod
    def take(cls, parcel_id: int) -> bool:
        """Whether it is this transaction's to act upon. It need not be kept here as well then."""
        taken = (
            sa.update(cls)
            .where(cls.id == parcel_id, sa.text(WAITS))
            .values(state=ParcelState.TAKEN, raw=b"")
            .execution_options(synchronize_session=False)
        )
        return bool(db.session.execute(taken).rowcount)  # type: ignore[attr-defined]

    @classmethod
    def see_all(cls) -> None:
        """The owner has looked at what nobody knows."""
        seen = sa.update(cls).where(sa.text(UNKNOWN)).values(state=ParcelState.SEEN, raw=b"")
        db.session.execute(seen.execution_options(synchronize_session=False))

    @classmethod
    def prune(cls, before: datetime) -> None:
        """Older than any provider tries for, and than mail is kept: forgotten, but for what still waits."""
        gone = sa.delete(cls).where(cls.arrived_at < before, cls.state != ParcelState.WAITING)
        db.session.execute(gone.execution_options(synchronize_session=False))

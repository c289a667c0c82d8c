"""The mailbox that is read, how far each of its folders has been, and who reads it now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, Word, db
from crm.rules.arrivals import Role

T = TypeVar("T")
LEASE = timedelta(minutes=3)
"""How long nobody else reads once somebody does: above every wait for one answer. Each mail renews it."""
RENEWED_AFTER = LEASE / 6


class Overtaken(Exception):  # noqa: N818 - a fact, not an error
    """Somebody else has read this mail meanwhile, or the folder is another one by now."""


class MailAccount(Base):
    """One mailbox. `account` names it, so that another one in its place begins anew."""

    __tablename__ = "mail_account"
    __table_args__ = (
        sa.CheckConstraint("(failing_since IS NULL) = (failure IS NULL)", name="a_failure_has_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(unique=True)
    began_at: Mapped[datetime]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failure: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    not_let_in: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def called(cls, account: str, now: datetime) -> MailAccount:
        """Its row, made if need be: what came before this moment is not ours to act upon."""
        known = db.session.scalar(sa.select(cls).where(cls.account == account))
        if known is not None:
            return known
        try:
            with db.session.begin_nested():
                db.session.add(made := cls(account=account, began_at=now))
        except sa.exc.IntegrityError:
            return db.session.scalars(sa.select(cls).where(cls.account == account)).one()
        return made

    @classmethod
    def trouble(cls, column: sa.orm.InstrumentedAttribute[T]) -> sa.ScalarSelect[T]:
        """What is known of the mailbox that was to be read last and cannot be, within another statement."""
        failing = sa.select(column).where(cls.failing_since.is_not(None))
        return failing.order_by(cls.id.desc()).limit(1).scalar_subquery()

    @classmethod
    def last_read(cls) -> datetime | None:
        """When a mailbox was read last; None where none is."""
        return db.session.scalar(sa.select(sa.func.max(cls.read_at)))

    @property
    def username(self) -> str:
        """Who signs in; with many providers that is an address of ours."""
        return self.account.rpartition("@")[0]

    def lend(self, token: str, now: datetime) -> bool:
        """Whether this reader may read now: nobody else does, or it is the one; and it need not wait."""
        free = sa.or_(
            MailAccount.lease_until.is_(None), MailAccount.lease_until < now, MailAccount.lease_token == token
        )
        may_try = sa.or_(MailAccount.retry_at.is_(None), MailAccount.retry_at <= now)
        taken = sa.update(MailAccount).where(MailAccount.id == self.id, free, may_try)
        lent = db.session.execute(taken.values(lease_token=token, lease_until=now + LEASE))
        return bool(lent.rowcount)  # type: ignore[attr-defined]

    @classmethod
    def hold(cls, account_id: int, token: str, now: datetime) -> None:
        """Still this reader's. Raises Overtaken where it has taken so long that another one reads."""
        mine = sa.update(cls).where(cls.id == account_id, cls.lease_token == token)
        if not db.session.execute(mine.values(lease_until=now + LEASE)).rowcount:  # type: ignore[attr-defined]
            raise Overtaken

    def take_back(self, token: str) -> None:
        """It reads no more, so that the next one need not wait."""
        if self.lease_token == token:
            self.lease_token = self.lease_until = None

    @classmethod
    def forget_troubles(cls, but_of: str | None = None) -> None:
        """Of mailboxes that nobody wants read any more."""
        told = sa.or_(cls.failing_since.is_not(None), cls.read_at.is_not(None))
        others = sa.update(cls).where(told, cls.account != (but_of or ""))
        nothing = {"failing_since": None, "failure": None, "not_let_in": False, "read_at": None}
        db.session.execute(others.values(nothing))

    def was_read(self, now: datetime) -> None:
        self.read_at, self.failing_since, self.failure, self.not_let_in = now, None, None, False
        self.failures, self.retry_at = 0, None

    def failed(self, failure: str, retry_at: datetime, now: datetime, *, not_let_in: bool) -> None:
        """It could not be read, and is left alone until `retry_at`: a wrong password must not lock it."""
        self.failing_since = self.failing_since or now
        self.failure, self.not_let_in = failure, not_let_in
        self.failures, self.retry_at = self.failures + 1, retry_at

    def try_again(self) -> None:
        """The owner says that it is mended."""
        self.retry_at = None


class MailFolder(Base):
    """How far one folder has been read. Its position moves by compare-and-set, in the mail's own transaction.

    `resync_until`: up to this UID the mails may be old ones under new numbers. `stuck_at`: where reading
    broke off, and how many times there. `went_back`: how many times the server gave numbers anew though it
    said that they were the same ones, as after a backup was put back.
    """

    __tablename__ = "mail_folder"
    __table_args__ = (sa.UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("mail_account.id", ondelete="CASCADE"))
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    began_at: Mapped[datetime]
    uid_validity: Mapped[int] = mapped_column(sa.BigInteger)
    last_uid: Mapped[int] = mapped_column(sa.BigInteger)
    went_back: Mapped[int] = mapped_column(default=0)
    resync_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    stuck_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    stuck_times: Mapped[int] = mapped_column(default=0)

    @classmethod
    def of(cls, account_id: int, name: str) -> MailFolder | None:
        return db.session.scalar(sa.select(cls).where(cls.account_id == account_id, cls.name == name))

    @classmethod
    def opened(cls, account_id: int, name: str, role: Role, now: datetime) -> MailFolder:
        """Its row, made if need be: for a folder that has no numbers but our own."""
        if known := cls.of(account_id, name):
            return known
        made = cls(account_id=account_id, name=name, role=role, began_at=now, uid_validity=0, last_uid=0)
        try:
            with db.session.begin_nested():
                db.session.add(made)
        except sa.exc.IntegrityError:
            known = cls.of(account_id, name)
            assert known is not None  # noqa: S101 - the constraint has just said that it exists
            return known
        return made

    @property
    def is_resyncing(self) -> bool:
        return self.resync_until is not None and self.last_uid < self.resync_until

    @property
    def numbering(self) -> int:
        """Within it a UID names one mail. UIDVALIDITY has 32 bits (RFC 9051 2.3.1.1)."""
        return self.uid_validity + (self.went_back << 32)

    def renumber(self, uid_validity: int, highest: int) -> None:
        """The server numbers its mails anew: they are told apart by what they are until all are known."""
        self.uid_validity, self.last_uid, self.resync_until = uid_validity, 0, highest
        self.stuck_at, self.stuck_times = None, 0

    def go_back(self, highest: int) -> None:
        """The next UID is one that was given before: the server is an older copy of itself."""
        self.went_back += 1
        self.renumber(self.uid_validity, highest)

    def move_on(self, uid: int) -> None:
        """This mail is dealt with. Raises Overtaken where somebody else has come so far, or further."""
        moved = (
            sa.update(MailFolder)
            .where(
                MailFolder.id == self.id,
                MailFolder.uid_validity == self.uid_validity,
                MailFolder.went_back == self.went_back,
                MailFolder.last_uid < uid,
            )
            .values(last_uid=uid, stuck_at=None, stuck_times=0)
        )
        if not db.session.execute(moved).rowcount:  # type: ignore[attr-defined]
            raise Overtaken

    def broke_off_at(self, uid: int) -> int:
        """Reading this one ended the connection. How many times in a row that was."""
        self.stuck_times = self.stuck_times + 1 if self.stuck_at == uid else 1
        self.stuck_at = uid
        return self.stuck_times

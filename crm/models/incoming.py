"""One mail that came in: which it is, what it was taken for, whose it is; and, for a while, its bytes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.rules.arrivals import FoundBy, Role
from crm.rules.verdicts import Kind
from crm.sealed import Sealed, SealedBytes, SealedJson

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.inbound import Reply
    from crm.models.lead import Lead
    from crm.models.mailbox import MailFolder
    from crm.models.message import Message

FOR_THE_TRAY = "settled_at IS NULL AND for_tray"


class Incoming(Base):
    """Each mail once (R33): by its place on the server, and by what it is wherever it lies.

    `kind` is empty until it was understood; then `tries` failed. `for_tray`: the owner has to say whose it is
    or to look at it. `said` is what there was to read, without what it quotes, which is `folded`; `wishes`
    what it asks for; `attachments` what came along, by name, type and size.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        sa.UniqueConstraint("folder_id", "uid_validity", "uid"),
        sa.UniqueConstraint("account_id", "fingerprint"),
        sa.Index(
            "ix_incoming_tray",
            "id",
            sqlite_where=sa.text(FOR_THE_TRAY),
            postgresql_where=sa.text(FOR_THE_TRAY),
        ),
        sa.Index(
            "ix_incoming_not_understood",
            "id",
            sqlite_where=sa.text("kind IS NULL AND quarantined_at IS NULL"),
            postgresql_where=sa.text("kind IS NULL AND quarantined_at IS NULL"),
        ),
        sa.CheckConstraint("(kind IS NULL) = (handled_at IS NULL)", name="what_is_handled_is_known"),
        sa.CheckConstraint("(lead_id IS NULL) = (found_by IS NULL)", name="whose_says_how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("mail_account.id", ondelete="CASCADE"))
    folder_id: Mapped[int] = mapped_column(sa.ForeignKey("mail_folder.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(Word(Role))
    uid_validity: Mapped[int] = mapped_column(sa.BigInteger)
    uid: Mapped[int] = mapped_column(sa.BigInteger)
    fingerprint: Mapped[str]
    arrived_at: Mapped[datetime]
    read_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    is_cut: Mapped[bool] = mapped_column(default=False)

    kind: Mapped[Kind | None] = mapped_column(Word(Kind))
    reason: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    quarantined_at: Mapped[datetime | None]

    message_id: Mapped[str] = mapped_column(default="", index=True)
    in_reply_to: Mapped[str] = mapped_column(default="", index=True)
    sender: Mapped[str] = mapped_column(Sealed("incoming.sender"), default="")
    subject: Mapped[str] = mapped_column(Sealed("incoming.subject"), default="")
    said: Mapped[str] = mapped_column(Sealed("incoming.said"), default="")
    folded: Mapped[str] = mapped_column(Sealed("incoming.folded"), default="")
    wishes: Mapped[list[dict[str, Any]]] = mapped_column(SealedJson("incoming.wishes", list), default=list)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(
        SealedJson("incoming.attachments", list), default=list
    )
    returns_on: Mapped[date | None]

    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lead.id"), index=True)
    found_by: Mapped[FoundBy | None] = mapped_column(Word(FoundBy))
    others: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    answers_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reply.id"), unique=True)
    for_tray: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]

    folder: Mapped[MailFolder] = relationship()
    lead: Mapped[Lead | None] = relationship()
    answers: Mapped[Message | None] = relationship()
    reply: Mapped[Reply | None] = relationship(back_populates="mail")

    @classmethod
    def tray(cls) -> Select[Incoming]:
        """What waits for the owner's word, the oldest first."""
        return sa.select(cls).where(sa.text(FOR_THE_TRAY)).order_by(cls.id)

    @classmethod
    def not_understood(cls) -> Select[Incoming]:
        """What could not be understood at the first try, and is tried once more."""
        waits = (cls.kind.is_(None), cls.quarantined_at.is_(None))
        return sa.select(cls).where(*waits).order_by(cls.id)

    @classmethod
    def give_up_on(cls, read_before: datetime, now: datetime) -> None:
        """What nobody has tried once more for so long is left to the owner."""
        for each in db.session.scalars(cls.not_understood().where(cls.read_at < read_before)):
            each.quarantine(now)

    @classmethod
    def known(cls, account_id: int, fingerprints: set[str], role: Role) -> set[str]:
        """Which of these have been here before, but for what lay in Junk and lies elsewhere now."""
        found = sa.select(cls.fingerprint).where(
            cls.account_id == account_id,
            cls.fingerprint.in_(fingerprints),
            sa.or_(cls.role != Role.JUNK, cls.role == role),
        )
        return set(db.session.scalars(found))

    @classmethod
    def printed(cls, account_id: int, fingerprint: str) -> Incoming | None:
        """This very mail, if it has been here before."""
        found = sa.select(cls).where(cls.account_id == account_id, cls.fingerprint == fingerprint)
        return db.session.scalar(found)

    @classmethod
    def about(cls, message_ids: set[int], kind: Kind) -> set[int]:
        """Of which of these emails such a mail came back."""
        found = sa.select(cls.answers_id).where(cls.answers_id.in_(message_ids), cls.kind == kind)
        return {each for each in db.session.scalars(found) if each is not None}

    @classmethod
    def came_with(cls, message_id: str) -> datetime | None:
        """When a mail with this Message-ID was read."""
        return db.session.scalar(sa.select(sa.func.min(cls.read_at)).where(cls.message_id == message_id))

    def wait_for_the_owner(self) -> None:
        self.for_tray = True

    def quarantine(self, now: datetime) -> None:
        """It fails whenever it is touched: it is left alone, and the owner is told."""
        self.quarantined_at = now
        self.wait_for_the_owner()

    def lie_at(self, folder: MailFolder, uid: int) -> None:
        """The owner, or his mail program, has moved it there."""
        self.folder, self.role = folder, folder.role
        self.uid_validity, self.uid = folder.numbering, uid

    def settle(self, now: datetime) -> None:
        """The owner has dealt with it."""
        self.settled_at = now

    def belongs_to(self, lead: Lead, now: datetime) -> None:
        """The owner has said whose it is."""
        self.lead, self.found_by = lead, FoundBy.OWNER
        self.settle(now)

    def wait_again(self) -> None:
        """What the owner did with it is taken back."""
        self.settled_at = None
        if self.found_by is FoundBy.OWNER:
            self.lead, self.found_by, self.reply = None, None, None


class RawMail(Base):
    """A mail's own bytes, kept for some days in case it has to be looked at again."""

    __tablename__ = "raw_mail"

    incoming_id: Mapped[int] = mapped_column(
        sa.ForeignKey("incoming.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kept_at: Mapped[datetime] = mapped_column(index=True)
    raw: Mapped[bytes] = mapped_column(SealedBytes("raw_mail.raw"))

    @classmethod
    def came_with(cls, message_id: str) -> bytes | None:
        """The bytes of the mail with this Message-ID, while they are kept."""
        theirs = sa.select(cls.raw).join(Incoming, Incoming.id == cls.incoming_id)
        return db.session.scalar(theirs.where(Incoming.message_id == message_id).limit(1))

    @classmethod
    def prune(cls, before: datetime) -> int:
        """Forget those kept before then, unless they have still to be tried once more. Returns how many."""
        waits = Incoming.not_understood().order_by(None).with_only_columns(Incoming.id)
        gone = db.session.execute(
            sa.delete(cls)
            .where(cls.kept_at < before, cls.incoming_id.not_in(waits))
            .execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]

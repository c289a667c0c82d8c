"""A person who asked, everything they submitted, and where they stand."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.attributes import set_committed_value

from crm.db import MADE_HERE, Base, Word, db
from crm.models.alias import Alias
from crm.models.booking import Booking
from crm.models.called import Called
from crm.models.enrollment import Enrollment
from crm.models.event import Event, EventKind
from crm.models.inbound import Reply
from crm.models.inquiry import Inquiry
from crm.models.keepable import Keepable
from crm.models.merge import Merge
from crm.models.message import Message
from crm.models.note import Note, NoteKind
from crm.models.provable import Provable
from crm.models.staged import Staged
from crm.models.waitlisted import Waiting, Waitlisted
from crm.rules.addresses import normalize_email
from crm.rules.likeness import Traits, mailbox_key, name_key, phone_key
from crm.rules.sheets import FormLanguage
from crm.rules.stages import BOARD, CloseReason, Stage, reopened
from crm.rules.telling import called
from crm.sealed import Keyed, Sealed, known_as

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.account import Account
    from crm.rules.care import CareTaken


def _few(column: str) -> sa.Index:
    """The few of whom this is true at the moment."""
    here = sa.text(f"{column} IS NOT NULL")
    return sa.Index(f"ix_lead_{column}", column, sqlite_where=here, postgresql_where=here)


FEW = ("quarantined_at", "snoozed_until", "read_first_at", "erase_at", "erasure_asked_at")


class Lead(Keepable, Provable, Called, Staged, Waitlisted, Base):
    """A person who asked. `contact_key` is who they are: their normalized address, else their phone.

    Their look-alikes are found by `mailbox_key`, `phone_key` and `name_key`, which follow what they are
    made of. All of these are only looked up, and the database has their hashes. Who was merged into them has
    no row here any more, only an Alias: so nobody can write to them, list or count them. Their number is
    never given again. What stage and quarantine were before a change is always known, because other
    programs are told of it (flows/outbox).
    """

    __tablename__ = "lead"
    __table_args__ = (
        sa.Index(
            "ix_lead_waiting",
            "waiting_since",
            sqlite_where=sa.text("waiting_for IS NOT NULL"),
            postgresql_where=sa.text("waiting_for IS NOT NULL"),
        ),
        *(_few(name) for name in FEW),
        sa.Index(
            "ix_lead_stage",
            "stage",
            "stage_changed_at",
            "id",
            sqlite_where=sa.text("quarantined_at IS NULL"),
            postgresql_where=sa.text("quarantined_at IS NULL"),
        ),
        sa.Index("ix_lead_list", "stage", "id"),
        sa.Index("ix_lead_found_us_key", "found_us_key", "id"),
        sa.Index("uq_lead_reply_token", "reply_token", unique=True),
        sa.CheckConstraint("(waiting_for IS NULL) = (waiting_since IS NULL)", name="waiting_has_time"),
        sa.CheckConstraint("(stage = 'closed') = (close_reason IS NOT NULL)", name="closed_has_reason"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_key: Mapped[str] = mapped_column(Keyed(), unique=True)
    name: Mapped[str] = mapped_column(Sealed("lead.name"))
    email: Mapped[str | None] = mapped_column(Sealed("lead.email"))
    base_mailbox: Mapped[str | None] = mapped_column(Keyed(), index=True)
    phone: Mapped[str | None] = mapped_column(Sealed("lead.phone"))
    mailbox_key: Mapped[str | None] = mapped_column(Keyed(), index=True)
    phone_key: Mapped[str | None] = mapped_column(Keyed(), index=True)
    name_key: Mapped[str | None] = mapped_column(Keyed(), index=True)
    zone_name: Mapped[str | None]
    language: Mapped[FormLanguage] = mapped_column(Word(FormLanguage), default=FormLanguage.ENGLISH)
    """Of the form they came through last: their pages and the emails about their calls speak it."""
    free_times: Mapped[str] = mapped_column(Sealed("lead.free_times"), default="")
    prefers: Mapped[str] = mapped_column(Sealed("lead.prefers"), default="")
    found_us: Mapped[str] = mapped_column(Sealed("lead.found_us"), default="")
    found_us_key: Mapped[str] = mapped_column(Keyed(), default="")
    """By which those are found who gave the same answer."""
    looking_for: Mapped[str] = mapped_column(Sealed("lead.looking_for"), default="")
    line_from_you: Mapped[str] = mapped_column(Sealed("lead.line_from_you"), default="")
    created_at: Mapped[datetime]
    unsubscribe_token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    page_token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    reply_token: Mapped[str | None] = mapped_column(default=lambda: secrets.token_hex(10))
    """In small letters, because a mail server may write an address in them."""

    stage: Mapped[Stage] = mapped_column(Word(Stage), default=Stage.NEW, active_history=True)
    close_reason: Mapped[CloseReason | None] = mapped_column(Word(CloseReason))
    stage_changed_at: Mapped[datetime]
    follow_ups_wanted: Mapped[bool] = mapped_column(default=True)
    consent_at: Mapped[datetime | None]

    waiting_for: Mapped[Waiting | None] = mapped_column(Word(Waiting))
    waiting_since: Mapped[datetime | None]
    reply_by: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    read_first_at: Mapped[datetime | None]
    quarantined_at: Mapped[datetime | None] = mapped_column(active_history=True)
    quarantine_reasons: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    inquiries: Mapped[list[Inquiry]] = relationship(back_populates="lead", order_by="Inquiry.received_at")
    enrollments: Mapped[list[Enrollment]] = relationship(back_populates="lead", order_by=Enrollment.id)
    messages: Mapped[list[Message]] = relationship(back_populates="lead", order_by=Message.id)
    bookings: Mapped[list[Booking]] = relationship(back_populates="lead", order_by=Booking.starts_at)
    events: Mapped[list[Event]] = relationship(back_populates="lead", order_by=(Event.at, Event.id))
    aliases: Mapped[list[Alias]] = relationship(order_by=Alias.id)
    merges: Mapped[list[Merge]] = relationship(order_by=Merge.id)
    reminder: Mapped[Note | None] = relationship(
        primaryjoin=lambda: sa.and_(Note.lead_id == Lead.id, *Note.is_open_reminder()), viewonly=True
    )

    @validates("name", "email", "phone", "found_us")
    def _looked_up_by(self, column: str, value: str | None) -> str | None:
        match column:
            case "name":
                self.name_key = name_key(value or "")
            case "email":
                self.mailbox_key = mailbox_key(value)
            case "phone":
                self.phone_key = phone_key(value)
            case "found_us":
                self.found_us_key = value or ""
        return value

    @classmethod
    def find_or_start(cls, contact_key: str, name: str, now: datetime) -> Lead:
        """The person of this key, made if need be. Losing a race for the unique index costs a second look.

        The row is locked until the transaction ends, so that two who act on one person take turns.
        """
        is_known = db.session.connection().scalar(IS_KNOWN, {"contact_key": contact_key})
        lead = cls.with_key(contact_key) if is_known else None
        if lead := lead or cls._start(contact_key, name, now):
            return lead
        lead = cls.with_key(contact_key)
        assert lead is not None  # noqa: S101 - the index has just said that it exists
        return lead

    @classmethod
    def begin(cls, contact_key: str, name: str, now: datetime) -> Lead:
        """A new person, who is written down whole, once all is known of them.

        Whoever was faster is met then, at the unique index: to be carried out by `once_more`.
        """
        lead = cls(contact_key=contact_key, name=name, created_at=now, stage=Stage.NEW, stage_changed_at=now)
        db.session.info[MADE_HERE].add(lead)
        return lead

    @classmethod
    def _start(cls, contact_key: str, name: str, now: datetime) -> Lead | None:
        """A new person, with nothing that would have to be looked for. None where the key has one already."""
        made = {"contact_key": contact_key, "created_at": now, "stage_changed_at": now}
        made |= {"name": name, "name_key": name_key(name)}
        lead: Lead | None = db.session.scalar(START[db.engine.dialect.name], made)
        if lead is not None:
            db.session.info[MADE_HERE].add(lead)
            for each in ("inquiries", "enrollments", "messages", "bookings", "aliases", "merges"):
                set_committed_value(lead, each, [])
        return lead

    @property
    def was_made_here(self) -> bool:
        """By this very transaction: nobody else can know of them yet, so there is no turn to wait for."""
        return self in db.session.info.get(MADE_HERE, ())

    @classmethod
    def with_key(cls, contact_key: str) -> Lead | None:
        """Who is known by this key now, locked.

        Through an alias twice: while one waits for its person, they may be merged into a third. Where a
        merge is just taken apart nobody is found, and the unique index says who it is now.
        """
        own = sa.select(cls).where(cls.contact_key == contact_key).with_for_update(key_share=True)
        through = sa.select(cls).join(Alias).where(Alias.contact_key == contact_key)
        through = through.with_for_update(key_share=True)
        ways = (own, through, through)
        return next((lead for way in ways if (lead := db.session.scalar(way))), None)

    @classmethod
    def of_stop_link(cls, token: str) -> Lead | None:
        """Whom a link "Stop these emails" is about, also where it was sent to a record merged since."""
        own = sa.select(cls).where(cls.unsubscribe_token == token)
        through = sa.select(cls).join(Alias).where(Alias.unsubscribe_token == token)
        return db.session.scalar(own) or db.session.scalar(through)

    @classmethod
    def of_own_page(cls, token: str) -> Lead | None:
        """Whose page this is, also where the link was sent to a record merged since."""
        own = sa.select(cls).where(cls.page_token == token)
        through = sa.select(cls).join(Alias).where(Alias.page_token == token)
        return db.session.scalar(own) or db.session.scalar(through)

    @classmethod
    def in_stage(cls, stage: Stage) -> Select[Lead]:
        return (
            sa.select(cls)
            .where(cls.stage == stage, cls.quarantined_at.is_(None))
            .order_by(cls.stage_changed_at.desc(), cls.id.desc())
        )

    @property
    def first_name(self) -> str:
        """What to call them on screen."""
        return called(self.name)

    @property
    def wish_key(self) -> str:
        """The hash under which a wish for no more emails is kept: of their address, or of their number."""
        return known_as(normalize_email(self.email) if self.email else self.contact_key)

    @property
    def wish_keys(self) -> set[str]:
        """Every address of theirs: what they wish holds for those of merged records, too."""
        keys = (self.contact_key, *(each.contact_key for each in self.aliases))
        return {self.wish_key, *map(known_as, keys)}

    @property
    def last_merge(self) -> Merge | None:
        """The newest merge that still stands: the one that can be taken apart."""
        return next((each for each in reversed(self.merges) if each.parted_at is None), None)

    @property
    def traits(self) -> Traits:
        return Traits(self.name, self.email, self.phone)

    @property
    def enrollment(self) -> Enrollment | None:
        """The sequence they are in now."""
        return next((each for each in reversed(self.enrollments) if each.is_open), None)

    @property
    def last_enrollment(self) -> Enrollment | None:
        return self.enrollments[-1] if self.enrollments else None

    @property
    def last_inquiry(self) -> Inquiry | None:
        return self.inquiries[-1] if self.inquiries else None

    @property
    def on_the_board(self) -> bool:
        return self.stage in BOARD and self.quarantined_at is None

    def record(
        self,
        kind: EventKind,
        now: datetime,
        reason: str | None = None,
        account_id: int | None = None,
        about: Message | Inquiry | Reply | Note | None = None,
    ) -> Event:
        """Add one line to the story."""
        event = Event(lead=self, kind=kind, at=now, reason=reason, account_id=account_id)
        db.session.add(event)
        match about:
            case Message():
                event.message = about
            case Inquiry():
                event.inquiry = about
            case Reply():
                event.reply = about
            case Note():
                event.note = about
            case None:
                pass
        return event

    def wrote(self, waiting: Waiting, reply_by: datetime | None, now: datetime) -> None:
        """They wrote: they wait from now, unless they already did, and come back from wherever they were."""
        self.heard_at = now
        self.waits_for(waiting, reply_by, now)

    def waits_for(self, what: Waiting, reply_by: datetime | None, now: datetime) -> None:
        """It is the owner's turn, and they come back from wherever they were."""
        if self.waiting_for is None:
            self.waiting_since, self.reply_by = now, reply_by
        self.waiting_for, self.snoozed_until = what, None
        if reopened(self.stage) is not self.stage:
            self.stand_in(reopened(self.stage), now)

    def answered(self, now: datetime) -> None:
        """A human answered: nobody waits any more, and someone new is now contacted."""
        self.answered_at = now
        self.stop_waiting()
        if self.stage is Stage.NEW:
            self.stand_in(Stage.CONTACTED, now)

    def stop_waiting(self) -> None:
        self.waiting_for = self.waiting_since = self.reply_by = self.snoozed_until = None

    def snooze(self, until: datetime, now: datetime, account_id: int | None = None) -> None:
        """Off Today until then, or until they write."""
        self.snoozed_until = until
        self.record(EventKind.SNOOZED, now, account_id=account_id).facts = {"until": until.isoformat()}

    def read_first(self, rules: str, now: datetime) -> None:
        """Their words suggest danger, by these rules: on top, and automation waits for the owner."""
        if self.read_first_at is None:
            self.read_first_at = now
            self.record(EventKind.READ_FIRST_SET, now).facts = {"rules": rules}

    def was_cared_for(self, taken: CareTaken, by: Account, now: datetime) -> None:
        """Somebody has read it and writes down what they did: only so does a person come off the top."""
        note = None
        if taken.words:
            note = Note(
                lead_id=self.id, account_id=by.id, kind=NoteKind.NOTE, text=taken.words, created_at=now
            )
        self.read_first_at = None
        event = self.record(EventKind.READ_FIRST_CLEARED, now, taken.care, by.id, about=note)
        event.facts = {"by": by.name}

    def quarantine(self, reasons: list[str], now: datetime) -> None:
        """Looks like spam: kept, and nothing is sent until the owner decides."""
        self.quarantined_at, self.quarantine_reasons = now, reasons
        self.record(EventKind.QUARANTINED, now, reason=", ".join(reasons))

    def free(self, now: datetime, account_id: int | None = None) -> None:
        """Not spam after all."""
        self.quarantined_at, self.quarantine_reasons = None, []
        self.record(EventKind.FREED, now, account_id=account_id)


_KEY = sa.bindparam("contact_key", type_=Keyed())
IS_KNOWN = sa.select(
    sa.or_(sa.exists().where(Lead.contact_key == _KEY), sa.exists().where(Alias.contact_key == _KEY))
)
"""Whether anybody has this key, without waiting for them."""
START = {
    "postgresql": postgresql.insert(Lead)
    .on_conflict_do_nothing(index_elements=["contact_key"])
    .returning(Lead),
    "sqlite": sqlite.insert(Lead).on_conflict_do_nothing(index_elements=["contact_key"]).returning(Lead),
}
"""A savepoint would be two statements more."""

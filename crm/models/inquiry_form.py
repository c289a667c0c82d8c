"""The forms through which people write to the practice. Every save is a version; an inquiry keeps its own."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Word, db
from crm.models.consent_text import ConsentText
from crm.rules.sheet_record import sheet_from
from crm.rules.sheets import Sheet, is_slug

if TYPE_CHECKING:
    from crm.models.account import Account


class Starts(StrEnum):
    """What a form starts for whoever writes through it."""

    USUAL = "usual"
    CHOSEN = "chosen"
    NOTHING = "nothing"


class InquiryForm(Base):
    """One form at an address of its own. `revision` counts its saves: who edits says which one he saw.

    `hosts` are the origins, besides the practice's own site, that may show it in a frame.
    """

    __tablename__ = "inquiry_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    found_us: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    starts: Mapped[Starts] = mapped_column(Word(Starts), default=Starts.USUAL)
    sequence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sequence.id", ondelete="SET NULL"))
    hosts: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    revision: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    pause_words: Mapped[str] = mapped_column(default="")
    archived_at: Mapped[datetime | None]
    current_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("form_version.id", use_alter=True, name="fk_inquiry_form_current")
    )

    current: Mapped[FormVersion] = relationship(
        foreign_keys=[current_id], post_update=True, lazy="joined", innerjoin=False
    )
    versions: Mapped[list[FormVersion]] = relationship(
        back_populates="form", foreign_keys="FormVersion.form_id", order_by="FormVersion.number"
    )

    @classmethod
    def at(cls, slug: str) -> InquiryForm | None:
        """The form at this address or one it had before, with its newest version: one statement at most."""
        return db.session.scalar(AT, {"slug": slug}) if is_slug(slug) else None

    @classmethod
    def all(cls) -> sa.Select[InquiryForm]:
        """Those in use first, the oldest before the others."""
        return sa.select(cls).order_by(cls.archived_at.is_not(None), cls.id)

    @property
    def is_open(self) -> bool:
        return self.paused_at is None and self.archived_at is None

    def version(self, number: int) -> FormVersion | None:
        """One of its versions; the newest costs nothing."""
        if self.current.number == number:
            return self.current
        theirs = sa.select(FormVersion).where(FormVersion.form_id == self.id, FormVersion.number == number)
        return db.session.scalar(theirs)

    @property
    def own_keys(self) -> set[str]:
        """The names that questions of the owner's own have or ever had."""
        return {question.key for version in self.versions for question in version.sheet.own}

    def move_to(self, slug: str) -> None:
        """Another address. The one before it stays this form's and leads to the new one."""
        if db.session.get(FormSlug, slug) is None:
            db.session.add(FormSlug(slug=slug, form=self))
        self.slug = slug

    def pause(self, words: str, now: datetime) -> None:
        """Its page tells people how else to write. Who has it open can still send."""
        self.paused_at, self.pause_words = self.paused_at or now, words

    def reopen(self) -> None:
        self.paused_at = self.archived_at = None

    def archive(self, now: datetime) -> None:
        """Out of the way. What came through it stays."""
        self.archived_at = self.archived_at or now


class FormVersion(Base):
    """What a form asked and said at a time; never changed afterwards. `notice` and `box`: its consent."""

    __tablename__ = "form_version"
    __table_args__ = (sa.UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("inquiry_form.id"))
    number: Mapped[int]
    created_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    record: Mapped[dict[str, Any]]
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("consent_text.id"))
    box_id: Mapped[int] = mapped_column(sa.ForeignKey("consent_text.id"))

    form: Mapped[InquiryForm] = relationship(back_populates="versions", foreign_keys=[form_id])
    account: Mapped[Account | None] = relationship()
    notice: Mapped[ConsentText] = relationship(foreign_keys=[notice_id])
    box: Mapped[ConsentText] = relationship(foreign_keys=[box_id])

    @property
    def sheet(self) -> Sheet:
        return _sheet(json.dumps(self.record))


@lru_cache(maxsize=64)  # of one form, whoever opens it or writes through it
def _sheet(record: str) -> Sheet:
    return sheet_from(json.loads(record))


class FormSlug(Base):
    """A name in an address that leads to a form, today's or an earlier one; never another form's."""

    __tablename__ = "form_slug"

    slug: Mapped[str] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("inquiry_form.id"))

    form: Mapped[InquiryForm] = relationship()


AT = (
    sa.select(InquiryForm)
    .join(FormSlug, FormSlug.form_id == InquiryForm.id)
    .where(FormSlug.slug == sa.bindparam("slug"))
)

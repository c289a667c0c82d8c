"""Texts with blanks. Every save is a version; a sent email keeps the one it went with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, db
from crm.rules.wording import Wording

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crm.models.account import Account


class EmailTemplate(Base):
    """A text the practice sends. `key` names the ones we ship, so that a seed never doubles them."""

    __tablename__ = "email_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    archived_at: Mapped[datetime | None]
    current_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("template_version.id", use_alter=True, name="fk_email_template_current")
    )

    current: Mapped[TemplateVersion] = relationship(
        foreign_keys=[current_id], post_update=True, lazy="joined", innerjoin=False
    )
    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template",
        foreign_keys="TemplateVersion.template_id",
        order_by="TemplateVersion.number",
    )

    @classmethod
    def in_use(cls) -> Select[EmailTemplate]:
        return sa.select(cls).where(cls.archived_at.is_(None)).order_by(cls.id)

    @classmethod
    def archived(cls) -> Select[EmailTemplate]:
        return sa.select(cls).where(cls.archived_at.is_not(None)).order_by(cls.archived_at.desc())

    @classmethod
    def write(cls, wording: Wording, now: datetime, key: str | None = None) -> EmailTemplate:
        """A new template with its first version."""
        template = cls(key=key)
        db.session.add(template)
        template.save_version(wording, now)
        return template

    @property
    def name(self) -> str:
        """On screen a template is called by its subject."""
        return self.current.subject

    def archive(self, now: datetime) -> None:
        """Out of the way. What was sent keeps its words."""
        self.archived_at = self.archived_at or now

    def unarchive(self) -> None:
        self.archived_at = None

    def version(self, number: int) -> TemplateVersion | None:
        return next((each for each in self.versions if each.number == number), None)

    def save_version(self, wording: Wording, now: datetime, account_id: int | None = None) -> TemplateVersion:
        """Keep this text as the newest version; the same text again makes none."""
        newest = self.versions[-1] if self.versions else None
        if newest and wording == newest.wording:
            return newest
        version = TemplateVersion(
            number=newest.number + 1 if newest else 1,
            subject=wording.subject,
            preview=wording.preview,
            body=wording.body,
            created_at=now,
            account_id=account_id,
        )
        self.versions.append(version)
        self.current = version
        return version


class TemplateVersion(Base):
    """One saved wording of a template; never changed afterwards."""

    __tablename__ = "template_version"
    __table_args__ = (sa.UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("email_template.id"))
    number: Mapped[int]
    subject: Mapped[str]
    preview: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    created_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))

    template: Mapped[EmailTemplate] = relationship(back_populates="versions", foreign_keys=[template_id])
    account: Mapped[Account | None] = relationship()

    @property
    def wording(self) -> Wording:
        return Wording(self.subject, self.preview, self.body)

"""Words of the owner's own for people. One tag per name, however it is written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db
from crm.rules.tags import tag_key

if TYPE_CHECKING:
    from sqlalchemy import Select

HERE = "removed_at IS NULL"


class Tag(Base):
    """A tag. One that was deleted or merged stays for as long as that can be taken back, and longer."""

    __tablename__ = "tag"
    __table_args__ = (
        sa.Index(
            "uq_tag_key", "key", unique=True, sqlite_where=sa.text(HERE), postgresql_where=sa.text(HERE)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str]
    made_at: Mapped[datetime]
    name_before: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tag.id"))
    changed_at: Mapped[datetime | None]

    @classmethod
    def all(cls) -> Select[Tag]:
        """Those there are, by the alphabet."""
        return sa.select(cls).where(cls.removed_at.is_(None)).order_by(cls.key)

    @classmethod
    def called(cls, name: str) -> Tag | None:
        return db.session.scalar(cls.all().where(cls.key == tag_key(name)))

    @classmethod
    def find_or_make(cls, name: str, now: datetime) -> Tag:
        """The tag of this name. Losing a race for it costs a savepoint."""
        if tag := cls.called(name):
            return tag
        try:
            with db.session.begin_nested():
                db.session.add(tag := cls(name=name, key=tag_key(name), made_at=now))
        except sa.exc.IntegrityError:
            tag = cls.called(name)
            assert tag is not None  # noqa: S101 - the index has just said that it exists
        return tag


class LeadTag(Base):
    """One tag on one person. `merged_from_id`: the tag it was before that one was merged into this."""

    __tablename__ = "lead_tag"
    __table_args__ = (sa.Index("ix_lead_tag_people", "tag_id", "lead_id"),)

    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    merged_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tag.id"))

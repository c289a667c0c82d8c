"""Renaming, merging and deleting a tag for everybody who has it; the last of these can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import LeadTag, Tag
from crm.models.undo import UNDO_LIFE
from crm.rules.tags import tag_key

if TYPE_CHECKING:
    from datetime import datetime


class NameTaken(Exception):  # noqa: N818 - a fact, not an error
    """Another tag is called so."""


def rename(tag: Tag, name: str, now: datetime) -> None:
    """Raises NameTaken, also where somebody was quicker; the caller's transaction is over then."""
    tag.name_before, tag.changed_at = tag.name, now
    tag.name, tag.key = name, tag_key(name)
    _flush()


def merge(tag: Tag, into: Tag, now: datetime) -> None:
    """Whoever has the one has the other from now on. What comes over says so, to be told apart again."""
    have_it = sa.select(LeadTag.lead_id).where(LeadTag.tag_id == into.id)
    others = sa.select(LeadTag.lead_id, sa.literal(into.id), sa.literal(tag.id)).where(
        LeadTag.tag_id == tag.id, LeadTag.lead_id.not_in(have_it)
    )
    columns = ["lead_id", "tag_id", "merged_from_id"]
    db.session.execute(sa.insert(LeadTag).from_select(columns, others))
    tag.merged_into_id = into.id
    remove(tag, now)


def remove(tag: Tag, now: datetime) -> None:
    """Nobody has it any more; who had it is kept for as long as that can be taken back."""
    tag.removed_at = tag.changed_at = now
    tag.name_before = None


def take_back(tag: Tag, now: datetime) -> bool:
    """The last change, for ten minutes. Raises NameTaken where another tag has its name by now."""
    if tag.changed_at is None or abs(now - tag.changed_at) > UNDO_LIFE:
        return False
    if tag.removed_at is not None:
        came_over = (LeadTag.tag_id == tag.merged_into_id, LeadTag.merged_from_id == tag.id)
        db.session.execute(sa.delete(LeadTag).where(*came_over))
        tag.removed_at = tag.merged_into_id = None
    elif tag.name_before is not None:
        tag.name, tag.key = tag.name_before, tag_key(tag.name_before)
    tag.name_before = tag.changed_at = None
    _flush()
    return True


def counted() -> list[tuple[Tag, int]]:
    """Every tag with how many people have it, by the alphabet."""
    numbers = sa.select(LeadTag.tag_id, sa.func.count().label("people")).group_by(LeadTag.tag_id).subquery()
    rows = Tag.all().add_columns(sa.func.coalesce(numbers.c.people, 0))
    return [(tag, number) for tag, number in db.session.execute(rows.outerjoin(numbers))]


def _flush() -> None:
    try:
        db.session.flush()
    except sa.exc.IntegrityError as taken:
        raise NameTaken from taken

"""Tags on people, and whose they are. Each change is remembered, so that it can be taken back alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.many import among
from crm.models import Account, Assignment, LeadTag, Tag, Undo, mark
from crm.models.mark import Mark
from crm.rules.tags import TAGS_OF_A_PERSON, TAGS_OF_A_PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


class TooManyTags(Exception):  # noqa: N818 - a fact, not an error
    """This person, or the practice, has as many tags as anybody can read."""


class NoSuchTag(Exception):  # noqa: N818 - a fact, not an error
    """Nothing is called so."""


def tag_there_is(name: str) -> Tag:
    """Raises NoSuchTag."""
    if tag := Tag.called(name):
        return tag
    raise NoSuchTag


def tag_called(name: str, now: datetime) -> Tag:
    """The tag of this name, made if need be. Raises TooManyTags."""
    if tag := Tag.called(name):
        return tag
    if len(db.session.scalars(Tag.all()).all()) >= TAGS_OF_A_PRACTICE:
        raise TooManyTags
    return Tag.find_or_make(name, now)


def put_on(tag: Tag, lead_id: int, account_id: int, now: datetime) -> Undo | None:
    """Give a person this tag; None where they have it. Raises TooManyTags."""
    if mark.count_of(lead_id) >= TAGS_OF_A_PERSON:
        raise TooManyTags
    if not mark.tag(lead_id, tag.id):
        return None
    return Undo.remember_mark(Mark(added=tag.id), lead_id, account_id, now)


def take_off(tag: Tag, lead_id: int, account_id: int, now: datetime) -> Undo | None:
    """Take this tag from a person; None where they don't have it."""
    if not mark.untag(lead_id, tag.id):
        return None
    return Undo.remember_mark(Mark(removed=tag.id), lead_id, account_id, now)


def assign(lead_id: int, to: int | None, account_id: int, now: datetime) -> Undo | None:
    """Give a person to an account, or to nobody in particular; None where they are theirs already."""
    before = Assignment.of(lead_id)
    if before == to:
        return None
    Assignment.put(lead_id, to, now)
    return Undo.remember_mark(Mark(given_to=to, given_from=before), lead_id, account_id, now)


@dataclass(frozen=True)
class Marks:
    """All tags there are and everyone who signs in, by the alphabet. `is_on`: they are on this person."""

    tags: Sequence[Any]
    accounts: Sequence[Any]


def marks_of(rows: Iterable[Any]) -> Marks:
    """What a person can be marked with, by the alphabet: rows of BESIDE."""
    found = sorted(rows, key=lambda row: (row.key, row.id))
    return Marks([row for row in found if row.is_tag], [row for row in found if not row.is_tag])


def tags_of(ids: list[int]) -> dict[int, list[str]]:
    """The names of everybody's tags, by the alphabet. One query."""
    return by_person(db.session.connection().execute(TAGS, {"these": ids}))


def by_person(rows: Iterable[Any]) -> dict[int, list[str]]:
    """Rows of TAGS, as the names of each."""
    found = defaultdict(list)
    for lead_id, name in rows:
        found[lead_id].append(name)
    return found


def whose(ids: list[int]) -> dict[int, str]:
    """The names of those in whose care these people are. One query."""
    return {row.lead_id: row.name for row in db.session.connection().execute(WHOSE, {"these": ids})}


BESIDE = sa.union_all(
    sa.select(
        Tag.id, Tag.name, Tag.key, LeadTag.lead_id.is_not(None).label("is_on"), sa.true().label("is_tag")
    )
    .outerjoin(LeadTag, (LeadTag.tag_id == Tag.id) & (LeadTag.lead_id == sa.bindparam("id")))
    .where(Tag.removed_at.is_(None)),
    sa.select(Account.id, Account.name, Account.name, Assignment.lead_id.is_not(None), sa.false()).outerjoin(
        Assignment, (Assignment.account_id == Account.id) & (Assignment.lead_id == sa.bindparam("id"))
    ),
)
TAGS = (
    sa.select(LeadTag.lead_id, Tag.name)
    .join(Tag, Tag.id == LeadTag.tag_id)
    .where(among(LeadTag.lead_id, "these"), Tag.removed_at.is_(None))
    .order_by(Tag.key)
)
WHOSE = (
    sa.select(Assignment.lead_id, Account.name)
    .join(Account, Account.id == Assignment.account_id)
    .where(among(Assignment.lead_id, "these"))
)

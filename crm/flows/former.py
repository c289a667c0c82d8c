"""Which rows were of two people at some instant: before the merge that brought them together.

A reply of one never spoke against an email to the other before that, and `crm verify` must not say it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.order import Happened, Went, was_over_before
from crm.models import EventKind, Merge, Message

if TYPE_CHECKING:
    from collections.abc import Iterable


MERGES = (EventKind.MERGED,)


@dataclass(frozen=True)
class Together:
    """What an email has to do with another row of its person, when it went."""

    went: Went
    table: str
    row_id: int


def of_one_person(pairs: Iterable[Together]) -> set[Together]:
    """Those whose rows were of one person at that instant."""
    found = set(pairs)
    if not found:
        return found
    standing = sa.select(Merge.made_at, Merge.record).where(Merge.parted_at.is_(None))
    for made_at, record in db.session.execute(standing):
        moved = {(each["table"], *each["key"]) for each in record["changed"] if "lead_id" in each["before"]}
        merged = Happened(made_at, MERGES)
        found = {e for e in found if was_over_before(e.went, merged) or not _came_together(e, moved)}
    return found


def _came_together(pair: Together, moved: set[tuple[object, ...]]) -> bool:
    """One of them came with the merged record, and the other did not."""
    email = (Message.__tablename__, pair.went.message_id)
    return (email in moved) != ((pair.table, pair.row_id) in moved)

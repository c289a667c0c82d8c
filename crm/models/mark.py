"""A tag put on or taken off a person, or whose they are: what changed, and how it is taken back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.models.assignment import Assignment
from crm.models.tag import LeadTag

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Mark:
    """One change: a tag `added` or `removed`, or, without either, the account they were `given_from`."""

    added: int | None = None
    removed: int | None = None
    given_to: int | None = None
    given_from: int | None = None

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Mark:
        return cls(**plain)

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def take_back(self, lead_id: int, now: datetime) -> bool:
        """In the person's turn. False where somebody has given them to another since."""
        if self.added is not None:
            untag(lead_id, self.added)
        elif self.removed is not None:
            tag(lead_id, self.removed)
        elif Assignment.of(lead_id) != self.given_to:
            return False
        else:
            Assignment.put(lead_id, self.given_from, now)
        return True


def tag(lead_id: int, tag_id: int) -> bool:
    """Put it on; False where they have it."""
    if db.session.get(LeadTag, (lead_id, tag_id)) is not None:
        return False
    db.session.add(LeadTag(lead_id=lead_id, tag_id=tag_id))
    db.session.flush()
    return True


def untag(lead_id: int, tag_id: int) -> bool:
    """Take it off; False where they don't have it."""
    gone = db.session.get(LeadTag, (lead_id, tag_id))
    if gone is None:
        return False
    db.session.delete(gone)
    db.session.flush()
    return True


def count_of(lead_id: int) -> int:
    """How many tags a person has."""
    return db.session.scalar(sa.select(sa.func.count()).where(LeadTag.lead_id == lead_id)) or 0

"""Keeping a list under a name, and giving it another; one name is one view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import SavedView
from crm.rules.tags import tag_key

if TYPE_CHECKING:
    from datetime import datetime

MOST = 40
"""More links than this above a list help nobody."""


class NameTaken(Exception):  # noqa: N818 - a fact, not an error
    """There is a view of this name already."""


class TooMany(Exception):  # noqa: N818 - a fact, not an error
    """There are as many views as anybody can read."""


def save(view: SavedView) -> SavedView:
    """Raises NameTaken, also where somebody was quicker; and TooMany."""
    if len(db.session.scalars(SavedView.seen_by(view.account_id)).all()) >= MOST:
        raise TooMany
    db.session.add(view)
    _flush()
    return view


def make(name: str, query: str, *, shared: bool, account_id: int, now: datetime) -> SavedView:
    """A view that is not saved yet."""
    kept = {"name": name, "key": tag_key(name), "query": query, "shared": shared}
    return SavedView(**kept, account_id=account_id, made_at=now)


def rename(view: SavedView, name: str) -> None:
    """Raises NameTaken."""
    view.rename(name)
    _flush()


def restore(view: SavedView) -> None:
    """Back where it was. Raises NameTaken where another has its name by now."""
    view.removed_at = None
    _flush()


def _flush() -> None:
    """What is unique is said by the index. The caller's transaction is over where it says no."""
    try:
        db.session.flush()
    except sa.exc.IntegrityError as taken:
        raise NameTaken from taken

"""What follows from what sessions write, whichever verb writes it: one way to hang on the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Follower:
    """Notes what each flush writes, and acts on it before the transaction commits, as a part of it.

    `keeps`: where it notes things in `session.info`; what was rolled back is forgotten.
    """

    note: Callable[[Session], None]
    act: Callable[[Session], None]
    keeps: tuple[str, ...]

    def keep_up(self) -> None:
        """From now on. Once is enough, and twice is harmless."""
        if self not in _KEEPING_UP:
            _KEEPING_UP.append(self)
        for name, hook in (
            ("after_flush", self._flushed),
            ("before_commit", self._committing),
            ("after_soft_rollback", self._rolled_back),
        ):
            if not sa.event.contains(db.session, name, hook):
                sa.event.listen(db.session, name, hook)

    def _flushed(self, session: Session, _context: object) -> None:
        self.note(session)

    def _committing(self, session: Session) -> None:
        """A savepoint within the transaction does not count."""
        if session.in_nested_transaction():
            return
        session.flush()
        self.act(session)

    def _rolled_back(self, session: Session, previous: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        if not previous.nested:
            for name in self.keeps:
                session.info.pop(name, None)


_KEEPING_UP: list[Follower] = []


def note(session: Session) -> None:
    """What was written past the unit of work, while it still stands among the session's new rows."""
    for follower in _KEEPING_UP:
        follower.note(session)

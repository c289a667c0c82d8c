"""How long somebody is kept: until a day that was announced, for ever, or until they ask not to be."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from crm.db import db


class Keepable:
    """`erase_at` is the day that was announced, `kept_at` since when the owner keeps them by hand."""

    kept_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None]
    erasure_asked_at: Mapped[datetime | None]

    def keep(self, now: datetime) -> None:
        """Not erased by itself, whatever time passes, until `let_go`."""
        self.kept_at, self.erase_at, self.erasure_asked_at = now, None, None

    def let_go(self) -> None:
        self.kept_at = None

    def ask_for_erasure(self, now: datetime) -> None:
        """They want nothing of them kept. The owner is asked."""
        self.erasure_asked_at = self.erasure_asked_at or now

    @classmethod
    def take_back_announcements(cls) -> None:
        """Nobody is to be erased by itself on the day they were given."""
        db.session.execute(sa.update(cls).where(cls.erase_at.is_not(None)).values(erase_at=None))

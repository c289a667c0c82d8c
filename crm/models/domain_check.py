"""What the DNS said of the domain that emails come from, when somebody looked last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db

EACH_DAY = timedelta(days=1)


class DomainCheck(Base):
    """One row. `asked_at`: the owner wants it looked up anew, and nobody has yet. `answers`: as they came."""

    __tablename__ = "domain_check"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    domain: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @classmethod
    def current(cls) -> DomainCheck | None:
        return db.session.get(cls, 1)

    @classmethod
    def ask(cls, now: datetime) -> None:
        """Somebody wants it looked up now."""
        check = cls.current()
        if check is None:
            db.session.add(check := cls())
        check.asked_at = now

    def is_due(self, domain: str, now: datetime) -> bool:
        """Asked for, another domain by now, or a day old."""
        if self.asked_at is not None or self.domain != domain or self.looked_at is None:
            return True
        return abs(now - self.looked_at) >= EACH_DAY

    def was_looked_up(self, domain: str, answers: dict[str, Any], now: datetime) -> None:
        self.domain, self.answers, self.looked_at, self.asked_at = domain, answers, now, None

"""Mail domains that asked for patience (421, 450): follow-ups to them wait together."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db


class DomainPause(Base):
    """Until when no follow-up is offered to one domain, and what its server said."""

    __tablename__ = "domain_pause"

    domain: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    reply: Mapped[str]

    @classmethod
    def pause(cls, domain: str, until: datetime, reply: str) -> None:
        """Wait with this domain. A longer wait that stands already stays."""
        standing = db.session.get(cls, domain, populate_existing=True)
        if standing is None:
            standing = db.session.merge(cls(domain=domain, until=until, reply=reply))
        standing.until, standing.reply = max(standing.until, until), reply

    @classmethod
    def standing(cls, domains: set[str], now: datetime) -> dict[str, datetime]:
        """Which of these domains wait, and until when."""
        pauses = cls.__table__.c
        waiting = sa.select(pauses.domain, pauses.until).where(pauses.domain.in_(domains), pauses.until > now)
        return dict(db.session.connection().execute(waiting).all())

"""Mail domains that asked for patience (421, 450): follow-ups to them wait together."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, db, instant
from crm.many import among
from crm.rules.waits import LONGEST_DOMAIN_PAUSE, still_waits

CODES = re.compile(r"\d{3}([ -]\d\.\d{1,3}\.\d{1,3})?")
"""What an answer begins with (RFC 5321 4.2, RFC 3463). Its words may repeat whom it was asked about."""


class DomainPause(Base):
    """Until when no follow-up is offered to one domain, and by which codes its server asked for it."""

    __tablename__ = "domain_pause"

    domain: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    reply: Mapped[str]

    @classmethod
    def pause(cls, domain: str, until: datetime, reply: str, now: datetime) -> None:
        """Wait with this domain, some hours at most. A longer wait that stands already stays."""
        until, codes = min(until, now + LONGEST_DOMAIN_PAUSE), CODES.match(reply)
        reply = codes[0] if codes else ""
        standing = db.session.get(cls, domain, populate_existing=True)
        if standing is None:
            standing = db.session.merge(cls(domain=domain, until=until, reply=reply))
        longer = still_waits(standing.until, now, LONGEST_DOMAIN_PAUSE) and standing.until > until
        standing.until, standing.reply = standing.until if longer else until, reply

    @classmethod
    def standing(cls, domains: set[str], now: datetime) -> dict[str, datetime]:
        """Which of these domains wait, and until when."""
        found = db.session.connection().execute(STANDING, {"these": list(domains), "now": now}).all()
        return {each: until for each, until in found if still_waits(until, now, LONGEST_DOMAIN_PAUSE)}


_pause = DomainPause.__table__
STANDING = sa.select(_pause.c.domain, _pause.c.until).where(
    among(_pause.c.domain, "these"), _pause.c.until > instant("now")
)

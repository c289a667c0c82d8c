"""The beginning of the access record is put away once it is old enough, a few lines at a time.

First an anchor says up to where, and a line of the record says so too; only then does the database let those
lines go. Nothing else can remove one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import trail
from crm.models import Audit, AuditAnchor
from crm.rules.trail import Act, Deed

if TYPE_CHECKING:
    from datetime import datetime

AT_ONCE = 2_000
WORTH_IT = 500
"""So many lines at least are put away together, so that anchors stay few."""


def go_on(older_than: datetime, now: datetime) -> bool:
    """One step. Whether there was anything to do."""
    anchor = AuditAnchor.last()
    if anchor and (rest := _lines_up_to(anchor.number)):
        db.session.execute(sa.delete(Audit).where(Audit.number.in_(rest)))
        return True
    oldest = sa.select(Audit.number, Audit.hash, Audit.at).order_by(Audit.number).limit(AT_ONCE)
    old = [line for line in db.session.execute(oldest) if line.at < older_than]
    if len(old) < WORTH_IT:
        return False
    last = old[-1]
    AuditAnchor.drop(last.number, last.hash, now)
    trail.say(Deed(Act.SHORTENED, now, facts={"to": last.number}))
    return True


def _lines_up_to(number: int) -> list[int]:
    lines = sa.select(Audit.number).where(Audit.number <= number).order_by(Audit.number).limit(AT_ONCE)
    return list(db.session.scalars(lines))

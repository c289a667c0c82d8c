"""Whether anything about a message has moved since the last look: two short queries for all that are to go.

They are built once and know tables, not classes: this is every mail's way, between two lines of SMTP.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.many import among
from crm.models import Booking, Enrollment, Lead, Message, Practice, Suppression
from crm.rules.addresses import normalize_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crm.flows.jobs import Job
    from crm.flows.surroundings import Surroundings
    from crm.models.outgoing import Outgoing

STALE = timedelta(minutes=1)
"""After so long the clock itself may have become a reason: hours close, days begin."""

Glimpse = tuple[object, ...]

_message, _lead, _enrollment = Message.__table__, Lead.__table__, Enrollment.__table__
_booking, _practice = Booking.__table__, Practice.__table__
STANDS = (
    sa.select(
        _message.c.id,
        _message.c.claim_token,
        _message.c.to_address,
        _message.c.by_hand_at,
        _lead.c.stage,
        _lead.c.follow_ups_wanted,
        _lead.c.quarantined_at,
        _lead.c.read_first_at,
        _lead.c.replied_at,
        _enrollment.c.state,
        sa.exists().where(_booking.c.lead_id == _message.c.lead_id, _booking.c.outcome.is_(None)),
        _practice.c.sending_held_at,
        _practice.c.restored_at,
    )
    .select_from(_message)
    .join(_practice, _practice.c.id == 1)
    .outerjoin(_lead, _lead.c.id == _message.c.lead_id)
    .outerjoin(_enrollment, _enrollment.c.id == _message.c.enrollment_id)
    .where(among(_message.c.id, "these"))
    .order_by(_message.c.id)
    .with_for_update(of=_message)
)


def known(message: Outgoing, seen: Surroundings) -> Glimpse:
    """The same as `glimpse`, from what the last look has read in this transaction anyway."""
    lead, enrollment, practice = message.lead, message.enrollment, seen.practice
    return (
        message.id,
        message.claim_token,
        message.to_address,
        message.by_hand_at,
        *((lead.stage, lead.follow_ups_wanted) if lead else (None, None)),
        *((lead.quarantined_at, lead.read_first_at, lead.replied_at) if lead else (None, None, None)),
        enrollment.state if enrollment else None,
        message.lead_id in seen.calls,
        practice.sending_held_at,
        practice.restored_at,
        seen.suppressed.get(_key(message.to_address)),
    )


def glimpse(ids: Iterable[int]) -> dict[int, Glimpse]:
    """All that a person's act can change about these messages, locked until the transaction ends."""
    rows = db.session.connection().execute(STANDS, {"these": list(ids)}).all()
    keys = {row.id: _key(row.to_address) for row in rows}
    suppressed = Suppression.standing(keys.values())
    return {row.id: (*row, suppressed.get(keys[row.id])) for row in rows}


def unmoved(jobs: Sequence[Job], now: datetime) -> list[Job]:
    """Those about which nothing has moved: the yes of the last look still holds, and the claim with it."""
    if not jobs:
        return []
    stands = glimpse(job.message_id for job in jobs)
    return [job for job in jobs if stands.get(job.message_id) == job.seen and now - job.looked_at < STALE]


def _key(address: str) -> str:
    return normalize_email(address) if address else ""

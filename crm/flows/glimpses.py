"""Whether anything about a message has moved since the last look: a short query for all that are to go.

They are built once and know tables, not classes: this is every mail's way, between two lines of SMTP.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from crm.many import DIALECTS, execute, given_rows
from crm.models import Booking, Enrollment, Lead, Message, Practice, Suppression
from crm.rules.addresses import normalize_email

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm.flows.jobs import Job
    from crm.flows.surroundings import Surroundings
    from crm.models.outgoing import Outgoing
    from crm.rules.sending import EnrollmentState, SuppressionReason
    from crm.rules.stages import Stage

STALE = timedelta(minutes=1)
"""After so long the clock itself may have become a reason: hours close, days begin."""


class Glimpse(NamedTuple):
    """All that a person's act can change about a message, and what stands against its address."""

    id: int
    claim_token: str | None
    to_address: str
    by_hand_at: datetime | None
    stage: Stage | None
    follow_ups_wanted: bool | None
    quarantined_at: datetime | None
    read_first_at: datetime | None
    replied_at: datetime | None
    enrollment: EnrollmentState | None
    is_to_talk: bool
    held_at: datetime | None
    restored_at: datetime | None
    suppressed: SuppressionReason | None


def known(message: Outgoing, seen: Surroundings) -> Glimpse:
    """What the last look has seen of all this."""
    lead, enrollment, practice = message.lead, message.enrollment, seen.practice
    return Glimpse(
        message.id,
        message.claim_token,
        message.to_address,
        message.by_hand_at,
        lead.stage if lead else None,
        lead.follow_ups_wanted if lead else None,
        lead.quarantined_at if lead else None,
        lead.read_first_at if lead else None,
        lead.replied_at if lead else None,
        enrollment.state if enrollment else None,
        message.lead_id in seen.calls,
        practice.sending_held_at,
        practice.restored_at,
        seen.suppressed.get(_key(message.to_address)),
    )


def glimpse(addresses: Mapping[int, str]) -> dict[int, Glimpse]:
    """How these messages stand now, which are locked. `addresses`: where each was to go."""
    given = [{"id": each, "address_key": _key(address)} for each, address in addresses.items()]
    found: dict[int, Glimpse] = {}
    for row in map(Glimpse._make, execute(STANDS, given)):
        other = found.get(row.id)
        found[row.id] = row if other is None else max(row, other, key=_how_much_it_forbids)
    return found


def unmoved(jobs: Sequence[Job], now: datetime) -> list[Job]:
    """Those about which nothing has moved: the yes of the last look still holds, and the claim with it."""
    if not jobs:
        return []
    stands = glimpse({job.message_id: job.seen.to_address for job in jobs})
    return [job for job in jobs if stands.get(job.message_id) == job.seen and now - job.looked_at < STALE]


def _how_much_it_forbids(row: Glimpse) -> int:
    return row.suppressed.weight if row.suppressed else -1


def _key(address: str) -> str:
    return normalize_email(address) if address else ""


def _stands(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """A row for each message, or for each of several reasons against its address."""
    given = given_rows(
        [sa.column("id", sa.Integer), sa.column("address_key", _suppression.c.address_key.type)], dialect
    )
    against = (_suppression.c.address_key == given.c.address_key) & _suppression.c.lifted_at.is_(None)
    return (
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
            _suppression.c.reason.label("suppressed"),
        )
        .select_from(given)
        .join(_message, _message.c.id == given.c.id)
        .join(_practice, _practice.c.id == 1)
        .outerjoin(_lead, _lead.c.id == _message.c.lead_id)
        .outerjoin(_enrollment, _enrollment.c.id == _message.c.enrollment_id)
        .outerjoin(_suppression, against)
        .order_by(_message.c.id)
    )


_message, _lead, _enrollment = Message.__table__, Lead.__table__, Enrollment.__table__
_booking, _practice, _suppression = Booking.__table__, Practice.__table__, Suppression.__table__
STANDS = {dialect: _stands(dialect) for dialect in DIALECTS}

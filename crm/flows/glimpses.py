"""Whether anything about a message has moved since the last look: the mark before DATA compares, and sets.

It is built once and knows tables, not classes: this is every mail's way, between two lines of SMTP.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from crm.many import DIALECTS, execute, given_rows
from crm.models import Booking, Enrollment, Lead, Message, Practice, Suppression, claims
from crm.rules.addresses import normalize_email
from crm.rules.sending import EnrollmentState, SuppressionReason
from crm.sealed import as_it_stands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.flows.jobs import Job
    from crm.flows.surroundings import Surroundings
    from crm.models.outgoing import Outgoing
    from crm.rules.stages import Stage

STALE = timedelta(minutes=1)
"""After so long the clock itself may have become a reason: hours close, days begin."""


class Glimpse(NamedTuple):
    """All that a person's act can change about a message, and what stands against its address.

    `sealed_address`: where it goes, as the database has it; `address_key`: as what it is looked up.
    """

    address_key: str
    claim_token: str | None
    sealed_address: str
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
    key = normalize_email(message.to_address) if message.to_address else ""
    return Glimpse(
        key,
        message.claim_token,
        message.sealed_address,
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
        seen.suppressed.get(key),
    )


def mark_unmoved(jobs: Sequence[Job], now: datetime) -> frozenset[int]:
    """Mark those about which nothing has moved: the yes of the last look still holds, and the claim with it.

    Their rows are locked by a statement before this one: what Postgres reads while it waits is as it was
    before the other one acted.
    """
    fresh = [job for job in jobs if now - job.looked_at < STALE]
    if not fresh:
        return frozenset()
    given = [job.seen._asdict() | job.text._asdict() for job in fresh]
    return frozenset(execute(MARK_UNMOVED, given, tokens=[job.token for job in fresh], now=now).scalars())


def _unmoved(dialect: str) -> sa.Subquery:
    """What is to be marked, of those of which all still stands as it was seen."""
    given = given_rows([*claims.TO_MARK, *SEEN], dialect)
    stands = STANDS | {"suppressed": _worst_against(given.c.address_key)}
    return (
        sa.select(*(given.c[column.name] for column in claims.TO_MARK))
        .select_from(given)
        .join(_message, _message.c.id == given.c.id)
        .join(_practice, _practice.c.id == 1)
        .outerjoin(_lead, _lead.c.id == _message.c.lead_id)
        .outerjoin(_enrollment, _enrollment.c.id == _message.c.enrollment_id)
        .where(*(now.is_not_distinct_from(given.c[name]) for name, now in stands.items()))
        .subquery("unmoved")
    )


def _worst_against(address_key: sa.ColumnElement[str]) -> sa.ScalarSelect[SuppressionReason]:
    """Of several reasons against an address the one that forbids most (models.Suppression.of)."""
    weights = {reason.value: reason.weight for reason in SuppressionReason}
    return (
        sa.select(_suppression.c.reason)
        .where(_suppression.c.address_key == address_key, _suppression.c.lifted_at.is_(None))
        .order_by(sa.case(weights, value=as_it_stands(_suppression.c.reason)).desc())
        .limit(1)
        .scalar_subquery()
    )


_message, _lead, _enrollment = Message.__table__, Lead.__table__, Enrollment.__table__
_booking, _practice, _suppression = Booking.__table__, Practice.__table__, Suppression.__table__
STANDS: dict[str, sa.ColumnElement[Any]] = {
    "claim_token": _message.c.claim_token,
    "sealed_address": as_it_stands(_message.c.to_address),
    "by_hand_at": _message.c.by_hand_at,
    "stage": _lead.c.stage,
    "follow_ups_wanted": _lead.c.follow_ups_wanted,
    "quarantined_at": _lead.c.quarantined_at,
    "read_first_at": _lead.c.read_first_at,
    "replied_at": _lead.c.replied_at,
    "enrollment": _enrollment.c.state,
    "is_to_talk": sa.exists().where(_booking.c.lead_id == _message.c.lead_id, _booking.c.outcome.is_(None)),
    "held_at": _practice.c.sending_held_at,
    "restored_at": _practice.c.restored_at,
}
"""Where each stands now."""
SEEN = [
    sa.column("address_key", _suppression.c.address_key.type),
    *(sa.column(name, now.type) for name, now in STANDS.items()),
    sa.column("suppressed", _suppression.c.reason.type),
]
MARK_UNMOVED = {dialect: claims.marking(_unmoved(dialect)) for dialect in DIALECTS}

"""What a form builder hands in: kept first, then made an inquiry; what can’t be one waits for the owner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.capture import capture
from crm.models import Delivery, FollowUpPolicy, Practice, Source
from crm.rules.ways_in import DeliveryState

if TYPE_CHECKING:
    from datetime import datetime

    from crm.flows.capture import Captured
    from crm.rules.intake import Limits, Submission

WAITING_AT_MOST = 1000
"""So many wait at one source; no person looks through more, and only what can be read is kept beyond."""


@dataclass(frozen=True)
class Parcel:
    """One request of a builder. `keys`: what it is known by, today's first and yesterday's after it."""

    source_id: int
    content_type: str
    body: bytes
    signed: dict[str, str]
    keys: tuple[str, ...]


def keep(parcel: Parcel, now: datetime) -> int:
    """The id of this parcel's row: the one of before, when it had come already. The unique key decides."""
    row = _known(parcel) or _new(parcel, now)
    if row.waits and parcel.signed and row.signed != parcel.signed:  # the same once more, signed this time
        row.arrived_at, row.signed, row.body = now, parcel.signed, parcel.body
        row.content_type = parcel.content_type
    return row.id


def _new(parcel: Parcel, now: datetime) -> Delivery:
    row = Delivery(
        source_id=parcel.source_id,
        arrived_at=now,
        key=parcel.keys[0],
        content_type=parcel.content_type,
        signed=parcel.signed,
        body=parcel.body,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:
        known = _known(parcel)
        assert known is not None  # noqa: S101 - the constraint has just said that it exists
        return known
    return row


def too_many_wait(source_id: int) -> bool:
    waiting = Delivery.waiting_at(source_id).with_only_columns(Delivery.id)
    beyond = waiting.order_by(None).offset(WAITING_AT_MOST).limit(1)
    return db.session.scalar(beyond) is not None


def capture_from_source(submission: Submission, limits: Limits, now: datetime) -> Captured:
    """Store what came by a way in, with what that is known for. Raises ValueError as `capture` does.

    Where the practice asks first, who was not asked has not agreed.
    """
    source = db.session.get_one(Source, submission.source_id)
    asks_first = Practice.current().follow_up_policy is FollowUpPolicy.ASK_FIRST
    agreed = bool(submission.agreed) if asks_first else submission.agreed
    found_us = submission.found_us or source.found_us
    return capture(replace(submission, agreed=agreed, found_us=found_us), limits, now)


def take(delivery: Delivery, submission: Submission, limits: Limits, now: datetime) -> bool:
    """Make it an inquiry. False when the very same had come from them by another way."""
    captured = capture_from_source(submission, limits, now)
    delivery.state, delivery.inquiry_id = DeliveryState.TAKEN, captured.inquiry_id
    earlier = (
        Delivery.source_id == delivery.source_id,
        Delivery.state == DeliveryState.TAKEN,
        Delivery.id < delivery.id,
        sa.func.length(Delivery.body) > 0,
    )
    db.session.execute(sa.update(Delivery).where(*earlier).values(body=b"", signed={}))
    return not captured.repeated


def _known(parcel: Parcel) -> Delivery | None:
    theirs = sa.select(Delivery).where(Delivery.source_id == parcel.source_id, Delivery.key.in_(parcel.keys))
    return db.session.scalar(theirs.order_by(Delivery.id.desc()).limit(1).with_for_update())

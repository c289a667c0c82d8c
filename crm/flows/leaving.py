"""What would still point at somebody who signs in no more: said before they are deactivated, and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Assignment, Booking, InquiryForm, Source, Vacancy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

CALLS_AT_MOST = 50


@dataclass(frozen=True)
class LeftBehind:
    """Calls to come, the soonest first; how many are in their care; what gives them more."""

    calls: Sequence[Booking]
    people: int
    forms: Sequence[InquiryForm]
    sources: Sequence[Source]
    places: int

    @property
    def is_something(self) -> bool:
        return bool(self.calls or self.people or self.forms or self.sources or self.places)


def left_behind(account_id: int, now: datetime) -> LeftBehind:
    """What has to be given to somebody else, or called off."""
    calls = sa.select(Booking).where(
        Booking.clinician_id == account_id, Booking.outcome.is_(None), Booking.ends_at > now
    )
    in_care = sa.select(sa.func.count()).where(Assignment.account_id == account_id)
    places = sa.select(sa.func.count()).where(Vacancy.clinician_id == account_id, Vacancy.closed_at.is_(None))
    return LeftBehind(
        calls=db.session.scalars(calls.order_by(Booking.starts_at, Booking.id).limit(CALLS_AT_MOST)).all(),
        people=db.session.scalar(in_care) or 0,
        forms=db.session.scalars(
            InquiryForm.all().where(InquiryForm.account_id == account_id, InquiryForm.archived_at.is_(None))
        ).all(),
        sources=db.session.scalars(
            sa.select(Source)
            .where(Source.account_id == account_id, Source.revoked_at.is_(None))
            .order_by(Source.name, Source.id)
        ).all(),
        places=db.session.scalar(places) or 0,
    )

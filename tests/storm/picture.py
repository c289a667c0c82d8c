"""The rows as they stand between two steps, read plainly: the storm trusts no verb of the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.models import Booking, Enrollment, Lead, Message, Step
from crm.models import Practice as PracticeRow
from crm.rules.sending import EnrollmentState, MessageState
from tests.practice import Practice

Row = Any
"""A row of a table: columns by name."""
OPEN = frozenset(
    {MessageState.AWAITING_APPROVAL, MessageState.SCHEDULED, MessageState.SENDING, MessageState.UNCERTAIN}
)


@dataclass(frozen=True)
class Picture:
    """Everything the promises are about, at one moment."""

    messages: list[Row]
    enrollments: list[Row]
    leads: dict[int, Row]
    practice: Row
    booked: frozenset[int]

    @classmethod
    def of(cls, practice: Practice) -> Picture:
        with practice.reading() as session:
            read = session.connection().execute
            return cls(
                messages=list(read(MESSAGES)),
                enrollments=list(read(ENROLLMENTS)),
                leads={row.id: row for row in read(LEADS)},
                practice=read(PRACTICE).one(),
                booked=frozenset(read(BOOKED).scalars()),
            )

    def message(self, message_id: str) -> Row | None:
        return next((row for row in self.messages if row.message_id == message_id), None)

    def enrollment(self, enrollment_id: int | None) -> Row | None:
        return next((row for row in self.enrollments if row.id == enrollment_id), None)

    def open_message(self, enrollment_id: int) -> Row | None:
        mine = (row for row in self.messages if row.enrollment_id == enrollment_id)
        return next((row for row in mine if row.state in OPEN), None)

    def running(self) -> list[Row]:
        return [
            row for row in self.enrollments if row.state in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
        ]

    def in_state(self, *states: MessageState) -> list[Row]:
        return [row for row in self.messages if row.state in states]


_m, _s, _e, _l = Message.__table__.c, Step.__table__.c, Enrollment.__table__.c, Lead.__table__.c
_p, _b = PracticeRow.__table__.c, Booking.__table__.c
MESSAGES = (
    sa.select(
        _m.id, _m.message_id, _m.kind, _m.state, _m.lead_id, _m.enrollment_id, _m.step_id, _s.at_once,
        _m.due_at, _m.held_at, _m.by_hand_at, _m.expires_at, _m.claim_token, _m.lease_until,
    )
    .outerjoin(Step, _s.id == _m.step_id)
    .order_by(_m.id)
)  # fmt: skip
ENROLLMENTS = sa.select(_e.id, _e.lead_id, _e.state, _e.closes_at).order_by(_e.id)
LEADS = sa.select(_l.id, _l.email, _l.stage, _l.quarantined_at, _l.read_first_at)
PRACTICE = sa.select(
    _p.restored_at, _p.sending_held_at, _p.account_retry_at, _p.zone_name, _p.weekdays, _p.opens, _p.closes
)
BOOKED = sa.select(_b.lead_id).where(_b.outcome.is_(None))

"""One person with all that hangs on them: each kind of row by a statement that is written once.

The loaders that can be hung on a query build theirs anew for every page, and that takes three times as long.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from crm.db import db
from crm.models.enrollment import Enrollment
from crm.models.event import Event
from crm.models.lead import Lead
from crm.models.merge import Merge
from crm.models.message import Message
from crm.models.sequence import Step

if TYPE_CHECKING:
    from collections.abc import Sequence as Several


def near(lead_id: int) -> Lead | None:
    """With what they asked, their calls, emails and events: all that the next box reads. Five queries."""
    lead = db.session.scalars(LEAD, {"id": lead_id}).unique().one_or_none()
    if lead is None:
        return None
    _put(lead, "enrollments", ENROLLMENTS)
    _put(lead, "messages", MESSAGES)
    _put(lead, "events", EVENTS)
    _hang_on_enrollments(lead)
    _hang_steps(lead, db.session.scalars(STEPS, {"id": lead_id}).all())
    return lead


def whole(lead_id: int) -> Lead | None:
    """With all that the story and the composer read, too, however long the story is. Six queries."""
    lead = near(lead_id)
    if lead:
        _put(lead, "merges", MERGES)
    return lead


def _put(lead: Lead, name: str, rows: sa.Select[Any]) -> None:
    set_committed_value(lead, name, db.session.scalars(rows, {"id": lead.id}).all())


def _hang_on_enrollments(lead: Lead) -> None:
    emails = defaultdict(list)
    for message in lead.messages:
        emails[message.enrollment_id].append(message)
    for enrollment in lead.enrollments:
        set_committed_value(enrollment, "messages", emails[enrollment.id])


def _hang_steps(lead: Lead, steps: Several[Step]) -> None:
    """On their sequences, but for those taken out; and on the emails they became."""
    for sequence in {enrollment.sequence for enrollment in lead.enrollments}:
        here = [step for step in steps if step.sequence_id == sequence.id and step.removed_at is None]
        set_committed_value(sequence, "steps", here)
    by_id = {step.id: step for step in steps}
    for message in lead.messages:
        if message.step_id is None or message.step_id in by_id:
            set_committed_value(message, "step", by_id.get(message.step_id or 0))


_id = sa.bindparam("id", type_=sa.Integer())
LEAD = sa.select(Lead).where(Lead.id == _id).options(joinedload(Lead.inquiries), joinedload(Lead.bookings))
ENROLLMENTS = sa.select(Enrollment).where(Enrollment.lead_id == _id).order_by(Enrollment.id)
MESSAGES = (
    sa.select(Message)
    .where(Message.lead_id == _id)
    .options(joinedload(Message.template_version))
    .order_by(Message.id)
)
EVENTS = (
    sa.select(Event)
    .where(Event.lead_id == _id)
    .options(joinedload(Event.reply), joinedload(Event.note))
    .order_by(Event.at, Event.id)
)
STEPS = (
    sa.select(Step)
    .where(Step.sequence_id.in_(sa.select(Enrollment.sequence_id).where(Enrollment.lead_id == _id)))
    .order_by(Step.position)
)
MERGES = sa.select(Merge).where(Merge.lead_id == _id).order_by(Merge.id)

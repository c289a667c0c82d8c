"""One person with all that hangs on them: a statement for each kind of row, each written once.

The loaders that can be hung on a query build theirs anew for every page, and that takes three times as long.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from crm.db import db
from crm.models.enrollment import Enrollment
from crm.models.event import Event
from crm.models.inbound import Reply
from crm.models.incoming import Incoming
from crm.models.lead import Lead
from crm.models.message import Message
from crm.models.sequence import Sequence


def whole(lead_id: int) -> Lead | None:
    """With all that next box, story and composer read, however long the story is. Four queries."""
    lead = db.session.scalars(LEAD, {"id": lead_id}).unique().one_or_none()
    if lead is None:
        return None
    _put(lead, "enrollments", ENROLLMENTS)
    _put(lead, "messages", MESSAGES)
    _put(lead, "events", EVENTS)
    _join_emails_and_plans(lead)
    return lead


def _put(lead: Lead, name: str, rows: sa.Select[Any]) -> None:
    set_committed_value(lead, name, db.session.scalars(rows, {"id": lead.id}).unique().all())


def _join_emails_and_plans(lead: Lead) -> None:
    """Each enrollment gets its emails, each email its step. One taken out of the plan is read when needed."""
    emails = defaultdict(list)
    for message in lead.messages:
        emails[message.enrollment_id].append(message)
    for enrollment in lead.enrollments:
        set_committed_value(enrollment, "messages", emails[enrollment.id])
    steps = {step.id: step for enrollment in lead.enrollments for step in enrollment.sequence.steps}
    for message in lead.messages:
        if message.step_id in steps:
            set_committed_value(message, "step", steps[message.step_id])


_id = sa.bindparam("id", type_=sa.Integer())
LEAD = (
    sa.select(Lead)
    .where(Lead.id == _id)
    .options(*map(joinedload, (Lead.inquiries, Lead.bookings, Lead.merges, Lead.reminder)))
)
"""Of these everybody has one or two."""
ENROLLMENTS = (
    sa.select(Enrollment)
    .where(Enrollment.lead_id == _id)
    .options(joinedload(Enrollment.sequence).joinedload(Sequence.steps))
    .order_by(Enrollment.id)
)
MESSAGES = (
    sa.select(Message)
    .where(Message.lead_id == _id)
    .options(joinedload(Message.template_version))
    .order_by(Message.id)
)
OF_A_MAIL = (
    Incoming.wishes,
    Incoming.folded,
    Incoming.attachments,
    Incoming.is_cut,
    Incoming.arrived_at,
    Incoming.read_at,
)
EVENTS = (
    sa.select(Event)
    .where(Event.lead_id == _id)
    .options(joinedload(Event.reply).joinedload(Reply.mail).load_only(*OF_A_MAIL), joinedload(Event.note))
    .order_by(Event.at, Event.id)
)

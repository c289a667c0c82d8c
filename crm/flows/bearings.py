"""What is open with these people at the moment, and what they said last, from a few columns.

Whole rows, with what hangs on them, would take five times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import marking
from crm.many import among
from crm.models import Booking, Enrollment, Inquiry, Lead, Message, Reply
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.models.message import NOT_GONE
from crm.rules.sending import MessageState
from crm.sealed import as_it_stands, is_said, opener
from crm.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Ids = list[int]
Rows = sa.Select[*tuple[Any, ...]]
TROUBLED = (MessageState.FAILED, MessageState.UNCERTAIN)
WORDS_AT_MOST = 280
"""Characters of a message on a card or in a row; two lines of it are seen."""
BRIEFLY = (
    Lead.id,
    Lead.name,
    Lead.found_us,
    Lead.stage,
    Lead.close_reason,
    Lead.stage_changed_at,
    Lead.waiting_for,
    Lead.waiting_since,
    Lead.reply_by,
    Lead.heard_at,
    Lead.answered_at,
    Lead.snoozed_until,
    Lead.read_first_at,
    Lead.quarantined_at,
)
"""What a card or a row says of a person."""
Person = Any
"""A row of these columns."""


def people(ids: Ids) -> Sequence[Person]:
    """Briefly, in no order."""
    return db.session.connection().execute(PEOPLE, {"these": ids}).all()


def with_addresses(ids: Ids) -> Sequence[Person]:
    """Briefly, and how they are reached, in no order."""
    return db.session.connection().execute(WITH_ADDRESSES, {"these": ids}).all()


def ways(ids: Ids) -> dict[int, Any]:
    """The open enrollment of each, else the latest."""
    return first_of_each(db.session.connection().execute(WAYS, {"these": ids}).all()) if ids else {}


def latest_words(rows: Iterable[Any]) -> dict[int, str]:
    """What each of these people wrote last, briefly: in their inquiry, or after it."""
    openers = [opener(each) for each in (Inquiry.message, Reply.text)]
    last = {row.lead_id: row for row in sorted(rows, key=lambda row: row.is_later)}
    return {lead_id: brief(openers[row.is_later](row.words)) for lead_id, row in last.items()}


def brief(words: str) -> str:
    """As much as is seen of them on a card or in a row."""
    return words[:WORDS_AT_MOST]


def first_of_each(rows: Sequence[Any]) -> dict[int, Any]:
    """The first row of each person."""
    return {row.lead_id: row for row in reversed(rows)}


def _newest(
    row: sa.orm.InstrumentedAttribute[int],
    person: sa.orm.InstrumentedAttribute[int],
    text: sa.orm.InstrumentedAttribute[str],
) -> Rows:
    newest = sa.select(sa.func.max(row)).where(among(person, "these"), is_said(text)).group_by(person)
    return sa.select(person, as_it_stands(text).label("words")).where(row.in_(newest))


WITH_ADDRESSES = sa.select(*BRIEFLY, Lead.email, Lead.phone).where(among(Lead.id, "these"))
PEOPLE = sa.select(*BRIEFLY).where(among(Lead.id, "these"))
BOOKINGS = (
    sa.select(Booking.lead_id, Booking.starts_at, Booking.ends_at, Booking.state, Booking.medium)
    .where(among(Booking.lead_id, "these"), Booking.outcome.is_(None))
    .order_by(Booking.starts_at)
)
WAYS = (
    sa.select(
        Enrollment.lead_id,
        Enrollment.state,
        Enrollment.paused_at,
        Enrollment.closes_at,
        Enrollment.stop_reason,
    )
    .where(among(Enrollment.lead_id, "these"))
    .order_by(Enrollment.state.in_(OPEN_ENROLLMENTS).desc(), Enrollment.id.desc())
)
EMAILS = (
    sa.select(Message.lead_id, Message.state, Message.due_at, Message.created_at)
    .where(
        among(Message.lead_id, "these"),
        sa.or_(
            Message.enrollment_id.is_not(None) & Message.state.in_(NOT_GONE),
            Message.state.in_(TROUBLED) & Message.settled_at.is_(None),
        ),
    )
    .order_by(Message.id)
)
INQUIRIES = (
    sa.select(
        Inquiry.lead_id,
        Inquiry.article,
        Inquiry.found_us,
        Inquiry.message.label("words"),
    )
    .where(among(Inquiry.lead_id, "these"))
    .order_by(Inquiry.received_at)
)
REPLIES = (
    sa.select(Reply.lead_id, Reply.text.label("words"))
    .where(among(Reply.lead_id, "these"))
    .order_by(Reply.received_at, Reply.id)
)
WORDS = sa.union_all(
    _newest(Inquiry.id, Inquiry.lead_id, Inquiry.message).add_columns(sa.false().label("is_later")),
    _newest(Reply.id, Reply.lead_id, Reply.text).add_columns(sa.true()),
)
AROUND = Together(
    tags=marking.TAGS,
    whose=marking.WHOSE,
    bookings=BOOKINGS,
    ways=WAYS,
    emails=EMAILS,
)
"""All that a row of the list says beside the person, asked of `these`."""
ON_CARDS = Together(
    people=PEOPLE,
    words=WORDS,
    tags=marking.TAGS,
    bookings=BOOKINGS,
    ways=WAYS,
    emails=EMAILS,
)
"""All that cards say of `these` people."""

"""Taking apart what was merged: each record as it was, also days later.

What came since stays with the kept person, but for what clearly is the other's: emails of a sequence or about
a call that goes back to them, lines of the story about what goes back, and notes sent from their own address.
If somebody wrote, called, booked or moved the person since, that stands, and follow-ups which the merge had
ended stay ended: nobody is written to on the strength of an older state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import indexing, rows
from crm.flows.follow_up import UNDO_DELAY, at_next_opening, go_on
from crm.flows.merging import TRIAGE
from crm.flows.pairing import FIELDS
from crm.models import (
    Alias,
    Booking,
    Enrollment,
    Event,
    EventKind,
    Inquiry,
    Lead,
    Merge,
    Message,
    Note,
    Reply,
    Suppression,
    Undo,
    Waiting,
)
from crm.rules.addresses import base_mailbox, contact_key
from crm.rules.sending import MessageState
from crm.sealed import known_as

if TYPE_CHECKING:
    from datetime import datetime

AS_THEY_STOOD = (Enrollment.__tablename__, Message.__tablename__, Undo.__tablename__, Event.__tablename__)
"""Put back only if nothing has happened since."""
CONTACT = (*FIELDS, "line_from_you")


def may_part(merge: Merge) -> bool:
    """It stands, and no later merge of this person is built on it."""
    return merge.parted_at is None and Merge.last_of(merge.lead_id) == merge.id


def part(merge: Merge, account_id: int, now: datetime) -> bool:
    """Two people again; False where it was done before, or a later merge comes first.

    The turn of the person must have been taken.
    """
    if not may_part(merge):
        return False
    kept, record = db.session.get_one(Lead, merge.lead_id), merge.record
    is_quiet = _stands_as_then(kept, record["stood"], merge.made_at)
    _put_contact_back(kept, record["changed"], is_quiet=is_quiet)
    db.session.flush()
    rows.bring_back(record["gone"])
    rows.move_back(record["changed"])
    _send_after(merge)
    _put_back(record, merge, is_quiet=is_quiet)
    db.session.expire_all()
    kept, other = db.session.get_one(Lead, merge.lead_id), db.session.get_one(Lead, merge.other_id)
    _tell_of_what_waits(kept, other, merge)
    for lead in (kept, other):
        _carry_on(lead, now)
        lead.record(EventKind.PARTED, now, account_id=account_id).facts = {"merge_id": merge.id}
    indexing.refresh([kept.id, other.id])
    merge.parted_at, merge.record = now, {}
    db.session.flush()
    return True


def _stands_as_then(kept: Lead, stood: dict[str, Any], made_at: datetime) -> bool:
    """Nobody has written, answered, called, booked, moved or unsubscribed this person since."""
    if any(rows.plain(getattr(kept, name)) != stood[name] for name in TRIAGE):
        return False
    said_stop = (Event.lead_id == kept.id, Event.kind == EventKind.UNSUBSCRIBED, Event.at > made_at)
    return not bool(db.session.scalar(sa.select(sa.exists().where(*said_stop))))


def _put_contact_back(kept: Lead, changed: list[rows.Row], *, is_quiet: bool) -> None:
    """Each thing the merge gave them, unless corrected since; where they stood, if nothing happened."""
    (lead,) = [each for each in changed if _is_lead(each, kept.id)] or [{"before": {}, "after": {}}]
    columns = kept.__table__.c
    for name, before in lead["before"].items():
        is_theirs = name in CONTACT and rows.plain(getattr(kept, name)) == lead["after"][name]
        if is_theirs or (is_quiet and name not in CONTACT and not name.endswith("_key")):
            setattr(kept, name, rows.value(columns[name], before))
    kept.base_mailbox = base_mailbox(kept.email) if kept.email else None


def _is_lead(changed: rows.Row, lead_id: int) -> bool:
    return (changed["table"], changed["key"]) == (Lead.__tablename__, [lead_id])


def _send_after(merge: Merge) -> None:
    """What came since and is the other's: see above."""
    kept_id, other_id = merge.lead_id, merge.other_id
    _execute(sa.delete(Alias).where(Alias.merge_id == merge.id))
    theirs = sa.select(Enrollment.id).where(Enrollment.lead_id == other_id)
    their_calls = sa.select(Booking.id).where(Booking.lead_id == other_id)
    is_theirs = Message.enrollment_id.in_(theirs) | Message.booking_id.in_(their_calls)
    _give(Message, other_id, Message.lead_id == kept_id, is_theirs)
    _give(Inquiry, other_id, Inquiry.id.in_(_wrote_since(merge)))
    about = (
        (Event.message_id, Message),
        (Event.inquiry_id, Inquiry),
        (Event.reply_id, Reply),
        (Event.note_id, Note),
    )
    is_about = (column.in_(sa.select(model.id).where(model.lead_id == other_id)) for column, model in about)
    _give(Event, other_id, Event.lead_id == kept_id, sa.or_(*is_about))


def _wrote_since(merge: Merge) -> list[int]:
    """Inquiries since from the very contact of the other record."""
    key = db.session.scalar(sa.select(Lead.contact_key).where(Lead.id == merge.other_id))
    since = sa.select(Inquiry.id, Inquiry.email, Inquiry.phone).where(
        Inquiry.lead_id == merge.lead_id, Inquiry.received_at >= merge.made_at
    )
    found = db.session.execute(since)
    keys = ((each.id, contact_key(each.email or None, each.phone or None)) for each in found)
    return [inquiry_id for inquiry_id, theirs in keys if theirs and known_as(theirs) == key]


def _put_back(record: dict[str, Any], merge: Merge, *, is_quiet: bool) -> None:
    for changed in record["changed"]:
        if changed["table"] != Lead.__tablename__ and (is_quiet or changed["table"] not in AS_THEY_STOOD):
            rows.restore(changed)
    for made in record["made"]:
        if made["table"] == Suppression.__tablename__:
            rows.unmake(made, Suppression.merge_id == merge.id, Suppression.lifted_at.is_(None))
        elif is_quiet or made["table"] not in AS_THEY_STOOD:
            rows.unmake(made)
    since = (Undo.lead_id.in_((merge.lead_id, merge.other_id)), Undo.made_at > merge.made_at)
    _execute(sa.update(Undo).where(*since, Undo.used_at.is_(None)).values(used_at=merge.made_at))


def _tell_of_what_waits(kept: Lead, other: Lead, merge: Merge) -> None:
    """Who wrote since from their own address waits, if the person they were waits still."""
    since = [each for each in other.inquiries if each.received_at >= merge.made_at]
    if since and kept.waiting_for is not None:
        other.wrote(Waiting.INQUIRY, kept.reply_by, since[-1].received_at)


def _carry_on(lead: Lead, now: datetime) -> None:
    """Mail goes to their own address again; what fell due meanwhile goes at the next opening, not at once."""
    for message in lead.messages:
        message.follow_the_person()
        is_late = message.state is MessageState.SCHEDULED and message.due_at < now
        if is_late and message.enrollment_id and not message.is_acknowledgement:
            message.plan(at_next_opening(message, now + UNDO_DELAY))
    db.session.flush()
    if lead.enrollment:
        go_on(lead.enrollment, now)


def _give(model: type[Message | Inquiry | Event], to_id: int, *which: sa.ColumnElement[bool]) -> None:
    _execute(sa.update(model).where(*which).values(lead_id=to_id))


def _execute(statement: sa.Executable) -> None:
    db.session.connection().execute(statement)

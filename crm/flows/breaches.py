"""What may not be in the ledger: for each promise the rows that would break it, by id. Reads only.

A stop and a hand-over within a moment of each other count as one: each has its own program's time, and
whichever of them was first to lock the row had to be. What seems to have gone too late is asked of the story
once more, because the clock may have been set back (flows/order).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.db import db
from crm.flows.former import Together, of_one_person
from crm.flows.identity import WHY_UNSURE
from crm.flows.order import (
    Happened,
    Went,
    was_lived_twice,
    was_over_before,
    went_after,
)
from crm.models import (
    Alias,
    Attempt,
    Booking,
    Decision,
    Enrollment,
    Event,
    EventKind,
    Lead,
    Message,
    Offer,
    Practice,
    Reply,
    Step,
    Suppression,
    Vacancy,
    approvals,
)
from crm.models.message import OPEN_STATES
from crm.rules.addresses import normalize_email
from crm.rules.offers import OfferState
from crm.rules.sending import (
    MAY_BE_ANSWERED,
    EnrollmentState,
    MessageKind,
    MessageState,
    SuppressionReason,
    Verdict,
)
from crm.rules.smtp_replies import AttemptOutcome
from crm.rules.troubles import UNSENDABLE
from crm.sealed import known_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LEASE_GRACE = timedelta(minutes=10)
STANDSTILL = timedelta(hours=1)
CHUNK = 1_000
"""Rows that are looked at in the program are read by so many, so that its memory stays flat."""

ENDS = (EventKind.FOLLOW_UPS_STOPPED, EventKind.FOLLOW_UPS_FINISHED)
REPLIES = (EventKind.REPLY_RECEIVED,)
BOOKINGS = (EventKind.CALL_BOOKED, EventKind.CALL_ASKED)
OUTCOMES = (EventKind.CALL_OUTCOME, EventKind.CALL_CANCELLED, EventKind.CALL_DECLINED, *BOOKINGS)
WISHES = (EventKind.UNSUBSCRIBED, EventKind.MESSAGE_FAILED, EventKind.MERGED, EventKind.CONTACT_EDITED)
LIFTS = (EventKind.RESUBSCRIBED, EventKind.PARTED, EventKind.UNDONE)
"""How the story tells of each. An agreed call ends with its outcome, or when another takes its place."""

_ACCEPTED = sa.and_(Attempt.message_id == Message.id, Attempt.outcome == AttemptOutcome.ACCEPTED)
_ARRIVED = sa.select(Event.message_id).where(
    Event.kind == EventKind.MESSAGE_ARRIVED, Event.message_id.is_not(None)
)


def accepted_twice() -> list[int]:
    """Once more for each time the owner said "Send again"."""
    count = sa.func.count(Attempt.id)
    accepted = sa.select(Attempt.message_id, count).where(Attempt.outcome == AttemptOutcome.ACCEPTED)
    often = dict(db.session.execute(accepted.group_by(Attempt.message_id).having(count > 1)).all())
    again = _counted_again(list(often))
    return [message_id for message_id, times in often.items() if times > 1 + again.get(message_id, 0)]


def unproven(since: datetime) -> list[int]:
    """Sent, though no server took it and the owner does not say that it arrived."""
    taken = sa.exists().where(_ACCEPTED)
    sent = (Message.state == MessageState.SENT, Message.sent_at >= since)
    return _ids(sa.select(Message.id).where(*sent, ~taken, Message.id.not_in(_ARRIVED)))


def denied() -> list[int]:
    """Failed or cancelled, though a server took it."""
    over = Message.state.in_((MessageState.FAILED, MessageState.CANCELLED))
    return _ids(sa.select(Message.id).where(over, sa.exists().where(_ACCEPTED)))


def failed_for_nothing(since: datetime) -> list[int]:
    """Failed, though nobody refused it or put it off, and its text is not to blame."""
    turned_away = Attempt.outcome.in_((AttemptOutcome.REFUSED, AttemptOutcome.PUT_OFF))
    tried = sa.exists().where(Attempt.message_id == Message.id, turned_away)
    failed = sa.select(Message.id, Message.server_reply).where(Message.failed_at >= since, ~tried)
    return [
        row.id for row in db.session.execute(failed) if not (row.server_reply or "").startswith(UNSENDABLE)
    ]


def uncertain_for_nothing(since: datetime) -> list[int]:
    """Uncertain, though it never left, and no backup was restored."""
    doubted = sa.exists().where(Attempt.message_id == Message.id, Attempt.outcome == AttemptOutcome.UNCERTAIN)
    unsure = sa.select(Message.id, Message.server_reply).where(Message.uncertain_at >= since, ~doubted)
    return [row.id for row in db.session.execute(unsure) if row.server_reply != WHY_UNSURE]


def cancelled_without_a_word() -> list[int]:
    silent = Message.cancel_reason.is_(None)
    return _ids(sa.select(Message.id).where(Message.state == MessageState.CANCELLED, silent))


def after_the_end() -> list[int]:
    """Whatever stopped its follow-ups, or after their last email."""
    over_at = sa.func.coalesce(Enrollment.stopped_at, Enrollment.finished_at)
    went = _went(over_at).join(Enrollment, Enrollment.id == Message.enrollment_id)
    rows = db.session.execute(went.where(over_at < Attempt.handed_over_at))
    return sorted({email.message_id for email, at in _read(rows) if went_after(email, Happened(at, ENDS))})


def after_a_reply() -> list[int]:
    went = _went(Reply.received_at, Reply.id).join(Enrollment, Enrollment.id == Message.enrollment_id)
    went = went.join(Reply, Reply.lead_id == Message.lead_id)
    within = (Reply.received_at > Enrollment.started_at, Reply.received_at < Attempt.handed_over_at)
    late = (
        Together(email, Reply.__tablename__, row_id)
        for email, at, row_id in _read(db.session.execute(went.where(*within)))
        if went_after(email, Happened(at, REPLIES))
    )
    return _of_one_person(late)


def after_a_booking() -> list[int]:
    """While a call was agreed."""
    went = _went(Booking.created_at, Booking.id, Booking.outcome_at)
    went = went.join(Booking, Booking.lead_id == Message.lead_id)
    standing = sa.or_(Booking.outcome_at.is_(None), Booking.outcome_at > Attempt.handed_over_at)
    went = went.where(Booking.created_at < Attempt.handed_over_at, standing)
    late = (
        Together(email, Booking.__tablename__, row_id)
        for email, at, row_id, over_at in _read(db.session.execute(went))
        if went_after(email, Happened(at, BOOKINGS))
        and not (over_at and was_over_before(email, Happened(over_at, OUTCOMES)))
    )
    return _of_one_person(late)


def after_opting_out() -> list[int]:
    """To an address that wanted no more. The owner's own letter may go to who unsubscribed."""
    kinds = (MessageKind.STEP, MessageKind.REPLY, MessageKind.CALL, MessageKind.OFFER)
    went = (
        sa.select(Attempt.id, Message.id.label("message_id"), Message.kind, Message.to_address)
        .add_columns(Message.lead_id, Attempt.handed_over_at, Attempt.ended_at, Step.at_once)
        .join(Message, _ACCEPTED)
        .outerjoin(Step, Step.id == Message.step_id)
        .where(Message.kind.in_(kinds), Attempt.handed_over_at.is_not(None))
    )
    return [row.message_id for rows in in_chunks(went, Attempt.id) for row in _suppressed_before(rows)]


def given_twice() -> list[int]:
    """Places that two people have. Ids of places; the schema refuses it."""
    yes = sa.select(Offer.vacancy_id).where(Offer.state == OfferState.ACCEPTED).group_by(Offer.vacancy_id)
    return _ids(yes.having(sa.func.count(Offer.id) > 1))


def left_hanging(now: datetime) -> list[int]:
    """Places that are over, or should be for an hour, and somebody is still asked. Ids of places."""
    over = sa.or_(Vacancy.closed_at.is_not(None), Vacancy.ends_at < now - STANDSTILL)
    asked = sa.exists().where(Offer.vacancy_id == Vacancy.id, Offer.state == OfferState.OPEN)
    return _ids(sa.select(Vacancy.id).where(over, asked))


def tried_undecided() -> list[int]:
    """Tried, though no worker had let it go; or more often than one had."""
    yes = (Decision.message_id == Attempt.message_id, Decision.verdict == Verdict.SEND)
    yeses = sa.select(sa.func.count(Decision.id)).where(*yes).correlate(Attempt).scalar_subquery()
    often = sa.select(Attempt.message_id).group_by(Attempt.message_id).having(sa.func.count() > yeses)
    before = sa.exists().where(*yes, Decision.at <= Attempt.ended_at)
    early = sa.select(Attempt.message_id, Attempt.ended_at).where(~before)
    too_early = {id_ for id_, ended_at in db.session.execute(early) if not was_lived_twice(ended_at)}
    return sorted({*_ids(often), *too_early})


def stuck(now: datetime) -> list[int]:
    """In the hands of a worker longer than its lease, and nobody has taken it back."""
    expired = Message.lease_until < now - LEASE_GRACE
    return _ids(sa.select(Message.id).where(Message.state == MessageState.SENDING, expired))


def standing_still(now: datetime) -> list[int]:
    """Due for an hour while nothing holds the whole house; what just came back has a fresh due time."""
    practice = Practice.current()
    if practice.sending_held_at or practice.restored_at or practice.account_failures:
        return []
    if not practice.sender_address:
        return []
    return _ids(sa.select(Message.id).where(*Message.is_due(now - STANDSTILL)))


def waiting_too_long(now: datetime) -> list[int]:
    """The owner was asked and the time is up, though nothing holds the whole house."""
    practice = Practice.current()
    if practice.sending_held_at or practice.restored_at:
        return []
    return _ids(approvals.overdue(now - STANDSTILL, CHUNK))


def forgotten() -> list[int]:
    """Running, though nothing of it is on its way and its quiet end is not planned. Ids of enrollments."""
    open_one = aliased(Message)
    on_its_way = sa.exists().where(open_one.enrollment_id == Enrollment.id, open_one.state.in_(OPEN_STATES))
    has_steps = sa.exists().where(Step.sequence_id == Enrollment.sequence_id, Step.removed_at.is_(None))
    active = (Enrollment.state == EnrollmentState.ACTIVE, Enrollment.closes_at.is_(None))
    return _ids(sa.select(Enrollment.id).where(*active, ~on_its_way, has_steps))


def in_chunks(query: sa.Select[Any], key: sa.SQLColumnExpression[int]) -> Iterator[Sequence[sa.Row[Any]]]:
    """All rows of a query whose first column is this key, some at a time."""
    last = 0
    while True:
        rows = db.session.execute(query.where(key > last).order_by(key).limit(CHUNK)).all()
        yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def there_twice() -> list[int]:
    """Merged into another, and yet a record of its own. Ids of people."""
    alike = sa.or_(Lead.id == Alias.id, Lead.contact_key == Alias.contact_key)
    return _ids(sa.select(Alias.id).where(sa.exists().where(alike)))


def _went(before: sa.SQLColumnExpression[Any], *more: sa.SQLColumnExpression[Any]) -> sa.Select[Any]:
    """Follow-ups that a server took, each with the instant they should not have gone after."""
    columns = (Message.id, Message.lead_id, Attempt.handed_over_at, Attempt.ended_at, before, *more)
    went = sa.select(*columns).join(Attempt, _ACCEPTED)
    return went.where(Message.kind == MessageKind.STEP, Attempt.handed_over_at.is_not(None))


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """The email of each row, and what was asked beside it."""
    for row in rows:
        yield Went(row[0], row[1], row[2], row[3]), *row[4:]


def _of_one_person(late: Iterable[Together]) -> list[int]:
    """Those that had to do with something of the same person even then, each once."""
    return sorted({each.went.message_id for each in of_one_person(late)})


def _suppressed_before(rows: Sequence[sa.Row[Any]]) -> Iterator[sa.Row[Any]]:
    """In the program, because the key of an address is more than its lower case."""
    keys = {row.id: known_as(normalize_email(row.to_address)) for row in rows}
    standing: dict[str, list[Suppression]] = {}
    for each in db.session.scalars(sa.select(Suppression).where(Suppression.address_key.in_(keys.values()))):
        standing.setdefault(each.address_key, []).append(each)
    yield from (row for row in rows if any(_broken(row, each) for each in standing.get(keys[row.id], ())))


def _broken(row: sa.Row[Any], suppression: Suppression) -> bool:
    if row.kind is not MessageKind.STEP and suppression.reason in MAY_BE_ANSWERED:
        return False
    if row.at_once and suppression.reason is SuppressionReason.ERASED:
        return False
    went = Went(row.message_id, row.lead_id, row.handed_over_at, row.ended_at)
    lifted = suppression.lifted_at
    if lifted is not None and was_over_before(went, Happened(lifted, LIFTS)):
        return False
    return went_after(went, Happened(suppression.at, WISHES))


def _counted_again(ids: list[int]) -> dict[int, int]:
    again = sa.select(Event.message_id, sa.func.count(Event.id)).where(
        Event.message_id.in_(ids), Event.kind == EventKind.MESSAGE_AGAIN
    )
    return {id_: times for id_, times in db.session.execute(again.group_by(Event.message_id)) if id_}


def _ids(query: sa.Select[Any]) -> list[int]:
    return list(db.session.scalars(query))

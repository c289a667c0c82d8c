"""`crm verify`: walks messages, attempts and decisions, and proves the promises or names what breaks them.

Each check asks the database for the rows that should not be there. It reads, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.db import db
from crm.models import (
    Attempt,
    Decision,
    Enrollment,
    Event,
    EventKind,
    Lead,
    Message,
    Practice,
    Step,
    Suppression,
    approvals,
)
from crm.models.message import OPEN_STATES
from crm.rules.sending import EnrollmentState, MessageKind, MessageState, Verdict
from crm.rules.smtp_replies import AttemptOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 20
"""How many rows of one kind are named; the rest are counted."""
LEASE_GRACE = timedelta(minutes=10)
STANDSTILL = timedelta(hours=1)
CHUNK = 1_000


@dataclass(frozen=True)
class Finding:
    """One check: what holds if it is sound, how many rows it looked at, and those that break it."""

    promise: str
    looked_at: int
    broken: list[int]
    what: str = "message"

    @property
    def is_sound(self) -> bool:
        return not self.broken


def verify(now: datetime) -> list[Finding]:
    """Every check, in the order in which the owner would ask."""
    since = db.session.scalar(sa.select(sa.func.min(Attempt.tried_at))) or now
    attempts = _count(Attempt.id, Attempt.outcome == AttemptOutcome.ACCEPTED)
    sent = _count(Message.id, Message.state == MessageState.SENT, Message.sent_at >= since)
    return [
        Finding("no email was accepted twice", attempts, _ids(_accepted_twice())),
        Finding("no claim ended in two ways", _count(Attempt.id), _ids(_two_ends())),
        Finding(
            "what counts as sent was accepted, or the owner says it arrived", sent, _ids(_unproven(since))
        ),
        Finding("what failed or was cancelled was not accepted", attempts, _ids(_denied())),
        Finding("nothing went after its follow-ups had ended", attempts, _ids(_after_the_end())),
        Finding("nothing went after the person had replied", attempts, _ids(_after_a_reply())),
        Finding("nothing went to an address that had asked for no more", attempts, _ids(_after_opting_out())),
        Finding("no follow-up was let go outside the hours", *_outside_hours()),
        Finding("each email that went was decided on", sent, _ids(_undecided(since))),
        Finding("no worker holds an email longer than it may", _count(Message.id), _ids(_stuck(now))),
        Finding(
            "nothing that is due stands still without a reason", _count(Message.id), _standing_still(now)
        ),
        Finding("no draft waits longer than it may", _count(Message.id), _waiting_too_long(now)),
        Finding(
            "every running sequence has its next email, or its end",
            _count(Enrollment.id, Enrollment.state == EnrollmentState.ACTIVE),
            _ids(_forgotten()),
            "enrollment",
        ),
    ]


def older_than_the_ledger() -> int:
    """Emails that went before attempts were written down: nothing can be proved about them."""
    since = sa.select(sa.func.min(Attempt.tried_at)).scalar_subquery()
    return _count(
        Message.id, Message.state == MessageState.SENT, sa.or_(Message.sent_at < since, since.is_(None))
    )


def _accepted() -> sa.Select[int]:
    """Accepted emails of sequences, with when they were handed over and whose they are."""
    return (
        sa.select(Message.id)
        .join(Attempt, sa.and_(Attempt.message_id == Message.id, Attempt.outcome == AttemptOutcome.ACCEPTED))
        .where(Message.kind == MessageKind.STEP, Attempt.handed_over_at.is_not(None))
    )


def _accepted_twice() -> sa.Select[int]:
    """Once more for each time the owner said "Send again"."""
    again = (
        sa.select(sa.func.count(Event.id))
        .where(Event.message_id == Attempt.message_id, Event.kind == EventKind.MESSAGE_AGAIN)
        .correlate(Attempt)
        .scalar_subquery()
    )
    accepted = sa.select(Attempt.message_id).where(Attempt.outcome == AttemptOutcome.ACCEPTED)
    return accepted.group_by(Attempt.message_id).having(sa.func.count(Attempt.id) > 1 + again)


def _two_ends() -> sa.Select[int]:
    ends = sa.select(Attempt.message_id).group_by(Attempt.message_id, Attempt.claim_token)
    return ends.having(sa.func.count(Attempt.id) > 1)


def _unproven(since: datetime) -> sa.Select[int]:
    accepted = sa.exists().where(Attempt.message_id == Message.id, Attempt.outcome == AttemptOutcome.ACCEPTED)
    arrived = sa.exists().where(Event.message_id == Message.id, Event.kind == EventKind.MESSAGE_ARRIVED)
    sent = (Message.state == MessageState.SENT, Message.sent_at >= since)
    return sa.select(Message.id).where(*sent, ~accepted, ~arrived)


def _denied() -> sa.Select[int]:
    accepted = sa.exists().where(Attempt.message_id == Message.id, Attempt.outcome == AttemptOutcome.ACCEPTED)
    return sa.select(Message.id).where(
        Message.state.in_((MessageState.FAILED, MessageState.CANCELLED)), accepted
    )


def _after_the_end() -> sa.Select[int]:
    over = sa.func.coalesce(Enrollment.stopped_at, Enrollment.finished_at)
    return (
        _accepted()
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .where(over < Attempt.handed_over_at)
    )


def _after_a_reply() -> sa.Select[int]:
    return (
        _accepted()
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Lead, Lead.id == Message.lead_id)
        .where(Lead.replied_at > Enrollment.started_at, Lead.replied_at < Attempt.handed_over_at)
    )


def _after_opting_out() -> sa.Select[int]:
    standing = sa.or_(Suppression.lifted_at.is_(None), Suppression.lifted_at > Attempt.handed_over_at)
    return (
        _accepted()
        .join(Suppression, Suppression.address_key == sa.func.lower(Message.to_address))
        .where(Suppression.at < Attempt.handed_over_at, standing)
    )


def _outside_hours() -> tuple[int, list[int]]:
    """By what was known when it was let go, since hours change. In chunks: there are as many as emails."""
    looked_at, broken = 0, []
    for decision in _yeses():
        looked_at += 1
        facts = decision.facts
        if facts.get("shift") and not facts.get("at_once") and not facts.get("sent_by_hand"):
            broken += [decision.message_id] if facts.get("kind") == MessageKind.STEP else []
    return looked_at, broken


def _yeses() -> Iterator[sa.Row[tuple[int, int, dict[str, object]]]]:
    last = 0
    while True:
        page = (
            sa.select(Decision.id, Decision.message_id, Decision.facts)
            .where(Decision.verdict == Verdict.SEND, Decision.id > last)
            .order_by(Decision.id)
            .limit(CHUNK)
        )
        rows = db.session.execute(page).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _undecided(since: datetime) -> sa.Select[int]:
    decided = sa.exists().where(Decision.message_id == Message.id, Decision.verdict == Verdict.SEND)
    arrived = sa.exists().where(Event.message_id == Message.id, Event.kind == EventKind.MESSAGE_ARRIVED)
    sent = (Message.state == MessageState.SENT, Message.sent_at >= since)
    return sa.select(Message.id).where(*sent, ~decided, ~arrived)


def _stuck(now: datetime) -> sa.Select[int]:
    return sa.select(Message.id).where(
        Message.state == MessageState.SENDING, Message.lease_until < now - LEASE_GRACE
    )


def _standing_still(now: datetime) -> list[int]:
    """Due for an hour while nothing holds the whole house; what just came back has a fresh due time."""
    practice = Practice.current()
    if practice.sending_held_at or practice.restored_at or practice.account_failures:
        return []
    if not practice.sender_address:
        return []
    return _ids(sa.select(Message.id).where(*Message.is_due(now - STANDSTILL)))


def _waiting_too_long(now: datetime) -> list[int]:
    """The owner was asked and the time is up, though nothing holds the whole house."""
    practice = Practice.current()
    if practice.sending_held_at or practice.restored_at:
        return []
    return _ids(approvals.overdue(now - STANDSTILL, SHOWN))


def _forgotten() -> sa.Select[int]:
    """Running, though nothing of it is on its way and its quiet end is not planned."""
    open_one = aliased(Message)
    on_its_way = sa.exists().where(open_one.enrollment_id == Enrollment.id, open_one.state.in_(OPEN_STATES))
    has_steps = sa.exists().where(Step.sequence_id == Enrollment.sequence_id, Step.removed_at.is_(None))
    return sa.select(Enrollment.id).where(
        Enrollment.state == EnrollmentState.ACTIVE, Enrollment.closes_at.is_(None), ~on_its_way, has_steps
    )


def _count(column: sa.orm.InstrumentedAttribute[int], *which: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count(column)).where(*which)) or 0


def _ids(query: sa.Select[int]) -> list[int]:
    return list(db.session.scalars(query))

"""`crm verify`: walks messages, attempts and decisions, and proves the promises or names what breaks them.

Each check looks for the rows that should not be there (flows/breaches). It reads, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import breaches
from crm.flows.breaches import in_chunks
from crm.flows.facts import recalled
from crm.models import Alias, Attempt, Booking, Decision, Enrollment, Message, Reply, Suppression, Vacancy
from crm.rules.sending import EnrollmentState, MessageState, Reason, Verdict, why_not_send
from crm.rules.smtp_replies import AttemptOutcome

AT_NIGHT = "no follow-up was let go outside the hours"
UNFOUNDED = "nothing stood against what was let go"
ODD = "each decision follows from its reason"
SHOWN = 20
"""How many rows of one kind are named; the rest are counted."""


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
    return [
        *_each_at_most_once(since),
        *_each_has_one_end(since),
        *_nothing_after_a_stop(),
        Finding("each try had been let go", _count(Attempt.id), breaches.tried_undecided()),
        *_decisions(),
        *_everything_moves(now),
        Finding("who was merged is there once", _count(Alias.id), breaches.there_twice(), "person"),
        Finding("a place went to one person", _count(Vacancy.id), breaches.given_twice(), "place"),
        Finding("a place that is over asks nobody", _count(Vacancy.id), breaches.left_hanging(now), "place"),
    ]


def older_than_the_ledger() -> int:
    """Emails that went before attempts were written down: nothing can be proved about them."""
    since = sa.select(sa.func.min(Attempt.tried_at)).scalar_subquery()
    sent_before = sa.or_(Message.sent_at < since, since.is_(None))
    return _count(Message.id, Message.state == MessageState.SENT, sent_before)


def _each_at_most_once(since: datetime) -> Iterator[Finding]:
    """A step has one message, by the schema; so this is about steps too."""
    yield Finding("no email was accepted twice", _accepted(), breaches.accepted_twice())
    promise = "what counts as sent was accepted, or the owner says it arrived"
    yield Finding(promise, _sent(since), breaches.unproven(since))


def _each_has_one_end(since: datetime) -> Iterator[Finding]:
    failed, cancelled = _count(Message.id, Message.failed_at >= since), _in(MessageState.CANCELLED)
    yield Finding("what failed or was cancelled was not accepted", failed + cancelled, breaches.denied())
    yield Finding("what failed had been turned away", failed, breaches.failed_for_nothing(since))
    promise = "what is uncertain had been handed over"
    yield Finding(promise, _in(MessageState.UNCERTAIN), breaches.uncertain_for_nothing(since))
    yield Finding("what was cancelled says why", cancelled, breaches.cancelled_without_a_word())


def _nothing_after_a_stop() -> Iterator[Finding]:
    ended = _count(Enrollment.id, Enrollment.state.in_((EnrollmentState.STOPPED, EnrollmentState.FINISHED)))
    yield Finding("nothing went after its follow-ups had ended", ended, breaches.after_the_end())
    replies, calls = _count(Reply.id), _count(Booking.id)
    yield Finding("nothing went after the person had replied", replies, breaches.after_a_reply())
    yield Finding("nothing went while a call was agreed", calls, breaches.after_a_booking())
    promise = "nothing went to an address that had asked for no more, or is dead"
    yield Finding(promise, _count(Suppression.id), breaches.after_opting_out())


def _decisions() -> Iterator[Finding]:
    """Every decision anew, from the facts it was made on: hours change, and so do people."""
    looked_at = 0
    broken: dict[str, list[int]] = {AT_NIGHT: [], UNFOUNDED: [], ODD: []}
    columns = (Decision.id, Decision.message_id, Decision.verdict, Decision.reason, Decision.facts)
    for rows in in_chunks(sa.select(*columns), Decision.id):
        looked_at += len(rows)
        for decision in rows:
            if promise := _broken_by(decision):
                broken[promise].append(decision.message_id)
    yield from (Finding(promise, looked_at, ids) for promise, ids in broken.items())


def _broken_by(decision: sa.Row[Any]) -> str | None:
    """Which promise this decision breaks, if any."""
    if decision.verdict is not (decision.reason.verdict if decision.reason else Verdict.SEND):
        return ODD
    if decision.verdict is not Verdict.SEND:
        return None
    match why_not_send(recalled(decision.facts)):
        case None:
            return None
        case Reason.OUTSIDE_HOURS:
            return AT_NIGHT
        case _:
            return UNFOUNDED


def _everything_moves(now: datetime) -> Iterator[Finding]:
    promise = "no worker holds an email longer than it may"
    yield Finding(promise, _in(MessageState.SENDING), breaches.stuck(now))
    due = _count(Message.id, *Message.is_due(now))
    yield Finding("nothing that is due stands still without a reason", due, breaches.standing_still(now))
    drafts = _in(MessageState.AWAITING_APPROVAL)
    yield Finding("no draft waits longer than it may", drafts, breaches.waiting_too_long(now))
    promise = "every running sequence has its next email, or its end"
    running = _count(Enrollment.id, Enrollment.state == EnrollmentState.ACTIVE)
    yield Finding(promise, running, breaches.forgotten(), "enrollment")


def _accepted() -> int:
    return _count(Attempt.id, Attempt.outcome == AttemptOutcome.ACCEPTED)


def _sent(since: datetime) -> int:
    return _count(Message.id, Message.state == MessageState.SENT, Message.sent_at >= since)


def _in(state: MessageState) -> int:
    return _count(Message.id, Message.state == state)


def _count(column: sa.orm.InstrumentedAttribute[int], *which: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count(column)).where(*which)) or 0

"""From a due row to a program that was told: at least once, each time under the same name.

One thread keeps the book, the others talk. A program has a few lanes of its own and no more, so that one that
is slow or dead holds up nobody but itself. Whatever line a worker dies at, its claims end with their lease,
and what was in its hands is told again; the receiver knows it by its `webhook-id`.
"""

from __future__ import annotations

import random
import secrets
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, assert_never

from standardwebhooks import Webhook

from crm import log
from crm.db import db, transaction
from crm.flows.notices import tell_owner
from crm.models import Dispatch, DispatchTry, Listener, NoticeKind, Practice
from crm.models import dispatch_claims as claims
from crm.outside.telling import Answered, NotReached
from crm.rules.dispatches import SCHEDULE, OffReason, Verdict, next_try, rest_asked_for, verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm.models.dispatch_claims import Claimed
    from crm.outside.telling import Outside

logger = log.get(__name__)

MOST_LISTENERS = 20
"""Programs there may be: each has lanes of its own."""
LANES = 4
"""How many things one program is told at once, by one worker."""
GLANCE = 0.25
"""Seconds after which a worker whose lanes are all busy looks for what is due for others."""
LONGEST = timedelta(minutes=5)
"""So long one ring's work goes on at most, if it is only slow programs that keep it."""
SLOW = 1.0
"""Seconds after which an answer counts as slow."""
LETTERS_KEPT = 1000


class Job(NamedTuple):
    """One POST: what is due, where it goes, and what signs it."""

    claimed: Claimed
    url: str
    secrets: list[str]


class Lane(NamedTuple):
    """Whose it is, and since when (monotonic) it is busy."""

    listener_id: int
    since: float


class Ended(NamedTuple):
    """What came of one POST, when it began, and how long it took."""

    job: Job
    at: datetime
    milliseconds: int
    outcome: Answered | NotReached


def tell_programs(
    outside: Outside, clock: Callable[[], datetime], budget: timedelta, stopping: Callable[[], bool]
) -> int:
    """Tell what is due until nothing is, or the budget is spent. Returns how many POSTs were made.

    A slow program does not end the others' work: until it has answered they go on, budget or not.
    """
    with ThreadPoolExecutor(MOST_LISTENERS * LANES, "tells") as threads:
        round_ = Round(outside, clock, threads, stopping)
        return round_.until_nothing_is_due(clock() + budget)


def anything_due(now: datetime) -> bool:
    """Whether it would be worth a round. Two looks into an index, however much is kept; reads only."""
    try:
        return Practice.current().restored_at is None and bool(
            claims.due_listeners(now) or claims.any_lease_over(now)
        )
    finally:
        db.session.rollback()


@dataclass
class Round:
    """One worker at work: what its lanes carry, under one token."""

    outside: Outside
    clock: Callable[[], datetime]
    threads: ThreadPoolExecutor
    stopping: Callable[[], bool]
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    under_way: dict[Future[Ended], Lane] = field(default_factory=dict)
    made: int = 0

    def until_nothing_is_due(self, until: datetime) -> int:
        ended: list[Ended] = []
        while True:
            jobs = self._book(ended, room=not self._is_over(until))
            self.made += len(jobs)
            for job in jobs:
                future = self.threads.submit(_tell, self.outside, job, self.clock)
                self.under_way[future] = Lane(job.claimed.listener_id, monotonic())
            if not self.under_way:
                return self.made
            done, _ = wait(self.under_way, GLANCE, FIRST_COMPLETED)
            for future in done:
                del self.under_way[future]
            ended = [future.result() for future in done]

    def _is_over(self, until: datetime) -> bool:
        now = self.clock()
        is_held_up = any(monotonic() - lane.since > SLOW for lane in self.under_way.values())
        return self.stopping() or now >= until + LONGEST or (now >= until and not is_held_up)

    def _book(self, ended: list[Ended], *, room: bool) -> list[Job]:
        """Write down what came of those that ended, and take what is due where a lane is free."""
        now = self.clock()
        if not ended and not (room and anything_due(now)):
            return []
        with transaction():
            write(ended, self.token, now)
            return self._take(now) if room and Practice.current().restored_at is None else []

    def _take(self, now: datetime) -> list[Job]:
        reap(now)
        busy = [lane.listener_id for lane in self.under_way.values()]
        jobs = []
        for listener_id in claims.due_listeners(now):
            if (free := LANES - busy.count(listener_id)) > 0:
                listener = db.session.get_one(Listener, listener_id)
                taken = claims.take(listener_id, free, self.token, now)
                jobs += [Job(each, listener.url, listener.secrets_at(now)) for each in taken]
        return jobs


def _tell(outside: Outside, job: Job, clock: Callable[[], datetime]) -> Ended:
    """In a thread of its own, with nothing of the database in hand."""
    at, began = clock(), monotonic()
    headers = headers_of(job.claimed.message_id, job.claimed.body, job.secrets, at)
    try:
        outcome = outside.tell(job.url, headers, job.claimed.body.encode())
    except Exception:  # whatever a stranger's server can do to us, it ends this try and no other
        logger.exception("telling_broke", dispatch_id=job.claimed.id)
        outcome = NotReached("Something went wrong on our side.")
    return Ended(job, at, round((monotonic() - began) * 1000), outcome)


def headers_of(message_id: str, body: str, signers: list[str], at: datetime) -> dict[str, str]:
    """Those of Standard Webhooks. Two secrets sign while one replaces the other."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "practice-crm (Standard Webhooks)",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign(message_id, at, body) for each in signers),
    }


def reap(now: datetime) -> None:
    """What a dead worker held is due again, unless that was its last try."""
    for lost in claims.overdue(now):
        logger.warning("dispatch_lease_lost", dispatch_id=lost.id)
        if lost.tries > len(SCHEDULE):
            lost.fail(now)
        else:
            lost.put_off(now)
    db.session.flush()


def write(ended: list[Ended], token: str, now: datetime) -> None:
    """Every try is kept. What a worker has lost by its lease is decided by whoever has it now."""
    rows = claims.lock([end.job.claimed.id for end in ended])
    listeners = claims.lock_listeners({end.job.claimed.listener_id for end in ended})
    for end in ended:
        if row := rows.get(end.job.claimed.id):
            db.session.add(_kept(end))
            if row.claim_token == token:
                _settle(row, listeners[row.listener_id], end.outcome, now)


def _kept(end: Ended) -> DispatchTry:
    """What came of it. An answer is kept as far as it can be read, without what no database keeps."""
    made = DispatchTry(dispatch_id=end.job.claimed.id, at=end.at, milliseconds=end.milliseconds)
    match end.outcome:
        case Answered(status, _, body):
            made.status = status
            made.answer = body.decode(errors="replace").replace("\0", "")[:LETTERS_KEPT]
        case NotReached(why):
            made.problem = why
    return made


def _settle(row: Dispatch, listener: Listener, outcome: Answered | NotReached, now: datetime) -> None:
    answered = verdict(outcome.status if isinstance(outcome, Answered) else None)
    match answered:
        case Verdict.DELIVERED:
            row.deliver(now)
            listener.answered(now)
        case Verdict.GONE:
            row.fail(now)
            listener.switch_off(OffReason.GONE, now)
        case Verdict.BUSY | Verdict.FAILED:
            _put_off(row, listener, outcome, now)
        case _:
            assert_never(answered)
    if listener.off_at == now:
        logger.warning("listener_switched_off", listener_id=listener.id, reason=str(listener.off_reason))
        tell_owner(NoticeKind.PROGRAM_OFF, now)


def _put_off(row: Dispatch, listener: Listener, outcome: Answered | NotReached, now: datetime) -> None:
    rest = timedelta(0)
    if isinstance(outcome, Answered) and verdict(outcome.status) is Verdict.BUSY:
        rest = rest_asked_for(outcome.retry_after, now)
    if rest:
        listener.rest(now + rest)
    listener.failed(now)
    due_at = next_try(row.tries, rest, random.random(), now)  # noqa: S311 - it only spreads
    if due_at:
        row.put_off(due_at)
    else:
        row.fail(now)

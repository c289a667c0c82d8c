"""Everything that happens by itself, in one table: name, period, function.

Each job is idempotent: two beats, a lost ring and a late one are all harmless.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from flask import current_app

from crm import clock, log
from crm.db import db, transaction
from crm.flows import (
    approvals,
    daily_note,
    dispatching,
    domain,
    forgetting,
    identity,
    importing,
    offering,
    own_calendars,
    posted,
    promises,
    reading,
    retention,
    sweeping,
    trail_check,
)
from crm.flows.delivery import Post, anything_due, drain, seconds_to_the_next
from crm.flows.follow_up import close_quietly
from crm.keeping import nightly
from crm.migrating import is_current, newest_revision
from crm.models import Incoming, JobRun, MailAccount, MailParcel, RawMail, Vacancy
from crm.outside import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Config

logger = log.get(__name__)

DRAIN_BUDGET = timedelta(seconds=20)
TELLING_BUDGET = timedelta(seconds=20)
A_BREATH = 0.05
"""Seconds."""
LINGER, LOOK_AGAIN = 20.0, 0.25
"""Seconds: for how long after a ring a worker looks, and how often: and at the moment when the next is due.
Finding nothing takes three statements."""


STAY = 120.0
"""Seconds after a ring for which a reader stays at its mailbox: it need not sign in each time."""


@dataclass
class Bell:
    """When beat last rang for this process (monotonic): also a ring that finds it at work is heard."""

    rung_at: float = 0.0

    def rings(self) -> None:
        self.rung_at = monotonic()

    def rang_within(self, seconds: float) -> bool:
        return monotonic() < self.rung_at + seconds


_bell, _mailbox_bell = Bell(), Bell()
_at_work, _telling, _reading = threading.Lock(), threading.Lock(), threading.Lock()
_has_looked = threading.Event()
_nothing = threading.Event()


@dataclass(frozen=True)
class Job:
    """One thing that happens by itself. `expires`: a ring older than this is worth nothing."""

    name: str
    every: timedelta
    run: Callable[[Post], object]
    expires: timedelta


def drain_due_mail(post: Post, linger: float = LINGER) -> object:
    """Send what is due, and look again for so many seconds. One drain a process: it has all the lines.

    Nothing is sent before this process has once looked whether the database is the one that was here.
    """
    _bell.rings()
    if not _at_work.acquire(blocking=False):
        return 0
    try:
        if not _has_looked.is_set():
            recognise(post)
        return _drain_for(linger, post)
    finally:
        _at_work.release()


def _drain_for(linger: float, post: Post) -> int:
    """So who writes between two rings is answered at once, and every worker has a part of a burst."""
    accepted = 0
    while _is_current():
        is_due = anything_due(clock.now())
        if is_due:
            accepted += drain(post, clock.now, DRAIN_BUDGET)
        if post.stopping() or not _bell.rang_within(linger):
            return accepted
        _nothing.wait(LOOK_AGAIN if is_due else seconds_to_the_next(clock.now(), LOOK_AGAIN))
    return accepted


def read_mailbox(post: Post, stay: float = STAY) -> object:
    """Read what came in, and stay at the mailbox while beat rings. One reader a process and a mailbox."""
    _mailbox_bell.rings()
    if post.inbox is None or not _reading.acquire(blocking=False):
        return 0
    try:
        if not _has_looked.is_set():
            recognise(post)
        is_wanted = lambda: _mailbox_bell.rang_within(stay) and not post.stopping()  # noqa: E731
        return reading.Reader(post.inbox, clock.now, is_wanted).work() if _is_current() else 0
    finally:
        _reading.release()


def take_in_posted_mail(post: Post) -> object:
    """Read what a mail provider handed over."""
    if not _is_current():
        return 0
    return posted.take_in(post.understand, clock.now, lambda: not post.stopping())


def forget_raw_mail(post: Post) -> object:
    """What somebody wrote stays in their story; the bytes it came in do not, whether or not more is read."""
    with transaction():
        now, before = clock.now(), clock.now() - post.mail_kept_for
        if post.inbox is None:
            MailAccount.forget_troubles()
            Incoming.give_up_on(before, now)
        MailParcel.prune(before)
        return RawMail.prune(before)


def close_the_quiet(_post: Post) -> object:
    """Close people who stayed silent after the last email."""
    with transaction():
        return close_quietly(clock.now())


def expire_drafts(_post: Post) -> object:
    """Leave out what nobody said yes to in time. Each in its own transaction, in its person's turn."""
    overdue = approvals.overdue(clock.now())
    for draft_id in overdue:
        with transaction():
            approvals.expire(draft_id, clock.now())
    return len(overdue)


def end_offers(_post: Post) -> object:
    """Places that nobody took in time, each in its own transaction."""
    over = db.session.scalars(Vacancy.over_at(clock.now())).all()
    for vacancy_id in over:
        with transaction():
            offering.lapse(vacancy_id, clock.now())
    return len(over)


def tell_the_day(post: Post) -> object:
    """The owner's note of a working day, once it is time and if he wants one."""
    with transaction():
        return daily_note.tell_the_day(post.links, clock.now())


def warn_of_promises(post: Post) -> object:
    """A note to the owner before a promise to answer ends."""
    with transaction():
        return promises.warn_of_promises(post.links, clock.now())


def carry_imports(post: Post) -> object:
    """Bring lists of people in, or take them out, until none is left; each batch in its own transaction."""
    batches = 0
    while not post.stopping():
        with transaction():
            if not importing.go_on(clock.now()):
                break
        batches += 1
    return batches


def carry_sweeps(post: Post) -> object:
    """Do what the owner wants of very many people, or take it back; each few in their own transaction.

    Between two of them it draws breath, because on SQLite nobody else can write meanwhile.
    """
    batches = 0
    while not post.stopping():
        with transaction():
            if not sweeping.go_on(clock.now()):
                break
        batches += 1
        _nothing.wait(A_BREATH)
    return batches


def tell_programs(post: Post) -> object:
    """Tell the owner's other programs what happened. One round a process: it has a few lanes for each."""
    if not _telling.acquire(blocking=False):
        return 0
    try:
        if not _has_looked.is_set():
            recognise(post)
        if not (_is_current() and dispatching.anything_due(clock.now())):
            return 0
        return dispatching.tell_programs(post.outside, clock.now, TELLING_BUDGET, post.stopping)
    finally:
        _telling.release()


def forget_what_was_told(post: Post) -> object:
    """The log of what other programs were told has an end; a few rows in each transaction."""
    batches = 0
    while not post.stopping():
        with transaction():
            if not forgetting.go_on(clock.now()):
                break
        batches += 1
        _nothing.wait(A_BREATH)
    return batches


def look_at_domain(_post: Post) -> object:
    """What the DNS says of the domain emails come from: once a day, and when the owner asks."""
    return domain.look_up(records.look, clock.now()) if _is_current() else False


def keep_nightly(_post: Post) -> object:
    """Last night's backup, if it is wanted and nobody else makes it. One that fails is tried again."""
    return nightly.keep(current_app.extensions["config"], clock.now())


def keep_no_longer(post: Post) -> object:
    """Announce and erase who has been kept as long as the owner chose; each in their own transaction."""
    steps = 0
    for step in (retention.announce, retention.erase_next, retention.shorten_the_record):
        while not post.stopping():
            with transaction():
                if not step(clock.now()):
                    break
            steps += 1
            _nothing.wait(A_BREATH)
    return steps


def read_calendars(post: Post) -> object:
    """When clinicians are busy, by their own calendars. One that another worker reads is left to it."""
    return own_calendars.read_due(post.outside, clock.now, post.stopping)


def heartbeat(post: Post) -> object:
    """Say that beat, broker and worker all live: the owner's banner watches this row (R39)."""
    recognise(post)
    if post.data_dir is not None:
        trail_check.remember_beside(post.data_dir)
        db.session.rollback()
    with transaction():
        return JobRun.note("heartbeat", clock.now())


def recognise(post: Post) -> None:
    """Is the database the one that was here before? If not, everything is held (R40)."""
    if post.data_dir is not None:
        with transaction():
            identity.look(post.data_dir, clock.now())
        identity.remember(post.data_dir)
        db.session.rollback()
    _has_looked.set()


def _is_current() -> bool:
    """A worker of another version than the database would do harm: it waits to be replaced."""
    current = is_current(db.session.connection())
    db.session.rollback()
    if not current:
        logger.warning("other_version", code=newest_revision())
    return current


JOBS = (
    Job("drain", timedelta(seconds=2), drain_due_mail, expires=timedelta(seconds=10)),
    Job("close_quietly", timedelta(minutes=10), close_the_quiet, expires=timedelta(minutes=10)),
    Job("expire_drafts", timedelta(minutes=1), expire_drafts, expires=timedelta(minutes=1)),
    Job("end_offers", timedelta(minutes=1), end_offers, expires=timedelta(minutes=1)),
    Job("carry_imports", timedelta(seconds=5), carry_imports, expires=timedelta(seconds=10)),
    Job("carry_sweeps", timedelta(seconds=3), carry_sweeps, expires=timedelta(seconds=10)),
    Job("tell_programs", timedelta(seconds=2), tell_programs, expires=timedelta(seconds=10)),
    Job("forget_what_was_told", timedelta(minutes=10), forget_what_was_told, expires=timedelta(minutes=10)),
    Job("read_mailbox", timedelta(seconds=10), read_mailbox, expires=timedelta(seconds=10)),
    Job("take_in_posted_mail", timedelta(seconds=3), take_in_posted_mail, expires=timedelta(seconds=10)),
    Job("forget_raw_mail", timedelta(hours=1), forget_raw_mail, expires=timedelta(hours=1)),
    Job("tell_the_day", timedelta(minutes=5), tell_the_day, expires=timedelta(minutes=5)),
    Job("warn_of_promises", timedelta(minutes=5), warn_of_promises, expires=timedelta(minutes=5)),
    Job("look_at_domain", timedelta(seconds=5), look_at_domain, expires=timedelta(seconds=10)),
    Job("keep_nightly", timedelta(minutes=10), keep_nightly, expires=timedelta(minutes=10)),
    Job("keep_no_longer", timedelta(minutes=10), keep_no_longer, expires=timedelta(minutes=10)),
    Job("read_calendars", timedelta(minutes=1), read_calendars, expires=timedelta(minutes=1)),
    Job("heartbeat", timedelta(seconds=30), heartbeat, expires=timedelta(seconds=60)),
)


def beat_schedule(config: Config) -> dict[str, dict[str, object]]:
    """The table in beat's own shape. The drain's period is the operator's."""
    return {
        job.name: {
            "task": f"practice.{job.name}",
            "schedule": timedelta(seconds=config.drain_seconds) if job.name == "drain" else job.every,
            "options": {"expires": job.expires.total_seconds()},
        }
        for job in JOBS
    }

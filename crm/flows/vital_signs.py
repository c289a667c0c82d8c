"""How the whole program does, in a few short statements: none of them grows with the years.

What is counted is counted along a partial index and to a limit; what was tried or decided, for the last hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.db import db, instant
from crm.models import Attempt, Decision, JobRun, MailAccount, Message, Practice, Urgency
from crm.rules.sending import MessageState
from crm.rules.vitality import Signs

MOST = 10_000
"""Beyond this it is told as this many."""
LATELY = timedelta(hours=1)
DRAFTS = (Message.state == sa.literal_column("'awaiting_approval'"), Message.held_at.is_(None))
HELD = (Message.state == sa.literal_column("'scheduled'"), Message.held_at.is_not(None))


@dataclass(frozen=True)
class Figures:
    """Numbers for whoever watches: of emails by state, of the last hour's tries and decisions, of bytes."""

    messages: dict[str, int]
    attempts: dict[str, int]
    decisions: dict[str, int]
    database_bytes: int
    sending_held: bool
    restored: bool


def signs(now: datetime, *, reads_mail: bool, keeps_backups: bool) -> Signs:
    """When each part last showed itself."""
    last = db.session.connection().execute(LAST).one()
    return Signs(
        now=now,
        worker_at=last.worker,
        beat_at=last.beat,
        rang_at=last.heartbeat,
        mailbox_at=last.mailbox,
        reads_mail=reads_mail,
        oldest_due_at=oldest_due(now),
        backup_at=last.backup,
        keeps_backups=keeps_backups,
    )


def oldest_due(now: datetime) -> datetime | None:
    """Since when the email that waits longest is due, if it could go: not while everything is held."""
    practice = Practice.current()
    if practice.sending_held_at or practice.restored_at or practice.account_failing_since:
        return None
    return oldest_waiting(now)


def oldest_waiting(now: datetime) -> datetime | None:
    """The same, whatever holds it back."""
    found = db.session.connection().execute(OLDEST, {"now": now}).one()
    return min((at for at in found if at), default=None)


def figures(now: datetime) -> Figures:
    practice = Practice.current()
    return Figures(
        messages=_messages(now),
        attempts=_by_kind(ATTEMPTS, now),
        decisions=_by_kind(DECISIONS, now),
        database_bytes=_bytes(),
        sending_held=practice.sending_held_at is not None,
        restored=practice.restored_at is not None,
    )


def _messages(now: datetime) -> dict[str, int]:
    return dict(zip(COUNTED, db.session.connection().execute(MESSAGES, {"now": now}).one(), strict=True))


def _by_kind(statement: sa.Select[Any], now: datetime) -> dict[str, int]:
    """How many of each kind within the last hour."""
    found = db.session.connection().execute(statement, {"since": now - LATELY})
    return {str(kind or "goes"): count for kind, count in found}


def _bytes() -> int:
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    pages = db.session.scalar(sa.text("PRAGMA page_count")) or 0
    return int(pages * (db.session.scalar(sa.text("PRAGMA page_size")) or 0))


def _some(select: sa.Select[Any]) -> sa.Subquery:
    one: sa.Select[Any] = select.with_only_columns(sa.literal_column("1"), maintain_column_froms=True)
    return one.limit(MOST).subquery()


def _up_to(select: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(_some(select)).scalar_subquery()


def _by(what: Any, at: Any) -> sa.Select[Any]:  # noqa: ANN401 - a column of either table
    """The newest first and up to a limit."""
    since = at > instant("since")
    lately = sa.select(what.label("kind")).where(since).order_by(at.desc()).limit(MOST).subquery()
    return sa.select(lately.c.kind, sa.func.count()).group_by(lately.c.kind)


# Written once: whoever watches asks every few seconds, and to build them takes longer than to run them.
_due = Message.is_due(instant("now"))
_ready = (Message.state == sa.literal_column("'scheduled'"), Message.held_at.is_(None))
_problems = Message.problems().order_by(None)
LAST = sa.select(
    *(JobRun.last(name).label(name) for name in ("worker", "beat", "heartbeat", "backup")),
    sa.select(sa.func.max(MailAccount.read_at)).scalar_subquery().label("mailbox"),
)
# The index begins with the urgency, so each has a look of its own.
OLDEST = sa.select(
    *(
        sa.select(sa.func.min(Message.due_at)).where(*_due, Message.urgency == urgency).scalar_subquery()
        for urgency in Urgency
    )
)
# Those that are not at their end; and of the ends those that want the owner.
COUNTED: dict[str, sa.Select[Any]] = {
    "due": sa.select(Message.id).where(*_due, Message.urgency.in_(tuple(Urgency))),
    "scheduled": sa.select(Message.id).where(*_ready),
    "held": sa.select(Message.id).where(*HELD),
    "sending": sa.select(Message.id).where(Message.state == sa.literal_column("'sending'")),
    "awaiting_approval": sa.select(Message.id).where(*DRAFTS),
    "uncertain": _problems.where(Message.state == MessageState.UNCERTAIN),
    "failed": _problems.where(Message.state == MessageState.FAILED),
}
MESSAGES = sa.select(*(_up_to(each).label(state) for state, each in COUNTED.items()))
ATTEMPTS, DECISIONS = _by(Attempt.outcome, Attempt.ended_at), _by(Decision.reason, Decision.at)

"""How the whole program does, in a few short statements: none of them grows with the years.

What is counted is counted along a partial index and to a limit; what was tried or decided, for the last hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.db import db
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
    last = db.session.execute(
        sa.select(
            *(JobRun.last(name).label(name) for name in ("worker", "beat", "heartbeat", "backup")),
            sa.select(sa.func.max(MailAccount.read_at)).scalar_subquery().label("mailbox"),
        )
    ).one()
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
    """The same, whatever holds it back. The index begins with the urgency, so each has a look of its own."""
    each = [
        sa.select(sa.func.min(Message.due_at)).where(*Message.is_due(now), Message.urgency == urgency)
        for urgency in Urgency
    ]
    found = db.session.execute(sa.select(*(one.scalar_subquery() for one in each))).one()
    return min((at for at in found if at), default=None)


def figures(now: datetime) -> Figures:
    practice = Practice.current()
    return Figures(
        messages=_messages(now),
        attempts=_by(Attempt.outcome, Attempt.ended_at, now),
        decisions=_by(Decision.reason, Decision.at, now),
        database_bytes=_bytes(),
        sending_held=practice.sending_held_at is not None,
        restored=practice.restored_at is not None,
    )


def _messages(now: datetime) -> dict[str, int]:
    """Those that are not at their end; and of the ends those that want the owner."""
    free = (Message.state == sa.literal_column("'scheduled'"), Message.held_at.is_(None))
    problems = Message.problems().order_by(None)
    counted: dict[str, sa.Select[Any]] = {
        "due": sa.select(Message.id).where(*Message.is_due(now), Message.urgency.in_(tuple(Urgency))),
        "scheduled": sa.select(Message.id).where(*free),
        "held": sa.select(Message.id).where(*HELD),
        "sending": sa.select(Message.id).where(Message.state == sa.literal_column("'sending'")),
        "awaiting_approval": sa.select(Message.id).where(*DRAFTS),
        "uncertain": problems.where(Message.state == MessageState.UNCERTAIN),
        "failed": problems.where(Message.state == MessageState.FAILED),
    }
    up_to = [
        sa.select(sa.func.count()).select_from(_some(each)).scalar_subquery() for each in counted.values()
    ]
    return dict(zip(counted, db.session.execute(sa.select(*up_to)).one(), strict=True))


def _some(select: sa.Select[Any]) -> sa.Subquery:
    one: sa.Select[Any] = select.with_only_columns(sa.literal_column("1"), maintain_column_froms=True)
    return one.limit(MOST).subquery()


def _by(what: Any, at: Any, now: datetime) -> dict[str, int]:  # noqa: ANN401 - a column of either table
    """How many of each kind within the last hour, the newest first and up to a limit."""
    lately = sa.select(what.label("kind")).where(at > now - LATELY).order_by(at.desc()).limit(MOST).subquery()
    grouped = sa.select(lately.c.kind, sa.func.count()).group_by(lately.c.kind)
    return {str(kind or "goes"): count for kind, count in db.session.execute(grouped)}


def _bytes() -> int:
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    pages = db.session.scalar(sa.text("PRAGMA page_count")) or 0
    return int(pages * (db.session.scalar(sa.text("PRAGMA page_size")) or 0))

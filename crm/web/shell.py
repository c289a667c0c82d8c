"""What stands round every signed-in page: the practice's name, counts, notices. A few short queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context

from crm import clock
from crm.db import db, numbers
from crm.models import JobRun, Message, Practice, Urgency, approvals, attention
from crm.rules.sending import MessageKind
from crm.rules.telling import count_words

if TYPE_CHECKING:
    from flask import Flask

    from crm.models import Account


RESTORED = "This looks like a copy of your practice, or a restored backup. Nothing goes out from here yet."
SILENCE = timedelta(minutes=3)
"""A heartbeat older than this means that nobody sends."""


@dataclass(frozen=True)
class Shell:
    """The frame of a page. `restored`, `held`, `account_down` and `worker_silent` are sentences, or None."""

    practice_name: str
    account_initial: str
    waiting: int
    problems: int
    drafts: int
    restored: str | None = None
    held: str | None = None
    account_down: str | None = None
    worker_silent: str | None = None
    keys_off: bool = False
    hide_after_seconds: int | None = None


def register(app: Flask) -> None:
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    """`shell` for signed-in pages, read afresh for each render, so that counts follow an action."""
    if not has_request_context() or getattr(g, "sign_in", None) is None:
        return {}
    return {"shell": shell_for(g.sign_in.account)}


def shell_for(account: Account) -> Shell:
    now = clock.now()
    practice = Practice.current()
    waiting, problems, drafts = numbers(attention.on_today(now), Message.problems(), approvals.waiting(now))
    return Shell(
        practice_name=practice.name,
        account_initial=account.name[:1].upper() or "·",
        waiting=waiting,
        problems=problems,
        drafts=drafts,
        restored=RESTORED if practice.restored_at else None,
        held=_held(practice),
        account_down=_account_down(practice),
        worker_silent=_worker_silent(practice, now),
        keys_off=not account.single_keys,
    )


def _held(practice: Practice) -> str | None:
    if practice.sending_held_at is None:
        return None
    overdue = Message.due(clock.now()).where(Message.kind == MessageKind.STEP)
    (waiting,) = numbers(overdue)
    if waiting == 0:
        return "Sending is paused for everyone. No email is waiting yet."
    are = "email is" if waiting == 1 else "emails are"
    return f"Sending is paused for everyone. {count_words(waiting).capitalize()} {are} waiting."


def _worker_silent(practice: Practice, now: datetime) -> str | None:
    """Mail is overdue and nothing has shown a sign of life for three minutes (R39)."""
    last_sign = JobRun.last("heartbeat")
    if practice.sending_held_at or practice.restored_at or (last_sign and abs(now - last_sign) < SILENCE):
        return None
    overdue = Message.due(now - SILENCE).where(Message.urgency.in_(tuple(Urgency)))  # as the index begins
    if db.session.scalar(overdue.with_only_columns(Message.id).order_by(None).limit(1)) is None:
        return None
    return (
        "Emails are waiting because the part of the program that sends them isn’t running. "
        "Nothing is lost; they go out when it runs again."
    )


def _account_down(practice: Practice) -> str | None:
    if practice.account_failing_since is None:
        return None
    return "Emails are waiting because the sending account isn’t answering. They go out in order when it is."

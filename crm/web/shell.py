"""What stands round every signed-in page: the practice's name, counts, notices. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import g, has_request_context

from crm import clock
from crm.db import db, instant, number, numbers
from crm.models import JobRun, Lead, Listener, MailAccount, Message, Practice, Urgency, approvals, attention
from crm.rules.permissions import May, may
from crm.rules.sending import MessageKind
from crm.rules.telling import count_words, day_words, moment, opening
from crm.rules.vitality import Part, Signs, silences

if TYPE_CHECKING:
    from flask import Flask

    from crm.models import Account


RESTORED = "This looks like a copy of your practice, or a restored backup. Nothing goes out from here yet."
PROGRAM_OFF = "One of your tools took nothing it was told, so it hears nothing for now."
SILENCE = timedelta(minutes=3)
"""A heartbeat older than this means that nobody sends."""
PART_SILENT = {
    Part.WORKER: "The part of the program that sends emails hasn’t run since {since}. Ask whoever installed "
    "this program to restart its worker.",
    Part.BEAT: "The clock that wakes the program hasn’t run since {since}. Ask whoever installed this "
    "program to restart its beat.",
    Part.RINGS: "The part of the program that sends emails hasn’t been woken since {since}. Ask whoever "
    "installed it to look at its Redis, and to restart worker and beat.",
}
NOTHING_LOST = "Nothing is lost; emails go out when it runs again."
HIDES_AFTER = 120
"""Seconds in which nothing moves on the screen."""
UNREAD = timedelta(minutes=10)
UNSEEN = "Answers may lie there unseen."


@dataclass(frozen=True)
class Shell:
    """The frame of a page. From `restored` to `program_off` they are sentences, or None."""

    practice_name: str
    account_initial: str
    waiting: int
    problems: int
    drafts: int
    restored: str | None = None
    held: str | None = None
    account_down: str | None = None
    mailbox_down: str | None = None
    worker_silent: str | None = None
    program_off: str | None = None
    erasures: str | None = None
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
    now, practice = clock.now(), Practice.current()
    asked = attention.moments(now) | {"silent_since": now - SILENCE}
    around = db.session.connection().execute(AROUND, asked).one()
    decides = may(account.role, May.STEER)
    return Shell(
        practice_name=practice.name,
        account_initial=account.name[:1].upper() or "·",
        waiting=around.waiting,
        problems=around.problems if decides else 0,
        drafts=around.drafts if decides else 0,
        restored=RESTORED if practice.restored_at else None,
        held=_held(practice),
        account_down=_account_down(practice),
        mailbox_down=_mailbox_down(practice, around, now),
        worker_silent=_worker_silent(practice, around, now),
        program_off=PROGRAM_OFF if around.program_off else None,
        erasures=_erasures(practice, around, now),
        keys_off=not account.single_keys,
        hide_after_seconds=HIDES_AFTER if practice.hides_screen else None,
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


def _worker_silent(practice: Practice, around: sa.Row[*tuple[Any, ...]], now: datetime) -> str | None:
    """Ten minutes without a sign from a part; or three, while mail is overdue (R39)."""
    if words := _part_silent(practice, around, now):
        return words
    may_wait = practice.sending_held_at or practice.restored_at or not around.overdue
    if may_wait or (around.last_sign and abs(now - around.last_sign) < SILENCE):
        return None
    return (
        "Emails are waiting because the part of the program that sends them isn’t running. "
        "Nothing is lost; they go out when it runs again."
    )


def _part_silent(practice: Practice, around: sa.Row[*tuple[Any, ...]], now: datetime) -> str | None:
    """Which part it is, and who can help. One that never showed itself has not been started yet."""
    signs = Signs(now, around.worker_at or now, around.beat_at or now, around.last_sign or now)
    for silence in silences(signs):
        since = _when(silence.since or now, practice, now)
        return f"{PART_SILENT[silence.part].format(since=since)} {NOTHING_LOST}"
    return None


def _account_down(practice: Practice) -> str | None:
    if practice.account_failing_since is None:
        return None
    return "Emails are waiting because the sending account isn’t answering. They go out in order when it is."


def _erasures(practice: Practice, around: sa.Row[*tuple[Any, ...]], now: datetime) -> str | None:
    """Who asks to be erased, and who is erased soon if nothing is done."""
    said = []
    if around.asked:
        asks = "person asks" if around.asked == 1 else "people ask"
        said.append(f"{opening(count_words(around.asked))} {asks} you to erase everything about them.")
    if around.announced:
        are = "person is" if around.announced == 1 else "people are"
        when = day_words(around.first_erased_at, now, practice.zone)
        said.append(f"{opening(count_words(around.announced))} {are} erased soon, the first {when}.")
    return " ".join(said) or None


def _mailbox_down(practice: Practice, around: sa.Row[*tuple[Any, ...]], now: datetime) -> str | None:
    """Nobody hears of answers. A line that breaks now and then mends itself, and is not told at once."""
    failing, read_at = around.mailbox_failing_since, around.mailbox_read_at
    if failing and (around.mailbox_refuses or now - failing >= SILENCE):
        why = "the password was refused" if around.mailbox_refuses else "it doesn’t answer"
        return f"We can’t read your mailbox since {_when(failing, practice, now)}: {why}. {UNSEEN}"
    if failing is None and read_at and now - read_at >= UNREAD:
        return f"Your mailbox hasn’t been read since {_when(read_at, practice, now)}. {UNSEEN}"
    return None


def _when(instant: datetime, practice: Practice, now: datetime) -> str:
    return moment(instant, now, practice.zone).removeprefix("today at ")


_overdue = Message.is_due(instant("silent_since"))
AROUND = sa.select(
    number(attention.ON_TODAY).label("waiting"),
    number(Message.problems()).label("problems"),
    number(approvals.waiting(instant("now"))).label("drafts"),
    sa.exists().where(*_overdue, Message.urgency.in_(tuple(Urgency))).label("overdue"),  # as the index begins
    JobRun.last("heartbeat").label("last_sign"),
    JobRun.last("worker").label("worker_at"),
    JobRun.last("beat").label("beat_at"),
    Listener.switched_off().with_only_columns(Listener.id).order_by(None).exists().label("program_off"),
    MailAccount.trouble(MailAccount.failing_since).label("mailbox_failing_since"),
    MailAccount.trouble(MailAccount.not_let_in).label("mailbox_refuses"),
    sa.select(sa.func.max(MailAccount.read_at)).scalar_subquery().label("mailbox_read_at"),
    number(sa.select(Lead.id).where(Lead.erasure_asked_at.is_not(None))).label("asked"),
    number(sa.select(Lead.id).where(Lead.erase_at.is_not(None))).label("announced"),
    sa.select(sa.func.min(Lead.erase_at))
    .where(Lead.erase_at.is_not(None))
    .scalar_subquery()
    .label("first_erased_at"),
)

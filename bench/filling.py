"""People by the thousand, written in a few statements: what a practice looks like after years."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from crm.db import db, transaction
from crm.models import Enrollment, Inquiry, Lead, Message, Practice, Sequence, Trigger, Urgency
from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.stages import Stage

AT_ONCE = 200_000
"""People in one transaction: more makes no difference but in memory."""


def open_all_hours() -> None:
    """So that whoever measures on a Sunday night measures the same."""
    with transaction():
        practice = Practice.current()
        practice.weekdays, practice.opens, practice.closes = list(range(7)), time(0, 0), time(23, 59, 59)
        practice.rests_on_holidays = False


def fill(count: int, due_at: datetime, now: datetime) -> None:
    """So many new people: each has had the first answer, and the next email is scheduled for `due_at`."""
    first = _next_id()
    marks = [*range(first, first + count, AT_ONCE), first + count]
    for begin, end in pairwise(marks):
        with transaction() as session:
            trust(session.connection())
            _people(begin, end, now)
            _emails(begin, end, due_at, now)
            _count_on(session.connection())


def trust(connection: sa.Connection) -> None:
    """What is filled in is sound. To look at each row's foreign keys took Postgres more than to write it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def tidy() -> None:
    """As the database does by itself some time after much was written."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        postgres = connection.dialect.name == "postgresql"
        connection.exec_driver_sql("VACUUM ANALYZE" if postgres else "ANALYZE")


def make_due(at: datetime, at_most: int | None = None) -> None:
    """Follow-ups that were filled in are to go then; not those that the planner has planned since."""
    scheduled = Message.state == sa.literal_column("'scheduled'")
    these = sa.select(Message.id).where(
        scheduled, Message.urgency == Urgency.FOLLOW_UP, Message.wished_at.is_(None)
    )
    with transaction() as session:
        due = sa.update(Message).where(Message.id.in_(these.order_by(Message.id).limit(at_most)))
        session.execute(due.values(due_at=at, planned_at=at))


def _people(begin: int, end: int, now: datetime) -> None:
    n = _numbers(begin, end)
    wrote_at = now - timedelta(days=3)
    sequence = Sequence.for_trigger(Trigger.INQUIRY)
    assert sequence is not None
    _insert(
        Lead,
        n,
        id=n,
        contact_key=_words("p", n, "@example.org"),
        name=_words("Robin", n, " Rivers"),
        email=_words("p", n, "@example.org"),
        created_at=wrote_at,
        stage=Stage.CONTACTED,
        stage_changed_at=wrote_at,
        unsubscribe_token=_words("stop-these-emails-", n),
        page_token=_words("the-page-of-person-", n),
        reply_token=_words("reply-", n),
    )
    _insert(
        Inquiry,
        n,
        id=n,
        lead_id=n,
        received_at=wrote_at,
        nonce=_words("nonce-", n),
        content_key=_words("content-", n),
        email=_words("p", n, "@example.org"),
        message="Could we talk?",
    )
    _insert(
        Enrollment,
        n,
        id=n,
        lead_id=n,
        sequence_id=sequence.id,
        state=EnrollmentState.ACTIVE,
        started_at=wrote_at,
    )


def _emails(begin: int, end: int, due_at: datetime, now: datetime) -> None:
    n = _numbers(begin, end)
    sequence = Sequence.for_trigger(Trigger.INQUIRY)
    assert sequence is not None
    first, second = sequence.plan[:2]
    wrote_at = now - timedelta(days=3)
    same = {
        "kind": MessageKind.STEP,
        "lead_id": n,
        "enrollment_id": n,
        "to_address": _words("p", n, "@example.org"),
        "created_at": wrote_at,
    }
    _insert(
        Message,
        n,
        step_id=first.id,
        urgency=Urgency.ACKNOWLEDGEMENT,
        state=MessageState.SENT,
        due_at=wrote_at,
        planned_at=wrote_at,
        sent_at=wrote_at,
        attempts=1,
        message_id=_words("<a", n, "@example.org>"),
        **same,
    )
    _insert(
        Message,
        n,
        step_id=second.id,
        urgency=Urgency.FOLLOW_UP,
        state=MessageState.SCHEDULED,
        due_at=due_at,
        planned_at=due_at,
        message_id=_words("<b", n, "@example.org>"),
        **same,
    )


def _numbers(begin: int, end: int) -> sa.ColumnElement[int]:
    series = sa.select(sa.literal(begin).label("n")).cte("series", recursive=True)
    series = series.union_all(sa.select(series.c.n + 1).where(series.c.n < end - 1))
    return series.c.n


def _words(before: str, n: sa.ColumnElement[int], after: str = "") -> sa.ColumnElement[str]:
    return sa.literal(before) + sa.cast(n, sa.Text) + sa.literal(after)


def _insert(model: type[Any], n: sa.ColumnElement[int], **values: object) -> None:
    """A row for each number. What is not given has the model's own default."""
    table = model.__table__
    columns = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    rows = sa.select(*columns).select_from(n.table)
    db.session.execute(sa.insert(table).from_select(list(values), rows))


def _next_id() -> int:
    db.session.rollback()
    return (db.session.scalar(sa.select(sa.func.max(Lead.id))) or 0) + 1


def _count_on(connection: sa.Connection) -> None:
    """Rows with numbers of our own leave Postgres' counters behind."""
    if connection.dialect.name != "postgresql":
        return
    for model in (Lead, Inquiry, Enrollment):
        table = model.__tablename__
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )

"""People by the thousand, written in a few statements: what a practice looks like after years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from crm.db import Base, db, transaction
from crm.many import execute, insert_given
from crm.models import Enrollment, Inquiry, Lead, Message, Practice, Sequence, Trigger, Urgency
from crm.rules.sending import EnrollmentState, MessageKind, MessageState
from crm.rules.stages import Stage

AT_ONCE = 200_000
"""People in one transaction: more makes no difference but in memory."""
IN_ONE = 5_000
"""People in one statement."""


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
    """As Postgres does by itself some time after much was written. SQLite does nothing of the kind."""
    if db.engine.dialect.name == "postgresql":
        _outside_a_transaction("VACUUM ANALYZE")


def come_to_rest() -> None:
    """All that was written lies on the disk, so that nobody writes it while a page is waited for."""
    if db.engine.dialect.name == "postgresql":
        _outside_a_transaction("CHECKPOINT")
        return
    db.session.rollback()
    raw = db.engine.raw_connection()  # SQLAlchemy would begin a transaction
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _outside_a_transaction(statement: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)


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
    wrote_at = now - timedelta(days=3)
    sequence = Sequence.for_trigger(Trigger.INQUIRY)
    assert sequence is not None
    came = {"created_at": wrote_at, "stage": Stage.CONTACTED, "stage_changed_at": wrote_at}
    _insert(Lead, begin, end, _person, **came)
    _insert(Inquiry, begin, end, _inquiry, received_at=wrote_at, message="Could we talk?")
    runs = {"sequence_id": sequence.id, "state": EnrollmentState.ACTIVE, "started_at": wrote_at}
    _insert(Enrollment, begin, end, lambda n: {"id": n, "lead_id": n}, **runs)


def _person(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "contact_key": f"p{n}@example.org",
        "name": f"Robin{n} Rivers",
        "email": f"p{n}@example.org",
        "unsubscribe_token": f"stop-these-emails-{n}",
        "page_token": f"the-page-of-person-{n}",
        "reply_token": f"reply-{n}",
    }


def _inquiry(n: int) -> dict[str, Any]:
    keys = {"nonce": f"nonce-{n}", "content_key": f"content-{n}"}
    return {"id": n, "lead_id": n, "email": f"p{n}@example.org", **keys}


def _emails(begin: int, end: int, due_at: datetime, now: datetime) -> None:
    sequence = Sequence.for_trigger(Trigger.INQUIRY)
    assert sequence is not None
    first, second = sequence.plan[:2]
    wrote_at = now - timedelta(days=3)
    same = {"kind": MessageKind.STEP, "created_at": wrote_at}
    sent = {"state": MessageState.SENT, "due_at": wrote_at, "planned_at": wrote_at, "sent_at": wrote_at}
    sent |= {"step_id": first.id, "urgency": Urgency.ACKNOWLEDGEMENT, "attempts": 1}
    _insert(Message, begin, end, lambda n: _email("a", n), **same, **sent)
    later = {"state": MessageState.SCHEDULED, "due_at": due_at, "planned_at": due_at}
    later |= {"step_id": second.id, "urgency": Urgency.FOLLOW_UP}
    _insert(Message, begin, end, lambda n: _email("b", n), **same, **later)


def _email(which: str, n: int) -> dict[str, Any]:
    whose = {"lead_id": n, "enrollment_id": n}
    return {**whose, "to_address": f"p{n}@example.org", "message_id": f"<{which}{n}@example.org>"}


def _insert(
    model: type[Base], begin: int, end: int, its: Callable[[int], dict[str, Any]], **same: object
) -> None:
    """A row for each number: what is its own, and `same`; for the rest the model's own default."""
    statements = insert_given(model, *its(begin), **same)
    for first in range(begin, end, IN_ONE):
        execute(statements, [its(n) for n in range(first, min(first + IN_ONE, end))])


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

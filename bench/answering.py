"""3. From the form posted to its answer accepted, while a thousand follow-ups are due all the time."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic

import sqlalchemy as sa

from bench.practices import PATIENCE, Practice, practice
from bench.sinks import slow_sink
from bench.telling import ratio, tell
from crm import clock
from crm.db import db, transaction
from crm.models import Message, Urgency
from tests.local.waiting import until

INQUIRIES, DUE = 200, 1_000
IN_STORE = 30_000
"""Follow-ups to be made due as fast as they leave."""
TOP_UP_EVERY = 0.1


def measure() -> None:
    tell(f"3. Form posted to accepted: {INQUIRIES} inquiries while {DUE:,} follow-ups are due all the time")
    with practice(partial(slow_sink, milliseconds=0)) as opened:
        opened.plan(IN_STORE)
        visitor = opened.house.web()
        visitor.asks_for_a_call("first@example.org")
        with kept_due(opened):
            posted = {}
            for n in range(INQUIRIES):
                form = visitor.open("/consultation")
                posted[f"asks{n}@example.org"] = monotonic()
                answer = {"name": "Sam Rivers", "email": f"asks{n}@example.org", "message": f"Number {n}"}
                visitor.submit(form, "/consultation", **answer)
            until(lambda: posted.keys() <= opened.sink.times().keys(), PATIENCE)
        times = opened.sink.times()
        opened.sink.prove_once_each(len(times))
    waits = sorted(times[address] - at for address, at in posted.items())
    p50, p95 = statistics.median(waits), waits[int(len(waits) * 0.95)]
    bulk = len(times) - INQUIRIES
    tell(f"   p50 {p50:.2f} s, longest {waits[-1]:.2f} s; {bulk:,} follow-ups left beside them")
    ratio("   p95 in seconds", p95, at_most=2)


@contextmanager
def kept_due(opened: Practice) -> Iterator[None]:
    """A thousand follow-ups are due, and as many as leave are made due again."""
    over = Event()
    thread = Thread(target=_top_up, args=(opened, over), daemon=True)
    with opened.house.app.app_context():
        _make_due(DUE)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _top_up(opened: Practice, over: Event) -> None:
    with opened.house.app.app_context():
        while not over.wait(TOP_UP_EVERY):
            _make_due(DUE - _due())


def _due() -> int:
    due = sa.select(sa.func.count(Message.id)).where(*Message.is_due(clock.now()))
    try:
        return db.session.scalar(due) or 0
    finally:
        db.session.rollback()


def _make_due(count: int) -> None:
    now = clock.now()
    planned = (Message.state == sa.literal_column("'scheduled'"), Message.urgency == Urgency.FOLLOW_UP)
    some = sa.select(Message.id).where(*planned, Message.due_at > now).limit(max(0, count))
    with transaction() as session:
        session.execute(sa.update(Message).where(Message.id.in_(some)).values(due_at=now, planned_at=now))

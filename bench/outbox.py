"""10. Other programs: how many are told a second, and a ring of beat however many were told before.

The worker's own loop in this process; the program that hears is a process of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from time import perf_counter

import sqlalchemy as sa

from bench import filling, plans
from bench.beat import Undone, app_on, median_ms, sqlite_database
from bench.practices import folder
from bench.sinks import Sink, told
from bench.telling import ratio, tell
from crm import clock
from crm.db import db, instant, transaction
from crm.flows import dispatching, forgetting
from crm.many import execute, insert_given
from crm.models import Dispatch, Listener
from crm.models import dispatch_claims as claims
from crm.outside.guard import Guard
from crm.outside.telling import Outside
from crm.rules.dispatches import DispatchKind, DispatchState, test_body
from crm.rules.reach import Reach
from tests.conftest import postgres_database
from tests.system.house import HOME

PROGRAMS = dispatching.MOST_LISTENERS
TOLD = 2_000
FEW, MANY = 1_000, 100_000
"""Told before. So many to one program each that none of it is forgotten yet."""
DUE = 100
RING, LOOK = "a ring", "a look for what is to be forgotten"
"""The second comes every ten minutes and goes through what is kept, 10,000 of each program: it has no aim."""
BUDGET = timedelta(minutes=5)
OUTSIDE = Outside(Guard(Reach(at_home=True)))
AT = instant("at")
SAME: dict[str, object] = {"kind": DispatchKind.TEST, "happened_at": AT, "due_at": AT}
WAITING = insert_given(
    Dispatch, "listener_id", "message_id", "body", state=DispatchState.WAITING, tries=0, **SAME
)
DELIVERED = insert_given(
    Dispatch,
    *("listener_id", "message_id", "body"),
    state=DispatchState.DELIVERED,
    tries=1,
    ended_at=AT,
    **SAME,
)


def measure() -> None:
    for name, database in (("Postgres", postgres_database), ("SQLite", sqlite_database)):
        tell(f"10. Other programs on {name}: {TOLD:,} things told, one worker, a line for each POST")
        _told(name, database())
        tell(f"    A ring of beat on {name}: whether anything is due, and the claim of it; {DUE} are")
        _rings(name, database())


def _told(name: str, database: AbstractContextManager[str]) -> None:
    with folder() as place, told(place) as sink, app_on(database):
        bare = _bare(sink)
        for programs in (1, PROGRAMS):
            pace = _pace(sink, _programs(programs, f"http://{HOME}:{sink.port}/in"))
            tell(f"    {name}, {programs} at once: {pace:,.0f} a second")
            ratio(f"    {name}, {programs} at once, against a bare loop ({bare:,.0f} a second)", pace / bare)
        sink.prove_once_each(3 * TOLD)


def _bare(sink: Sink) -> float:
    """A second, by the least that can tell: one after the other, unsigned, with no book."""
    body = test_body("Bench", clock.now()).encode()
    began = perf_counter()
    for number in range(TOLD):
        line = HTTPConnection(HOME, sink.port, timeout=10)
        line.request("POST", "/in", body, {"webhook-id": f"bare-{number}"})
        assert line.getresponse().status == 204
        line.close()
    return TOLD / (perf_counter() - began)


def _pace(sink: Sink, programs: Sequence[int]) -> float:
    """From due to heard, by all that a worker does."""
    before = len(sink.taken())
    _write_down(WAITING, TOLD, programs, "told")
    began = perf_counter()
    made = dispatching.tell_programs(OUTSIDE, clock.now, BUDGET, lambda: False)
    took = perf_counter() - began
    assert made == TOLD == len(sink.taken()) - before, f"{made} of {TOLD} POSTs were made"
    return TOLD / took


def _rings(name: str, database: AbstractContextManager[str]) -> None:
    with app_on(database):
        programs = _programs(PROGRAMS, f"http://{HOME}:9/in")
        _write_down(WAITING, DUE, programs, "due")
        few = _ring_among(FEW, programs, name, 0)
        many = _ring_among(MANY - FEW, programs, name, FEW)
    for what, took in few.items():
        aim = 1.2 if what == RING else math.inf
        ratio(f"    {what}, {MANY:,} told against {FEW:,}", many[what] / took, at_most=aim)


def _ring_among(more: int, programs: Sequence[int], name: str, there: int) -> dict[str, float]:
    """Milliseconds of each, once so many more were told before."""
    _write_down(DELIVERED, more, programs, f"before{there}")
    filling.tidy()
    acts: dict[str, Callable[[], None]] = {RING: _a_ring, LOOK: _a_look}
    took = {what: median_ms(act) for what, act in acts.items()}
    kept = plans.explain(f"{name}-told-{there + more}", _a_ring)
    each = ", ".join(f"{what} {ms:.2f} ms" for what, ms in took.items())
    tell(f"    {there + more:>9,} told before: {each}; {kept}")
    return took


def _a_ring() -> None:
    """All that happens until something is claimed for each program."""
    now = clock.now()
    dispatching.anything_due(now)
    with suppress(Undone), transaction():
        dispatching.reap(now)
        for listener_id in claims.due_listeners(now):
            claims.take(listener_id, dispatching.LANES, "bench", now)
        raise Undone


def _a_look() -> None:
    with transaction():
        assert not forgetting.go_on(clock.now())


def _programs(count: int, url: str) -> list[int]:
    """So many that are told, and nobody else."""
    with transaction() as session:
        session.execute(sa.update(Listener).values(paused_at=clock.now()))
        made = [Listener(name=f"Program {n}", url=url, made_at=clock.now()) for n in range(count)]
        for listener in made:
            listener.give_secret()
        session.add_all(made)
        session.flush()
        return [listener.id for listener in made]


def _write_down(statements: object, count: int, programs: Sequence[int], mark: str) -> None:
    now = clock.now()
    body, whose = test_body("Bench", now), f"{mark}-{programs[0]}"
    rows = [
        {"listener_id": programs[n % len(programs)], "message_id": f"msg_{whose}-{n}", "body": body}
        for n in range(count)
    ]
    with transaction() as session:
        filling.trust(session.connection())
        for first in range(0, count, filling.IN_ONE):
            execute(statements, rows[first : first + filling.IN_ONE], at=now)  # type: ignore[arg-type]
    db.session.remove()


if __name__ == "__main__":
    measure()

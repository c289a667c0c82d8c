"""2. What a ring of beat costs, however many people there are: the look for due mail, and a batch's claim."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from time import perf_counter

from flask import Flask

from bench import filling, plans
from bench.practices import folder
from bench.telling import ratio, tell
from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows import ledger
from crm.flows.delivery import AHEAD
from crm.flows.planting import plant
from crm.migrating import upgrade
from crm.models import claims, due
from tests.conftest import environment, postgres_database

FEW, MANY = 1_000, 1_000_000
"""Messages scheduled for later."""
DUE = 100
SOME_DUE, ALL_DUE = 2_000, 100_000
LOOKS = 60
BATCH = 16 * AHEAD
"""What a worker of sixteen connections takes that has nothing to do."""
LATER = timedelta(days=30)


def measure() -> None:
    for name, database in (("Postgres", postgres_database), ("SQLite", sqlite_database)):
        tell(f"2. A ring of beat on {name}: reap, look, claim a batch; {DUE} messages are due")
        with app_on(database()):
            few = look_among(FEW, name)
            many = look_among(MANY - FEW, name, DUE + FEW)
            ratio(f"   {MANY:,} scheduled for later against {FEW:,}", many / few, at_most=1.2)
        with app_on(database()):
            some = claim_among(SOME_DUE)
            every = claim_among(ALL_DUE - SOME_DUE)
            tell(f"   a batch among {SOME_DUE:,} due: {some:.2f} ms; among {ALL_DUE:,}: {every:.2f} ms")
            ratio(f"   a claim among {ALL_DUE:,} due against {SOME_DUE:,}", every / some, at_most=1.5)


def look_among(more: int, name: str, there: int = 0) -> float:
    """Milliseconds of one ring, once so many messages more are scheduled for later."""
    now = clock.now()
    if not there:
        filling.fill(DUE, now, now)
    filling.fill(more, now + LATER, now)
    filling.tidy()
    took = median_ms(a_ring)
    kept = plans.explain(f"{name}-{there + more}", a_ring)
    tell(f"   {there + more:>9,} for later: {took:.2f} ms, {kept}")
    return took


def claim_among(more: int) -> float:
    filling.fill(more, clock.now(), clock.now())
    filling.tidy()
    return median_ms(a_claim)


class Undone(Exception):  # noqa: N818 - nothing is wrong
    """So that the same can be done again."""


def a_ring() -> None:
    """All that happens until the first batch is claimed."""
    now = clock.now()
    with suppress(Undone), transaction():
        ledger.reap(now)
        due.anything_due(now)
        claims.take(BATCH, now, ledger.claimant("bench"))
        raise Undone


def a_claim() -> None:
    """A batch as large as a worker takes that has nothing to do."""
    with suppress(Undone), transaction():
        claims.take(BATCH, clock.now(), ledger.claimant("bench"))
        raise Undone


def median_ms(act: Callable[[], None]) -> float:
    took = []
    for _ in range(LOOKS):
        began = perf_counter()
        act()
        took.append(1000 * (perf_counter() - began))
    return statistics.median(took)


@contextmanager
def app_on(database: AbstractContextManager[str], **given: str) -> Iterator[Flask]:
    """A practice without processes, on an empty database. `given`: variables of its environment."""
    with folder() as place, database as url:
        app = create_app(Config.from_env(environment(url, place) | given))
        with app.app_context():
            with db.engine.connect() as connection:
                upgrade(connection)
                connection.commit()
            with transaction():
                plant(clock.now())
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def sqlite_database() -> Iterator[str]:
    with folder() as place:
        yield f"sqlite:///{place}/crm.db"

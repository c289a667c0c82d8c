"""The database goes away while workers send: they keep their results till it is back; no mail is in doubt.

One that is locked or full answers each write with an error, as one that is down does.
"""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from crm.rules.sending import MessageState
from tests.local.waiting import until
from tests.system.house import House, open_house
from tests.system.mortal_postgres import MortalPostgres, mortal_postgres
from tests.system.postoffice import Manners, PostOffice
from tests.system.processes import Program, programs
from tests.system.reckoning import reckon
from tests.system.storm import start_workers

pytestmark = pytest.mark.system
MAILS, BEFORE, PATIENCE = 200, 40, 180
ALMOST_FULL = 200_000
"""Bytes no file may grow beyond: the log stays below them, the database's journal does not."""


@dataclass(frozen=True)
class Scene:
    """Two workers on a database that can be harmed: the server, or where SQLite's file is."""

    house: House
    workers: list[Program]
    database: MortalPostgres | Path

    def complaints(self) -> int:
        """How often workers have found the database away."""
        return sum(worker.said().count("database_away") for worker in self.workers)


@contextmanager
def killed(scene: Scene) -> Iterator[None]:
    assert isinstance(scene.database, MortalPostgres)
    scene.database.kill()
    yield
    scene.database.start()


@contextmanager
def stopped_at_once(scene: Scene) -> Iterator[None]:
    assert isinstance(scene.database, MortalPostgres)
    scene.database.stop_at_once()
    yield
    scene.database.start()


@contextmanager
def full(scene: Scene) -> Iterator[None]:
    for worker in scene.workers:
        worker.limit_files(ALMOST_FULL)
    yield
    for worker in scene.workers:
        worker.limit_files(resource.RLIM_INFINITY)


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """By somebody who holds it for longer than workers wait at the door (crm/db.py: half a minute)."""
    assert isinstance(scene.database, Path)
    holder = sqlite3.connect(scene.database, timeout=60, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.rollback()
    holder.close()


Outage = Callable[[Scene], AbstractContextManager[None]]
OUTAGES: dict[str, list[Outage]] = {"postgres": [killed, stopped_at_once], "sqlite": [full, locked]}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "outage" in metafunc.fixturenames:
        outages = OUTAGES[metafunc.config.getoption("--database")]
        metafunc.parametrize("outage", outages, ids=[outage.__name__ for outage in outages])


@pytest.fixture(scope="module")
def scene(request: pytest.FixtureRequest, office: PostOffice, place: Path) -> Iterator[Scene]:
    with programs(place) as running:
        if request.config.getoption("--database") == "postgres":
            with mortal_postgres(running) as server:
                yield from _opened(place, server.url, server, office)
        else:
            yield from _opened(place, f"sqlite:///{place}/crm.db", place / "crm.db", office)


def _opened(place: Path, url: str, database: MortalPostgres | Path, office: PostOffice) -> Iterator[Scene]:
    with open_house(place, url, office) as house:
        yield Scene(house, start_workers(house), database)


def test_a_database_that_goes_away_in_the_middle_puts_no_mail_in_doubt(
    outage: Outage, scene: Scene, office: PostOffice, tell: Callable[[str], None]
) -> None:
    office.manners = Manners(pace=0.1)
    house, already = scene.house, len(office.accepted)
    everyone = [f"{outage.__name__}{n}@example.org" for n in range(MAILS)]
    house.receives_all(everyone)
    assert until(lambda: len(office.accepted) >= already + BEFORE, PATIENCE), house.running.logs()

    complaints, began = scene.complaints(), monotonic()
    with outage(scene):
        assert until(lambda: scene.complaints() > complaints, PATIENCE), house.running.logs()
        went_before = len(office.accepted) - already
        took = monotonic() - began
    back = monotonic()
    assert house.all_gone(PATIENCE), house.running.logs()

    tell(
        f"{outage.__name__}: noticed after {took:.1f} s with {went_before} of {MAILS} accepted; "
        f"{monotonic() - back:.1f} s after it was back all were"
    )
    found = reckon(house, office)
    assert went_before < MAILS, "all had gone before the database went"
    assert found.wrongs(everyone) == []
    assert {found.book[who] for who in everyone} == {MessageState.SENT}
    assert house.broken_promises() == []

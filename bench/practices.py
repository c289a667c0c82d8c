"""A practice of real processes on Postgres and Redis, warm and with work to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

import sqlalchemy as sa

from bench import filling
from bench.costs import Run, cpu_seconds, forget_peak, peak_mb
from bench.sinks import Sink
from crm import clock
from crm.db import db
from crm.models import Attempt
from tests.conftest import postgres_database
from tests.local.waiting import NEVER
from tests.system.house import House, open_house
from tests.system.processes import Program

WORKERS = 2
WARM = 1_000
"""Mails that go before anything is measured, and again till each worker has sent some: it has its texts then,
its connections, and in the database its plans, as in any worker that has been up for a while."""
A_FEW = 200
PATIENCE = 300
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Postfix's sink makes a file for each mail. On a disk that was a sixth of all the machine did in a burst."""
RHYTHM = {"DRAIN_SECONDS": "2", "FORM_POSTS_PER_CLIENT_MINUTE": "100000"}
"""Beat rings as it does for everybody; the form takes what comes."""
SOMETIME, SOON = timedelta(days=3), timedelta(seconds=2)


@dataclass
class Practice:
    """Its processes, and the server its mail goes to."""

    house: House
    sink: Sink
    workers: Sequence[Program]

    def plan(self, count: int) -> None:
        """So many people more, whose next email is planned for later.

        A few go at once: whoever tidies up makes Postgres throw its plans away, and no burst follows on that.
        """
        with self.house.app.app_context():
            filling.fill(count + A_FEW, clock.now() + SOMETIME, clock.now())
            filling.tidy()
            filling.make_due(clock.now(), A_FEW)
        self.house.all_gone(PATIENCE)

    def send_all(self) -> float:
        """Everything planned is due at one moment, as when the hours begin. Returns it once it has come."""
        with self.house.app.app_context():
            due_at = clock.now() + SOON
            filling.make_due(due_at)
        NEVER.wait(max(0.0, (due_at - clock.now()).total_seconds()))
        return monotonic()

    def measure(self, count: int) -> Run:
        """From due to accepted: so many emails, planned before."""
        before = len(self.sink.taken())
        for worker in self.workers:
            forget_peak(worker.pid)
        cpu, database_cpu = self._cpu()
        began = self.send_all()
        seconds = self.sink.wait_for(before + count, PATIENCE) - began
        self.house.all_gone(PATIENCE)
        cpu_now, database_cpu_now = self._cpu()
        peak = max(peak_mb(worker.pid) for worker in self.workers)
        return Run(count, seconds, cpu_now - cpu, peak, database_cpu_now - database_cpu)

    def at_work(self) -> int:
        """How many workers have sent something."""
        with self.house.app.app_context():
            return db.session.scalar(sa.select(sa.func.count(sa.distinct(Attempt.worker)))) or 0

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds([worker.pid for worker in self.workers]), cpu_seconds(self._backends())

    def _backends(self) -> list[int]:
        """The database's processes that serve this practice, all but the one that is asked."""
        theirs = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with self.house.app.app_context(), db.engine.connect() as connection:
            return list(connection.scalars(sa.text(theirs)))


@contextmanager
def folder(within: Path | None = None) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="bench-", dir=within))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def practice(sink_in: Callable[[Path], AbstractContextManager[Sink]]) -> Iterator[Practice]:
    """With two workers and beat, which have sent their first mails."""
    with (
        folder() as place,
        folder(MEMORY if MEMORY.is_dir() else None) as letterbox,
        postgres_database() as url,
        sink_in(letterbox) as sink,
        open_house(place, url, sink, **RHYTHM) as house,
    ):
        with house.app.app_context():
            filling.open_all_hours()
        house.redis()
        workers = [house.worker(f"worker{n}") for n in range(WORKERS)]
        house.beat()
        opened = Practice(house, sink, workers)
        while opened.at_work() < WORKERS:
            opened.plan(WARM)
            opened.measure(WARM)
        yield opened

"""How long a backup and a restore take with 10,000 people, and how much memory: `python -m bench.keeping`.

Each in a program of its own, as the operator runs it, so that the peak of its memory is its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

from bench import filling
from bench.practices import folder
from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows import indexing
from crm.flows.planting import plant
from crm.keeping import tables, taking
from crm.migrating import upgrade
from tests.conftest import environment, postgres_database

PEOPLE = 10_000


def main() -> None:
    with folder() as place:
        for kind in ("sqlite", "postgres"):
            with database(kind, place / "from.sqlite3") as url:
                fill(url, place)
                kept = place / f"{kind}.backup"
                told(f"{kind}: backup", timed(url, place, "backup", "--to", kept))
                print(f"  {kept.stat().st_size / 1e6:.1f} MB in the file", flush=True)
                told(f"{kind}: restore --verify", timed(url, place, "restore", kept, "--verify"))
            for other in ("sqlite", "postgres"):
                with database(other, place / "to.sqlite3") as url:
                    told(f"{kind}: restore into {other}", timed(url, place, "restore", kept))


@dataclass(frozen=True)
class Run:
    """Seconds on the clock and of a processor (without the database's own), and megabytes at its largest."""

    seconds: float
    cpu: float
    megabytes: float


def told(what: str, run: Run) -> None:
    figures = f"{run.seconds:.1f} s, {run.cpu:.1f} of them at work"
    print(f"{what}: {figures}, at most {run.megabytes:.0f} MB of memory", flush=True)


def timed(url: str, place: Path, *words: object) -> Run:
    command = [sys.executable, "-m", "crm", *map(str, words)]
    began = monotonic()
    program = subprocess.Popen(
        command, env={**os.environ, **environment(url, place)}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(program.pid, 0)
    assert status == 0, words
    return Run(monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


@contextmanager
def database(kind: str, file: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{file}"
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
        return
    with postgres_database() as url:
        yield url


def fill(url: str, place: Path) -> None:
    """People who wrote a note and had their first answer, and the index by which they are found."""
    app, now = create_app(Config.from_env(environment(url, place))), clock.now()
    with app.app_context():
        with db.engine.connect() as connection:
            upgrade(connection)
        with transaction():
            plant(now)
        filling.fill(PEOPLE, now + timedelta(days=3), now)
        with transaction():
            indexing.begin()
        is_whole = False
        while not is_whole:
            with transaction():
                is_whole = indexing.go_on(now).is_whole
        filling.tidy()
        with taking.one_moment(db.engine) as connection:
            counts = {
                each.name: sum(1 for _ in tables.rows(connection, each)) for each in tables.tables(connection)
            }
        print(f"{sum(counts.values()):,} rows, {counts['search_entry']:,} of them of the index", flush=True)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()

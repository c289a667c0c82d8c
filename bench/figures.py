"""What /metrics asks of Postgres with a million emails, half of them to go: `python -m bench.figures`."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from time import perf_counter, process_time

from flask import Flask

from bench import filling
from bench.practices import folder
from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows.planting import plant
from crm.migrating import upgrade
from tests.conftest import environment, postgres_database

SIZES, TIMES = (5_000, 500_000), 30
"""People: each has had one email and waits for the next."""


def main() -> None:
    with folder() as place, postgres_database() as url:
        app, there = create_app(Config.from_env(environment(url, place))), 0
        with app.app_context():
            with db.engine.connect() as connection:
                upgrade(connection)
            with transaction():
                plant(clock.now())
        for size in SIZES:
            fill(app, size - there)
            there = size
            measure(app, size)
        with app.app_context():
            db.engine.dispose()


def fill(app: Flask, more: int) -> None:
    now = clock.now()
    with app.app_context():
        filling.fill(more, now + timedelta(days=3), now)
        filling.make_due(now - timedelta(minutes=5))
        filling.tidy()
        db.session.remove()


def measure(app: Flask, people: int) -> None:
    """On the clock, and of this process's processor; the rest is the database's, and waiting for both."""
    browser, took, cpu = app.test_client(), [], process_time()
    for _ in range(TIMES):
        began = perf_counter()
        assert browser.get("/metrics").status_code == 200
        took.append((perf_counter() - began) * 1000)
    own = (process_time() - cpu) / TIMES * 1000
    times = f"{median(took):.1f} ms (median), {min(took):.1f} ms (shortest), own {own:.1f} ms"
    print(f"{2 * people:,} emails: {times}", flush=True)


if __name__ == "__main__":
    main()

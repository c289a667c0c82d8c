"""What /metrics asks of Postgres with a million emails, half of them to go: `python -m bench.figures`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import filling
from bench.practices import folder
from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows.planting import plant
from crm.migrating import upgrade
from tests.conftest import environment, postgres_database

PEOPLE, TIMES = 500_000, 30
"""Each has had one email and waits for the next."""


def main() -> None:
    with folder() as place, postgres_database() as url:
        measure(url, place)


def measure(url: str, place: Path) -> None:
    app, now = create_app(Config.from_env(environment(url, place))), clock.now()
    with app.app_context():
        with db.engine.connect() as connection:
            upgrade(connection)
        with transaction():
            plant(now)
        filling.fill(PEOPLE, now + timedelta(days=3), now)
        filling.make_due(now - timedelta(minutes=5))
        filling.tidy()
        db.session.remove()
    browser, took = app.test_client(), []
    for _ in range(TIMES):
        began = perf_counter()
        assert browser.get("/metrics").status_code == 200
        took.append((perf_counter() - began) * 1000)
    print(f"{2 * PEOPLE:,} emails: /metrics {median(took):.1f} ms (median), {max(took):.1f} ms (longest)")
    with app.app_context():
        db.engine.dispose()


if __name__ == "__main__":
    main()

"""kill -9 in the midst of it: of a backup nothing is left, and of a restore nothing is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.keeping import shelf, taking
from crm.models import Lead, SearchEntry
from tests.keeping.conftest import Home
from tests.keeping.running import begun, crm
from tests.local.waiting import until
from tests.practice import TUESDAY

MANY = 400_000
"""Rows that make both take long enough to be killed in their midst."""


@pytest.fixture(scope="module")
def large(lived_in: Home) -> Iterator[Home]:
    """The practice with a past, and very many words by which one person is found."""
    with lived_in.app.app_context(), db.engine.begin() as connection:
        someone = connection.execute(sa.select(sa.func.min(Lead.id))).scalar_one()
        series = (
            f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})"
            f" INSERT INTO search_entry (lead_id, token, place) SELECT {someone}, -n * 7919, 1 FROM n"
        )
        if connection.dialect.name == "postgresql":
            series = series.replace("WITH RECURSIVE n(n)", "", 1)
            series = (
                "INSERT INTO search_entry (lead_id, token, place)"
                f" SELECT {someone}, -n::bigint * 7919, 1 FROM generate_series(1, {MANY}) n"
            )
        connection.exec_driver_sql(series)
    yield lived_in
    with lived_in.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(SearchEntry).where(SearchEntry.token < 0, SearchEntry.place == 1))


def test_a_backup_that_is_killed_is_no_backup(large: Home, tmp_path: Path) -> None:
    program = begun(large, "backup", "--to", tmp_path / "practice.backup")
    assert until(lambda: any(half.stat().st_size > 300_000 for half in tmp_path.glob(".*.half")), 60)

    program.kill()
    program.communicate()

    assert [path.suffix for path in tmp_path.iterdir()] == [".half"]
    assert crm(large, "backup", "--to", tmp_path / "practice.backup").status == 0


def test_what_a_killed_backup_left_is_cleared_away_next_day(tmp_path: Path) -> None:
    half = tmp_path / ".practice.backup.0123.half"
    half.touch()
    written = TUESDAY.fromtimestamp(half.stat().st_mtime, TUESDAY.tzinfo)

    shelf.tidy(tmp_path, 7, 4, written + shelf.LEFT_BEHIND / 2)
    still_there = half.exists()
    shelf.tidy(tmp_path, 7, 4, written + shelf.LEFT_BEHIND * 2)

    assert still_there
    assert not half.exists()


@pytest.mark.parametrize("seconds", [0.0, 2.0, 4.0, 7.0])
def test_a_restore_that_is_killed_has_changed_nothing(
    large: Home,
    elsewhere: Callable[[str], Home],
    tmp_path: Path,
    pytestconfig: pytest.Config,
    seconds: float,
) -> None:
    there = elsewhere(pytestconfig.getoption("--database"))
    with large.app.app_context():
        taking.take(db.engine, large.config, file := tmp_path / "practice.backup", TUESDAY)
    crm(there, "migrate")
    crm(there, "seed-demo")
    before = there.rows()

    program = begun(there, "restore", file, "--replace")
    assert until(lambda: bool(shelf.lying_in(there.config.backup_dir)), 60)
    Event().wait(seconds)
    was_at_work = program.poll() is None
    program.kill()
    program.communicate()

    assert was_at_work
    assert there.rows() == before
    assert crm(there, "verify").status == 0

"""kill -9 in the midst of it: of a backup nothing is left, and of a restore nothing is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows.planting import plant
from crm.keeping import shelf, taking
from crm.migrating import upgrade
from crm.models import Account, Lead, SearchEntry
from tests.keeping.conftest import Home, empty_home
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


def test_a_database_in_which_a_backup_was_being_proved_is_cleared_away_too(tmp_path: Path) -> None:
    (left := tmp_path / f"{shelf.PROVING}0123").mkdir()
    (left / "apart.sqlite3").write_text("people")
    written = TUESDAY.fromtimestamp(left.stat().st_mtime, TUESDAY.tzinfo)

    shelf.clear_away(tmp_path, written + shelf.LEFT_BEHIND / 2)
    still_there = left.exists()
    shelf.clear_away(tmp_path, written + shelf.LEFT_BEHIND * 2)

    assert still_there
    assert not left.exists()


@pytest.fixture(scope="module")
def kept(large: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("kept") / "practice.backup"
    with large.app.app_context():
        taking.take(db.engine, large.config, path, TUESDAY)
    return path


@pytest.fixture(scope="module")
def small(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Another practice, with somebody in it, that a restore is to replace."""
    with empty_home(pytestconfig.getoption("--database"), tmp_path_factory.mktemp("small")) as opened:
        with opened.app.app_context():
            with db.engine.connect() as connection:
                upgrade(connection)
            with transaction():
                plant(TUESDAY)
                Account.create("june@mainstreet.example", "June", "a long enough password", TUESDAY)
        yield opened


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.0, 2.0])
def test_a_restore_that_is_killed_has_changed_nothing(kept: Path, small: Home, seconds: float) -> None:
    before, made_before = small.rows(), len(shelf.lying_in(small.config.backup_dir))

    program = begun(small, "restore", kept, "--replace")
    assert until(lambda: len(shelf.lying_in(small.config.backup_dir)) > made_before, 60)
    Event().wait(seconds)
    was_at_work = program.poll() is None
    program.kill()
    program.communicate()

    assert was_at_work
    assert small.rows() == before
    assert crm(small, "verify").status == 0

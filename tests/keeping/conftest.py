"""A practice with a past, of the kind of database that is tested, and empty ones to put it back into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from config import Config
from crm.app import create_app
from crm.db import db
from crm.demo import fill
from crm.keeping import tables, taking
from crm.links import Links
from crm.migrating import upgrade
from tests.conftest import answers, environment, need, postgres_database
from tests.practice import TUESDAY

Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Home:
    """A database, and the programs' view of it."""

    app: Flask
    config: Config

    def rows(self) -> Rows:
        """Every row of every table as it lies there, in no order: comparable between databases."""
        with self.app.app_context(), taking.one_moment(db.engine) as connection:
            return {
                table.name: sorted(repr(_alike(row)) for row in tables.rows(connection, table))
                for table in tables.tables(connection)
            }

    def env(self) -> dict[str, str]:
        return environment(str(self.config.database_url), self.config.data_dir)


def _alike(row: tables.Row) -> list[object]:
    """SQLite's yes is a 1, and its opening hour may lack the seconds' fractions."""
    return [int(value) if isinstance(value, bool) else value for value in row]


@contextmanager
def home(url: str, folder: Path) -> Iterator[Home]:
    config = Config.from_env(environment(url, folder))
    app = create_app(config)
    app.testing = True
    try:
        yield Home(app, config)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def empty_home(kind: str, folder: Path) -> Iterator[Home]:
    """A database without a single table."""
    with ExitStack() as stack:
        if kind == "postgres":
            need("PostgreSQL on port 5432", there=answers(5432))
            url = stack.enter_context(postgres_database())
        else:
            url = f"sqlite:///{folder}/practice.sqlite3"
        yield stack.enter_context(home(url, folder))


@pytest.fixture(scope="session")
def lived_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Spring Street Therapy with its invented people: nearly every table has rows."""
    kind = request.config.getoption("--database")
    with empty_home(kind, tmp_path_factory.mktemp("lived_in")) as opened:
        with time_machine.travel(TUESDAY, tick=False), ThreadPoolExecutor(1) as thread:
            thread.submit(_live_in, opened.app).result()
        yield opened


def _live_in(app: Flask) -> None:
    """In a thread of its own: Playwright's loop may be running in the tests' one, and a thread has one."""
    with app.app_context():
        with db.engine.connect() as connection:
            upgrade(connection)
        fill(TUESDAY, Links("http://localhost"))
        db.session.remove()


@pytest.fixture
def backup(lived_in: Home, tmp_path: Path) -> Path:
    """Of the practice with a past."""
    path = tmp_path / "practice.backup"
    with lived_in.app.app_context():
        taking.take(db.engine, lived_in.config, path, TUESDAY)
    return path


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Home]:
    """`elsewhere("postgres")`: an empty database of that kind."""

    def opened(kind: str) -> Home:
        stack = ExitStack()
        request.addfinalizer(stack.close)
        folder = tmp_path / f"elsewhere-{kind}"
        folder.mkdir()
        return stack.enter_context(empty_home(kind, folder))

    return opened

"""One practice per test, on SQLite or Postgres (`--database`), with a clock that only the test moves."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from crm.app import create_app
from crm.db import Base, db
from crm.migrating import upgrade
from tests.outbox import Outbox
from tests.practice import Practice, sign_in

POSTGRES = "postgresql://postgres@127.0.0.1:5432"
MEASURED = "measured"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, also those that ran in a process of their own."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    measured = [(each.nodeid, words) for each in reports for name, words in each.user_properties
                if name == MEASURED and each.when == "call"]  # fmt: skip
    if measured:
        terminalreporter.section("measured")
    for test, words in measured:
        terminalreporter.write_line(f"{test.rpartition('::')[2]}: {words}")


@pytest.fixture(autouse=True)
def no_loop_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Between browser tests Playwright’s loop counts as running in this thread, and there may be but one."""
    left = None if request.node.get_closest_marker("browser") else asyncio._get_running_loop()
    if left is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left)


def answers(port: int) -> bool:
    """Whether something listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def need(what: str, *, there: bool) -> None:
    """Skip loudly where a service is missing; in CI a skip is a failure."""
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}, and it is not there")
    pytest.skip(f"NOT TESTED: {what} is not there")


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of its own, gone afterwards."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/crm.db"
        return
    need("PostgreSQL on port 5432", there=answers(5432))
    with postgres_database() as url:
        with psycopg.connect(url, autocommit=True) as server:  # no test here pulls the server's plug
            server.execute(f'ALTER DATABASE "{url.rpartition("/")[2]}" SET synchronous_commit = off')
        yield url


@contextmanager
def postgres_database() -> Iterator[str]:
    name = f"crm_test_{secrets.token_hex(6)}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES}/{name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """What an operator would set, for a practice that lives in a folder of the test's."""
    return {
        "ENVIRONMENT": "development",
        "SECRET_KEY": "a-secret-key-that-guards-only-tests-0123456789",
        "DATABASE_URL": database_url,
        "BASE_URL": "http://localhost",
        "DATA_DIR": str(folder),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_SECURITY": "none",
        "FORM_MIN_SECONDS": "0",
        "FORM_POSTS_PER_CLIENT_MINUTE": "1000",
    }


@pytest.fixture(scope="session")
def config(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config.from_env(environment(database_url, tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session")
def migrated_app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    app.testing = True
    with app.app_context():
        with db.engine.connect() as connection:
            upgrade(connection)
            connection.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    yield migrated_app
    with migrated_app.app_context():
        empty_all_tables()


FIRST_IDS = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"


def empty_all_tables() -> None:
    db.session.rollback()
    tables = list(Base.metadata.tables)
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # a TRUNCATE of so many tables takes ten times as long
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text(FIRST_IDS))
        else:
            connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            connection.execute(sa.text("DELETE FROM sqlite_sequence"))
        with nothing_guarded(connection):
            for table in tables:
                connection.execute(sa.text(f"DELETE FROM {table}"))
        connection.commit()
    db.session.remove()


@contextmanager
def nothing_guarded(connection: sa.Connection) -> Iterator[None]:
    """The access record refuses to be emptied. Postgres passes over triggers for a replica, SQLite never."""
    here = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    guards = connection.execute(sa.text(here)).all() if connection.dialect.name == "sqlite" else []
    for name, _ in guards:
        connection.execute(sa.text(f"DROP TRIGGER {name}"))
    yield
    for _, made in guards:
        connection.execute(sa.text(made))


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def practice(app: Flask, outbox: Outbox) -> Iterator[Practice]:
    """Spring Street Therapy on Tuesday, March 10, 2026, at 1:52 pm in Los Angeles. Connor owns it."""
    with Practice.opened(app, outbox) as opened:
        yield opened


@pytest.fixture
def client(practice: Practice) -> FlaskClient:
    """A browser in which Connor is signed in."""
    browser = practice.app.test_client()
    sign_in(practice, browser)
    return browser


@pytest.fixture
def visitor(practice: Practice) -> FlaskClient:
    """A stranger's browser."""
    return practice.app.test_client(use_cookies=False)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], object]], int]:
    """`count_queries(lambda: client.get("/today"))`: how many statements that costs."""

    def count(act: Callable[[], object]) -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count

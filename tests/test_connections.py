"""A database that hung up and is back again is noticed before anything is asked of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from config import Config
from crm.app import create_app
from crm.db import db

WHO = sa.text("SELECT pg_backend_pid()")
HANG_UP = sa.text("SELECT pg_terminate_backend(:pid, 10000)")


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    with create_app(config).app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite cannot hang up")
        yield db.engine
        db.engine.dispose()


def serves(engine: Engine) -> int:
    """Which process of the database answers now."""
    with engine.connect() as connection:
        return int(connection.execute(WHO).scalar_one())


def test_a_connection_that_was_just_used_serves_again(engine: Engine) -> None:
    assert serves(engine) == serves(engine)


def test_who_asks_right_after_the_database_hung_up_gets_an_answer(engine: Engine) -> None:
    with engine.connect() as other:
        hung_up = serves(engine)
        other.execute(HANG_UP, {"pid": hung_up})

        assert serves(engine) != hung_up

"""What Postgres was asked once it knows by heart: a page is not planned anew for each look."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Lead
from tests.practice import Practice

LOOKS = 7
"""psycopg prepares what has been asked five times."""


@pytest.fixture
def postgres_practice(practice: Practice) -> Practice:
    with practice.reading():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite keeps no statements")
    return practice


def test_postgres_keeps_what_a_page_asks_from_one_look_to_the_next(
    postgres_practice: Practice, client: FlaskClient
) -> None:
    for _ in range(LOOKS):
        client.get("/people?view=list")

    with postgres_practice.reading() as session:
        known = session.scalars(sa.text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM sign_in" in statement for statement in known)
    assert any("FROM lead" in statement for statement in known)


def test_whoever_only_looks_leaves_no_transaction_open(postgres_practice: Practice) -> None:
    idle = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    with postgres_practice.reading() as session:
        session.scalars(sa.select(Lead)).all()

        with db.engine.connect() as beside:
            assert beside.scalar(idle) == 0


def test_nothing_is_stored_outside_a_transaction(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")

    with practice.reading() as session:
        session.scalars(sa.select(Lead)).one().name = "Somebody else"
        with pytest.raises(RuntimeError, match="transaction"):
            session.flush()

    with practice.reading() as session:
        assert session.scalars(sa.select(Lead.name)).one() == "Sam Rivers"


def test_a_page_is_shown_though_the_server_has_thrown_its_connections_out(
    postgres_practice: Practice, client: FlaskClient
) -> None:
    thrown_out = sa.text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    client.get("/people")
    with postgres_practice.reading():
        url = db.engine.url
    elsewhere = sa.create_engine(url)
    with elsewhere.connect() as beside:
        assert beside.scalar(thrown_out) >= 1
    elsewhere.dispose()

    assert client.get("/people").status_code == 200

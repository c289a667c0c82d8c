"""The migrations make what the models say, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.migrating import differences, upgrade
from tests.conftest import answers, need, postgres_database


def differences_after_upgrade(url: str) -> list[object]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection)
            connection.commit()
            return differences(connection)
    finally:
        engine.dispose()


def test_the_migrations_match_the_models_on_sqlite(tmp_path: Path) -> None:
    assert differences_after_upgrade(f"sqlite:///{tmp_path}/crm.db") == []


def test_the_migrations_match_the_models_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        found = differences_after_upgrade(url.replace("postgresql://", "postgresql+psycopg://"))

    assert found == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crm.db"

    differences_after_upgrade(url)

    assert differences_after_upgrade(url) == []


@pytest.mark.parametrize("url", ["sqlite://"])
def test_an_empty_database_does_not_match(url: str) -> None:
    engine = sa.create_engine(url)

    with engine.connect() as connection:
        found = differences(connection)
    engine.dispose()

    assert found != []

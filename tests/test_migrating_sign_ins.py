"""Who was signed in before there was a second step stays in, and counts as having shown who they are then."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from crm.migrating import upgrade
from tests.conftest import answers, need, postgres_database

BEFORE = """
    INSERT INTO account (id, email, name, password_hash, created_at, single_keys, role)
    VALUES (1, 'connor@springstreet.example', 'Connor', 'x', '2026-03-01', true, 'owner');
    INSERT INTO sign_in (id, token_hash, account_id, created_at, seen_at)
    VALUES (1, 'a', 1, '2026-03-01 08:00:00', '2026-03-01 09:00:00');
    INSERT INTO failed_sign_in (email, client_key, at) VALUES ('sam@example.org', 'x', '2026-03-01')
"""
AFTER = """
    SELECT account.role, account.deactivated_at, account.totp_secret, account.handle,
        sign_in.proved_at = sign_in.created_at, sign_in.browser
    FROM sign_in JOIN account ON account.id = sign_in.account_id
"""


def after_upgrade(url: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            upgrade(connection, to="0020")
            for statement in BEFORE.split(";"):
                connection.exec_driver_sql(statement)
            connection.commit()
            upgrade(connection)
            connection.commit()
            return [tuple(row) for row in connection.exec_driver_sql(AFTER)]
    finally:
        engine.dispose()


STAYS = [("owner", None, None, None, True, "")]


def test_a_sign_in_from_before_stays_on_sqlite(tmp_path: Path) -> None:
    assert after_upgrade(f"sqlite:///{tmp_path}/crm.db") == STAYS


def test_a_sign_in_from_before_stays_on_postgres() -> None:
    need("PostgreSQL on port 5432", there=answers(5432))

    with postgres_database() as url:
        assert after_upgrade(url.replace("postgresql://", "postgresql+psycopg://")) == STAYS

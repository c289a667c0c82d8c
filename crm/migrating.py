"""Bringing a database to the newest schema, and asking whether the models still match it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from crm.db import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration this database has not seen, up to this one, and commit: all of them or none.

    Left to itself Alembic would commit each one on SQLite, and a practice would stay half way.
    """
    if connection.in_transaction():
        connection.commit()
    with references_unchecked(connection), connection.execution_options(writes=True).begin():
        advance(connection, to)
        refuse_broken_references(connection)


def advance(connection: Connection, to: str = "head") -> None:
    """The same within the caller's transaction, who has switched references off where that is to be done."""
    command.upgrade(_alembic(connection), to)


def refuse_broken_references(connection: Connection) -> None:
    """Raises RuntimeError where SQLite was left with rows that refer to nothing. Postgres never is."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise RuntimeError(f"{len(broken)} rows refer to nothing")


def known_revisions() -> frozenset[str]:
    """Every schema this code can make."""
    return frozenset(each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """The newest schema this code knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def is_current(connection: Connection) -> bool:
    """Whether this database has the schema of this code: one short query."""
    (found,) = connection.execute(sa.text("SELECT version_num FROM alembic_version")).one()
    return bool(found == newest_revision())


def write_revision(connection: Connection, subject: str) -> None:
    """Write a migration from what the models have and this database has not."""
    command.revision(_alembic(connection), subject, autogenerate=True)


def differences(connection: Connection) -> list[object]:
    """What the models and this database disagree about; empty when they match."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew: dropping the old one would take along what refers to it.

    The switch does nothing inside a transaction, so it is turned on the driver's own connection.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    (checked,) = driver.execute("PRAGMA foreign_keys").fetchone()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA foreign_keys={checked}")


def _alembic(connection: Connection) -> Alembic:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic

"""Every row of the practice, put back later: so each story begins alike, in a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm.db import Base, db
from tests.practice import Practice


@dataclass(frozen=True)
class Backup:
    """All rows of all tables, as they were when it was taken."""

    rows: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, practice: Practice) -> Backup:
        with practice.reading() as session:
            return cls(
                {
                    name: [dict(row) for row in session.execute(sa.select(table)).mappings()]
                    for name, table in Base.metadata.tables.items()
                }
            )

    def restore(self, practice: Practice) -> None:
        with practice.app.app_context(), db.engine.begin() as connection, unguarded(connection):
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            else:
                connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            for name, table in Base.metadata.tables.items():
                connection.execute(table.delete())
                if self.rows[name]:
                    connection.execute(table.insert(), self.rows[name])


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """SQLite's triggers are away meanwhile: of the access record nothing may be deleted otherwise.

    On Postgres it takes the role of a replica, for which they don't fire.
    """
    if connection.dialect.name == "postgresql":
        yield
        return
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.exec_driver_sql(asked).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.exec_driver_sql(made)

"""A practice as it begins, planted once for each database and then copied: it was a fifth of most tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.db import Base, db

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Planted:
    """The rows that a practice begins with, by table."""

    rows: Rows

    @classmethod
    def by(cls, plant: Callable[[], None]) -> Planted:
        """What this plants into an empty database."""
        there = _everything()
        plant()
        return cls({name: rows for name, rows in _everything().items() if name not in there})

    def again(self) -> None:
        """The same rows, under the same ids."""
        with db.engine.begin() as connection:
            postgres = connection.dialect.name == "postgresql"
            connection.exec_driver_sql(AT_ONCE[postgres])
            for name, rows in self.rows.items():
                connection.execute(sa.insert(Base.metadata.tables[name]), rows)
                if postgres and "id" in rows[0]:
                    connection.execute(NEXT_ID, {"name": name, "last": max(row["id"] for row in rows)})


def _everything() -> Rows:
    with db.engine.connect() as connection:
        found = {
            name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for name, table in Base.metadata.tables.items()
        }
    return {name: rows for name, rows in found.items() if rows}


AT_ONCE = {True: "SET LOCAL session_replication_role = replica", False: "PRAGMA defer_foreign_keys = ON"}
"""Two tables point at each other; that everything points somewhere was so when it was planted."""
NEXT_ID = sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")

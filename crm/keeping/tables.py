"""What lies in a database, table by table, read as it lies there and not as today's models would see it.

A backup is made of whatever schema there is, also of the one before a migration. The database's own shape is
asked, so a table or a sealed column that somebody adds later is carried without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm.keeping.troubles import OtherSchema

Row = list[Any] | tuple[Any, ...]
"""Numbers, texts, bytes, None. Instants are text, as SQLite has them; so is JSON."""

REVISION = "alembic_version"
KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.JSON, "json"),
    (sa.DateTime, "instant"),
    (sa.Date, "day"),
    (sa.Time, "time"),
    (sa.Boolean, "bool"),
    (sa.LargeBinary, "bytes"),
    (sa.Integer, "int"),
    (sa.Float, "real"),
)
FROM_POSTGRES = {
    "json": "{}::text",
    "instant": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "day": "{}::text",
    "time": "to_char({}, 'HH24:MI:SS.US')",
}
POSTGRES_TYPES = {"bool": "bool", "bytes": "bytea", "int": "int8", "real": "float8"}


@dataclass(frozen=True)
class Table:
    """Its name and its columns, each with its kind."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]


def tables(connection: Connection) -> list[Table]:
    """Every table there is, but for the one that says which schema it is."""
    inspector = sa.inspect(connection)
    return [_table(inspector, name) for name in sorted(inspector.get_table_names()) if name != REVISION]


def _table(inspector: sa.Inspector, name: str) -> Table:
    columns = [each for each in inspector.get_columns(name) if not each.get("computed")]
    return Table(name, tuple(c["name"] for c in columns), tuple(_kind(c["type"]) for c in columns))


def _kind(kind: object) -> str:
    return next((word for known, word in KINDS if isinstance(kind, known)), "text")


def rows(connection: Connection, table: Table) -> Iterator[Row]:
    """All of its rows, one after the other, whatever their size: never more than one of them in our hands."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        names = ", ".join(quoted(each) for each in table.columns)
        yield from driver.execute(f"SELECT {names} FROM {quoted(table.name)}")  # noqa: S608 - its own names
        return
    wanted = ", ".join(
        FROM_POSTGRES.get(kind, "{}").format(quoted(name))
        for name, kind in zip(table.columns, table.kinds, strict=True)
    )
    copying = f"COPY (SELECT {wanted} FROM {quoted(table.name)}) TO STDOUT"  # noqa: S608 - the same
    with driver.cursor() as cursor, cursor.copy(copying) as copied:
        copied.set_types([POSTGRES_TYPES.get(kind, "text") for kind in table.kinds])
        yield from copied.rows()


def write(connection: Connection, table: Table, into: Iterator[Row]) -> int:
    """Put these rows into a table that is there and empty. Returns how many there were."""
    driver, names = connection.connection.driver_connection, ", ".join(quoted(c) for c in table.columns)
    counted = _Counted(into)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.columns))
        insert = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 - as above
        driver.executemany(insert, counted)  # type: ignore[union-attr]
        return counted.so_far
    copying = f"COPY {quoted(table.name)} ({names}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(copying) as copied:  # type: ignore[union-attr]
        for row in counted:
            copied.write_row(row)
    return counted.so_far


class _Counted:
    def __init__(self, given: Iterator[Row]) -> None:
        self._given, self.so_far = given, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._given:
            self.so_far += 1
            yield row


def counters(connection: Connection) -> dict[str, int]:
    """The highest number each table has ever given, where it remembers that: it is not given again."""
    if connection.dialect.name == "sqlite":
        known = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'")
        if known.first() is None:
            return {}
        return {
            str(n): int(s) for n, s in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
        }
    return {name: _last(connection, sequence) for name, sequence in _sequences(connection).items()}


def count_on(connection: Connection, from_there: dict[str, int]) -> None:
    """Go on counting where that database was, or where the rows are, whichever is further."""
    if connection.dialect.name == "sqlite":
        for name in (each for each in from_there if _counts(connection, each)):
            _count_on_in_sqlite(connection, name, from_there[name])
        return
    for name, sequence in _sequences(connection).items():
        (highest,) = connection.exec_driver_sql(f"SELECT max(id) FROM {quoted(name)}").one()  # noqa: S608 - as above
        last = max(highest or 0, from_there.get(name, 0))
        setting = sa.text("SELECT setval(CAST(:sequence AS regclass), :last, :is_given)")
        connection.execute(setting, {"sequence": sequence, "last": max(last, 1), "is_given": last > 0})


def _count_on_in_sqlite(connection: Connection, name: str, last: int) -> None:
    further = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
    if not connection.exec_driver_sql(further, (last, name)).rowcount:
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def _counts(connection: Connection, name: str) -> bool:
    """Whether this table of SQLite’s never gives a number twice; where none does, SQLite keeps no book."""
    asked = "SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'"
    return connection.exec_driver_sql(asked, (name,)).first() is not None


def _sequences(connection: Connection) -> dict[str, str]:
    asked = (
        "SELECT c.relname, pg_get_serial_sequence(quote_ident(c.relname), 'id') FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'"
        " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
    )
    return {str(name): str(sequence) for name, sequence in connection.exec_driver_sql(asked) if sequence}


def _last(connection: Connection, sequence: str) -> int:
    last, is_given = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608
    return int(last) if is_given else 0


def known_here(connection: Connection, carried: Table) -> Table:
    """The table of this name as it is here. Raises OtherSchema where it can't take what is carried."""
    inspector = sa.inspect(connection)
    here = _table(inspector, carried.name) if inspector.has_table(carried.name) else None
    if here is None or not set(carried.columns) <= set(here.columns):
        raise OtherSchema(
            f"This backup has a table {carried.name} of a shape that this program doesn't know."
        )
    return Table(carried.name, carried.columns, carried.kinds)


def quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'

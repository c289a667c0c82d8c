"""Putting a backup back, into either database, in one transaction: all of it, or nothing.

The schema of its day is made by the migrations up to that day, its rows are written as they lay, and then the
rest of the migrations make today's of it. Sending starts held, whatever else is known (R40).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crm.keeping import tables
from crm.keeping.contents import Ends, Unpacking
from crm.keeping.tables import quoted
from crm.keeping.troubles import CannotUse, Damaged, OtherDataKeys, OtherSchema
from crm.key_check import what_is_wrong
from crm.migrating import (
    advance,
    known_revisions,
    newest_revision,
    references_unchecked,
    refuse_broken_references,
)
from crm.models import Practice
from crm.sealed import keyring_of

IN_USE = (
    "The database is in use and nothing was changed. Stop the programs that use it (web, worker, beat), "
    "then restore again."
)
TO_NOTHING = "This backup holds rows that refer to nothing. Nothing was changed."
CONSTRAINTS = (
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
    " JOIN pg_class c ON c.oid = k.conrelid"
    " WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace"
)
OWN_FUNCTIONS = (
    "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)


def refuse_if_newer(unpacking: Unpacking) -> None:
    """Raises OtherSchema where this program knows nothing of the schema."""
    has = unpacking.manifest.revision
    if has not in known_revisions():
        raise OtherSchema(
            f"This backup has schema {has}, and this program knows them up to {newest_revision()}: it was "
            "made by a newer version. Install that one, then restore."
        )


def refuse_other_keys(engine: Engine, unpacking: Unpacking) -> None:
    """Raises OtherDataKeys where nothing could be read, or nobody found, in what would be put back."""
    marks = unpacking.manifest.marks
    if marks and (wrong := what_is_wrong(keyring_of(engine.dialect), **marks)):
        raise OtherDataKeys(wrong)


def holds_people(engine: Engine) -> bool:
    """Whether somebody is in this database, of whatever schema it is."""
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        return any(
            inspector.has_table(name)
            and connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first() is not None  # noqa: S608 - ours
            for name in ("lead", "account")
        )


def put_back(engine: Engine, unpacking: Unpacking, now: datetime, *, held: bool = True) -> Ends:
    """All of it or, whatever goes wrong, nothing. Raises CannotUse."""
    refuse_if_newer(unpacking)
    refuse_other_keys(engine, unpacking)
    try:
        with engine.connect() as connection, references_unchecked(connection):
            writing = connection.execution_options(writes=True)
            with writing.begin():
                ends = _build(writing, unpacking)
                advance(writing)
                if held:
                    writing.execute(sa.update(Practice).values(restored_at=now))
                refuse_broken_references(writing)
    except (sa.exc.DBAPIError, sqlite3.Error, psycopg.Error) as trouble:
        raise CannotUse(_in_words(trouble)) from trouble
    except RuntimeError as broken:
        raise CannotUse(TO_NOTHING) from broken
    return ends


def _build(connection: Connection, unpacking: Unpacking) -> Ends:
    _clear(connection)
    advance(connection, unpacking.manifest.revision)
    references = _let_go_of_references(connection)
    _empty(connection)
    counts = {}
    for carried, rows in unpacking.tables():
        counts[carried.name] = tables.write(connection, tables.known_here(connection, carried), rows)
    ends = unpacking.ends
    if ends is None or ends.counts != counts:
        raise Damaged("it has not the rows that it says it has")
    tables.count_on(connection, ends.counters)
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}")
    return ends


def _clear(connection: Connection) -> None:
    """As if nothing of ours had ever been here."""
    names = sa.inspect(connection).get_table_names()
    if connection.dialect.name == "sqlite":
        for name in names:
            connection.exec_driver_sql(f"DROP TABLE {quoted(name)}")
        return
    if names:
        connection.exec_driver_sql(f"DROP TABLE {', '.join(map(quoted, names))} CASCADE")
    for (function,) in connection.exec_driver_sql(OWN_FUNCTIONS).all():
        connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")


def _let_go_of_references(connection: Connection) -> list[tuple[str, str, str]]:
    """On Postgres: taken away, so that tables may come in any order, and made anew over all rows later."""
    if connection.dialect.name == "sqlite":
        return []
    found = [(str(t), str(n), str(d)) for t, n, d in connection.exec_driver_sql(CONSTRAINTS)]
    for table, name, _ in found:
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}")
    return found


def _empty(connection: Connection) -> None:
    """What migrations plant in an empty database lies in the backup as well."""
    for table in tables.tables(connection):
        one = connection.exec_driver_sql(f"SELECT 1 FROM {quoted(table.name)} LIMIT 1").first()  # noqa: S608
        if one is not None:
            connection.exec_driver_sql(f"DELETE FROM {quoted(table.name)}")  # noqa: S608 - the same


def _in_words(trouble: Exception) -> str:
    """The first line of what the database said; the others may quote a row."""
    said = str(getattr(trouble, "orig", trouble)).splitlines()[0]
    if "lock" in said or "canceling statement" in said:
        return IN_USE
    return f"The database refused what is in this backup ({said}). Nothing was changed."

"""Taking a backup while everything runs: one moment of the database, read to its end, in one file or in none.

On SQLite that is a read transaction over the write-ahead log, on Postgres one at REPEATABLE READ. Nobody
waits for it, and it writes nothing in the clear anywhere, as a copy of the database's file would.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from config import Config
from crm.keeping import shelf, tables
from crm.keeping.contents import Ends, Manifest, Packing
from crm.keeping.keys import Keyring, key_check
from crm.keeping.troubles import CannotKeep

NOT_OURS_TO_KEEP = frozenset({"data_keys_file", "imap_token_file", "mailbox_dir"})
"""Settings that name a place of this machine's and no wish."""


def keyring(config: Config) -> Keyring:
    """What backups are locked with here."""
    return Keyring(config.secret_key, config.backup_passphrase)


def take(engine: Engine, config: Config, path: Path, now: datetime) -> int:
    """Write one. Returns its size in bytes; raises CannotKeep, and then nothing is left of it."""
    try:
        with shelf.written(path) as file, one_moment(engine) as connection:
            pack(connection, config, keyring(config), file, now)
        return path.stat().st_size
    except OSError as trouble:
        raise CannotKeep.at(path, trouble) from trouble


def pack(connection: Connection, config: Config, keys: Keyring, file: BinaryIO, now: datetime) -> None:
    """All that this moment of the database holds."""
    packing = Packing(file, keys, _manifest(connection, config, now))
    counts = {
        table.name: packing.table(table, tables.rows(connection, table))
        for table in tables.tables(connection)
    }
    packing.finish(Ends(counts, tables.counters(connection)))


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection for which time stands still. It changes nothing, and its statements may take long."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        tables.tables(connection)  # the first look at anything is the moment, on both
        yield connection
        connection.rollback()


def revision(connection: Connection) -> str | None:
    """The schema this database has; None where it has none of ours."""
    if not sa.inspect(connection).has_table(tables.REVISION):
        return None
    return connection.exec_driver_sql(f"SELECT version_num FROM {tables.REVISION}").scalar()  # noqa: S608


def _manifest(connection: Connection, config: Config, now: datetime) -> Manifest:
    of = revision(connection)
    if of is None:
        raise CannotKeep(
            "There is nothing to keep: this database has no tables yet. `crm migrate` makes them."
        )
    identity, mark = _identity(connection)
    return Manifest(
        made_at=now.isoformat(),
        revision=of,
        database=connection.dialect.name,
        key_check=key_check(config),
        identity=identity,
        mark=mark,
        settings=settings(config),
        marks=_marks(connection),
    )


def _identity(connection: Connection) -> tuple[str, int]:
    if not sa.inspect(connection).has_table("instance"):
        return "", 0
    row = connection.exec_driver_sql("SELECT identity, mark FROM instance").first()
    return (row.identity, row.mark) if row else ("", 0)


def _marks(connection: Connection) -> dict[str, str]:
    if not sa.inspect(connection).has_table("key_check"):
        return {}
    row = connection.exec_driver_sql("SELECT hashed, sealed FROM key_check WHERE id = 1").first()
    return {"hashed": row.hashed, "sealed": row.sealed} if row else {}


def settings(config: Config) -> dict[str, str]:
    """What the operator set, as .env would say it. No secret, and nothing that is this machine's alone."""
    chosen = [each for each in fields(config) if each.repr and each.name not in NOT_OURS_TO_KEEP]
    said = {each.name.upper(): _said(getattr(config, each.name)) for each in chosen}
    return {name: words for name, words in said.items() if words}


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(_said(each) for each in value)
    return f"{int(value.total_seconds())}s" if hasattr(value, "total_seconds") else str(value)

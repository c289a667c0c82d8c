"""The database: whether it answers, which schema it has, how safely it writes, whether its clock is ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config import Config
from crm import clock
from crm.db import db
from crm.doctor.finding import Finding, look, ok, wrong
from crm.keeping import shelf, taking
from crm.migrating import known_revisions, newest_revision

APART = timedelta(seconds=5)
OLD = timedelta(hours=36)


def check(config: Config) -> Iterator[Finding]:
    """All of it, as far as it answers."""
    try:
        with db.engine.connect() as connection:
            yield ok("database", f"{connection.dialect.name} answers")
            yield _schema(connection)
            yield from (
                _postgres(connection) if connection.dialect.name == "postgresql" else _sqlite(connection)
            )
    except sa.exc.DBAPIError as trouble:
        said = str(trouble.orig).splitlines()[0]
        yield wrong("database", f"it doesn't answer ({said})", "start it, and look at DATABASE_URL")
    yield _backups(config)


def _schema(connection: Connection) -> Finding:
    has = taking.revision(connection)
    if has == newest_revision():
        return ok("schema", f"{has}, the newest")
    if has is None:
        return wrong("schema", "there is none", "run `crm migrate`")
    if has in known_revisions():
        return wrong("schema", f"{has}, and this program needs {newest_revision()}", "run `crm migrate`")
    return wrong("schema", f"{has} is newer than this program", "install the version that made it")


def _sqlite(connection: Connection) -> Iterator[Finding]:
    kept = {
        name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())
        for name in ("journal_mode", "synchronous")
    }
    if kept == {"journal_mode": "wal", "synchronous": "2"}:
        yield ok("writing", "write-ahead log, each commit is on the disk")
    else:
        yield wrong(
            "writing", f"{kept}", "a power cut may forget what was sent: let no other program change this"
        )
    whole = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if whole == "ok":
        yield ok("database file", "whole")
    else:
        yield wrong(
            "database file", f"damaged ({whole})", "restore the last backup: `crm restore FILE --replace`"
        )


def _postgres(connection: Connection) -> Iterator[Finding]:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    off = [n for n in names if connection.exec_driver_sql(f"SHOW {n}").scalar() == "off"]
    if off:
        yield wrong("writing", f"{', '.join(off)} off", "switch it on: a power cut may forget what was sent")
    else:
        yield ok("writing", "each commit is on the disk")
    theirs = connection.exec_driver_sql("SELECT clock_timestamp()").scalar()
    yield _clocks(theirs if isinstance(theirs, datetime) else clock.now())


def _clocks(theirs: datetime) -> Finding:
    apart = abs(clock.now() - theirs.astimezone(UTC))
    words = f"the database's is {apart.total_seconds():.1f} s from ours"
    if apart > APART:
        return wrong("clock", words, "let both machines set theirs by NTP")
    return ok("clock", words)


def _backups(config: Config) -> Finding:
    there = shelf.lying_in(config.backup_dir)
    if not there:
        to_do = "run `crm backup`; the worker makes one each night"
        return look("backup", f"there is none in {config.backup_dir}", to_do)
    newest, age = there[-1], clock.now() - there[-1].made_at
    words = f"{newest.path.name}, {age.total_seconds() / 3600:.0f} hours old, of {len(there)}"
    if age > OLD:
        return look("backup", words, "run `crm backup`: it says what is in its way")
    return ok("backup", words)

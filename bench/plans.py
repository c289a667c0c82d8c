"""How the database goes about it: every statement of an act, explained, and kept in a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm.db import db

FOLDER = Path(__file__).parent / "plans"
SCANNED = re.compile(r"Scan.*actual time=\S+ rows=(\d+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by \w+(?: Recheck)?: (\d+)")


def explain(name: str, act: Callable[[], None]) -> str:
    """Writes the plans to a file. Returns what matters in them, in a few words."""
    statements = _statements_of(act)
    FOLDER.mkdir(exist_ok=True)
    kept = FOLDER / f"{name}.txt"
    postgres = db.engine.dialect.name == "postgresql"
    told = [_explained(statement, values, postgres=postgres) for statement, values in statements]
    kept.write_text("\n\n".join(told) + "\n", encoding="utf-8")
    if postgres:
        return f"{_rows_read(told)} rows read by {len(told)} statements; plans in {kept.name}"
    return f"{_steps_of(act):,} steps of SQLite's machine for {len(told)} statements; plans in {kept.name}"


def _statements_of(act: Callable[[], None]) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return seen


def _explained(statement: str, values: Any, *, postgres: bool) -> str:  # noqa: ANN401 - the driver's own
    """Carried out, on Postgres, and undone."""
    how = "EXPLAIN (ANALYZE, BUFFERS)" if postgres else "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:
        lines = connection.exec_driver_sql(f"{how} {statement}", values).all()
        connection.rollback()
    return "\n".join([statement, *(f"  {line[-1]}" for line in lines)])


def _rows_read(told: list[str]) -> int:
    """Those that went on, and those that were looked at in vain."""
    went_on = sum(int(rows) * int(loops) for plan in told for rows, loops in SCANNED.findall(plan))
    return went_on + sum(int(rows) for plan in told for rows in REMOVED.findall(plan))


def _steps_of(act: Callable[[], None]) -> int:
    """SQLite tells no rows, but it can count what its machine does (sqlite3_progress_handler)."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = db.session.connection().connection.driver_connection
    driver.set_progress_handler(count, 1)
    db.session.rollback()
    try:
        act()
    finally:
        driver.set_progress_handler(None, 0)
    return steps

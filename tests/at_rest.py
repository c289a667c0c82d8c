"""What somebody has who has the database and not the key: every value in it, and SQLite's own files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from crm.db import Base, db
from tests.practice import Practice


def stolen(practice: Practice) -> bytes:
    """All of it. The files are read by another process: read by this one, SQLite's locks would be gone."""
    with practice.reading():
        heap = [_bytes(value) for value in _values(as_it_lies=True)]
        path = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    files = sorted(Path(path).parent.glob(f"{Path(path).name}*")) if path else []
    lying = subprocess.run(["cat", *files], capture_output=True, check=True).stdout if files else b""
    return b"\n".join([*heap, lying])


def read_with_the_key(practice: Practice) -> str:
    """The same as the program reads it."""
    with practice.reading():
        return "\n".join(
            value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for value in _values(as_it_lies=False)
        )


def among(marks: Iterable[str], heap: bytes) -> list[str]:
    """Those marks that stand in it, in any case."""
    lower = heap.lower()
    return [mark for mark in marks if mark.lower().encode() in lower]


def _values(*, as_it_lies: bool) -> Iterator[object]:
    for table in Base.metadata.sorted_tables:
        which = sa.text(f"SELECT * FROM {table.name}") if as_it_lies else sa.select(table)
        for row in db.session.connection().execute(which):
            yield from row


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()

"""Every sealed column as it lies in the database, past the types that open it: for whoever turns the keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa

from crm.db import Base, db
from crm.keyring import MARK, NAME_BYTES, Keyring, Unreadable, from_text, in_text
from crm.sealed import MARK_BYTES, Sealed, SealedBytes, SealedJson

PLAIN = None
EMPTY = ("", "{}", "[]", "null")
CHUNK = 1_000
Row = Any
Kind = Sealed | SealedJson | SealedBytes


@dataclass(frozen=True)
class SealedColumn:
    """One column. `stored` is what the database has: a text, JSON as its text, or bytes."""

    name: str
    kind: Kind

    @property
    def place(self) -> str:
        return self.kind.place

    @property
    def plain_type(self) -> sa.types.TypeEngine[Any]:
        match self.kind:
            case Sealed():
                return sa.Text()
            case SealedJson():
                return sa.JSON()
            case SealedBytes():
                return sa.LargeBinary()

    @property
    def opening(self) -> str | bytes:
        """How whatever is sealed in it begins, before the name of the key."""
        if isinstance(self.kind, SealedBytes):
            return MARK_BYTES
        return MARK if isinstance(self.kind, Sealed) else f'"{MARK}'

    @property
    def length(self) -> int:
        """Of its beginning, with the name of the key."""
        return len(self.opening) + (NAME_BYTES if isinstance(self.kind, SealedBytes) else NAME_BYTES * 4 // 3)

    def begins_with(self, keyring: Keyring) -> str | bytes:
        """What is sealed under the current key."""
        key = keyring.current
        if isinstance(self.kind, SealedBytes):
            return MARK_BYTES + key.name
        return key.beginning if isinstance(self.kind, Sealed) else f'"{key.beginning}'

    def name_in(self, beginning: str | bytes) -> bytes | None:
        """The name of the key in such a beginning; none where nothing is sealed."""
        if beginning[: len(self.opening)] != self.opening:
            return PLAIN
        name = beginning[len(self.opening) :]
        return bytes(name) if isinstance(name, bytes) else from_text(MARK + name)

    def anew(self, stored: str | bytes, keyring: Keyring) -> str | bytes | None:
        """The same under the current key; none where it does not open."""
        place = self.place.encode()
        try:
            sealed = keyring.seal(self._opened(stored, keyring), place)
        except Unreadable:
            return None
        if isinstance(self.kind, SealedBytes):
            return MARK_BYTES + sealed
        return in_text(sealed) if isinstance(self.kind, Sealed) else json.dumps(in_text(sealed))

    def opens(self, stored: str | bytes, keyring: Keyring) -> bool:
        try:
            self._opened(stored, keyring)
        except Unreadable:
            return False
        return True

    def _opened(self, stored: str | bytes, keyring: Keyring) -> bytes:
        """Its bytes: of a document, its JSON."""
        if isinstance(stored, bytes):
            is_sealed = stored.startswith(MARK_BYTES)
            return keyring.open(stored[len(MARK_BYTES) :], self.place.encode()) if is_sealed else stored
        if stored[: len(self.opening)] != self.opening:
            return stored.encode()
        text = json.loads(stored) if isinstance(self.kind, SealedJson) else stored
        return keyring.open(from_text(text), self.place.encode())


@dataclass(frozen=True)
class SealedTable:
    """One table and its sealed columns."""

    name: str
    key: str
    columns: tuple[SealedColumn, ...]

    @cached_property
    def _bare(self) -> sa.TableClause:
        its = (sa.column(each.name, each.plain_type) for each in self.columns)
        return sa.table(self.name, sa.column(self.key, sa.Integer), *its)

    @property
    def _id(self) -> sa.ColumnClause[int]:
        return self._bare.c[self.key]

    def _stored(self, column: SealedColumn) -> sa.ColumnElement[Any]:
        """Its value: of a document, its text."""
        here = self._bare.c[column.name]
        return sa.cast(here, sa.Text()) if isinstance(column.kind, SealedJson) else here

    def _says_something(self, column: SealedColumn) -> sa.ColumnElement[bool]:
        if isinstance(column.kind, SealedBytes):
            return sa.func.length(self._bare.c[column.name]) > 0
        return self._stored(column).not_in([sa.literal_column(f"'{each}'") for each in EMPTY])

    def _beginning(self, column: SealedColumn) -> sa.ColumnElement[Any]:
        kind = sa.LargeBinary() if isinstance(column.kind, SealedBytes) else sa.Text()
        return sa.func.substr(self._stored(column), 1, column.length, type_=kind)

    def beginnings(self, column: SealedColumn) -> sa.Select[Any, int]:
        """How the values of a column begin, and how many of each."""
        beginning = self._beginning(column)
        return sa.select(beginning, sa.func.count()).where(self._says_something(column)).group_by(beginning)

    def old_ones(self, keyring: Keyring, *, after: int, limit: int) -> list[Row]:
        """Rows in which something is not under the current key, in order: `id`, and each column's value."""
        stored = (self._stored(each).label(each.name) for each in self.columns)
        old = (
            self._says_something(each) & (self._beginning(each) != each.begins_with(keyring))
            for each in self.columns
        )
        rows = sa.select(self._id.label("id"), *stored).where(self._id > after, sa.or_(*old))
        return list(db.session.connection().execute(rows.order_by(self._id).limit(limit)))

    def seal_anew(self, row: Row, keyring: Keyring) -> bool | None:
        """True where this row is under the current key now, False where something in it does not open.

        None where somebody has written it meanwhile. Compared with what was read, and set, in one statement.
        """
        fresh: dict[str, Any] = {}
        unmoved, shut = [self._id == row.id], False
        for column in self.columns:
            before = getattr(row, column.name)
            if not before or before in EMPTY or before[: column.length] == column.begins_with(keyring):
                continue
            after = column.anew(before, keyring)
            if after is None:
                shut = True
                continue
            fresh[column.name] = json.loads(after) if isinstance(column.kind, SealedJson) else after
            unmoved.append(self._stored(column) == before)
        if not fresh:
            return False if shut else None
        done = db.session.connection().execute(sa.update(self._bare).where(*unmoved).values(fresh))
        return not shut if done.rowcount else None

    def values_of(self, column: SealedColumn) -> Iterator[tuple[int, str | bytes]]:
        """Every value there is, by row."""
        last = 0
        said = (
            sa.select(self._id, self._stored(column)).where(self._says_something(column)).order_by(self._id)
        )
        while rows := db.session.connection().execute(said.where(self._id > last).limit(CHUNK)).all():
            yield from ((row_id, stored) for row_id, stored in rows)
            last = rows[-1][0]


@lru_cache(maxsize=1)
def sealed_tables() -> tuple[SealedTable, ...]:
    """All there are, by their models."""
    return tuple(_sealed_tables())


def _sealed_tables() -> Iterator[SealedTable]:
    for table in Base.metadata.sorted_tables:
        its = tuple(SealedColumn(each.name, each.type) for each in table.c if isinstance(each.type, Kind))
        if its:
            (key,) = table.primary_key.columns
            yield SealedTable(table.name, key.name, its)

"""Everything sealed under today's key: a few rows at a time, while all else runs, and again after a kill.

Nothing says how far it has come but the rows themselves: what is sealed under the current key begins with
that key's name. A row that somebody writes meanwhile is left to them, and looked at once more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.db import db
from crm.models.at_rest import PLAIN, sealed_tables
from crm.models.key_check import KeyCheck
from crm.sealed import keyring_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crm.keyring import Keyring

AT_ONCE = 200
"""Rows in one transaction: some hundredths of a second, in which nobody else writes on SQLite."""


@dataclass(frozen=True)
class Place:
    """How far it is: what comes after this row of this table. `shut`: rows so far that don't open."""

    table: int = 0
    row: int = 0
    done: int = 0
    shut: int = 0


@dataclass(frozen=True)
class Standing:
    """Values by what they are sealed under: today's key, one that still opens, none that is here, nothing."""

    current: int = 0
    older: int = 0
    unknown: int = 0
    plain: int = 0

    @property
    def to_do(self) -> int:
        return self.older + self.plain


def standing() -> Standing:
    """Read from how each value begins; nothing is opened."""
    keyring, counted = _keyring(), Counter[str]()
    names = dict.fromkeys(keyring.names, "older") | {keyring.current.name: "current"}
    for table in sealed_tables():
        for column in table.columns:
            for beginning, count in db.session.connection().execute(table.beginnings(column)):
                name = column.name_in(beginning)
                counted["plain" if name is PLAIN else names.get(name, "unknown")] += count
    return Standing(**counted)


def go_on(place: Place) -> Place | None:
    """One step; None after the last. In the caller's transaction."""
    tables = sealed_tables()
    if place.table == len(tables):
        return None
    table, keyring = tables[place.table], _keyring()
    rows = table.old_ones(keyring, after=place.row, limit=AT_ONCE)
    outcomes = Counter(table.seal_anew(row, keyring) for row in rows)
    done, shut = place.done + outcomes[True], place.shut + outcomes[False]
    if len(rows) < AT_ONCE:
        return Place(place.table + 1, 0, done, shut)
    return Place(place.table, rows[-1].id, done, shut)


def settle(now: datetime) -> bool:
    """From now on a program needs today's key. False while anything is sealed under another, or open."""
    if standing().to_do:
        return False
    KeyCheck.renew(now)
    return True


def that_do_not_open() -> Iterator[tuple[str, list[int]]]:
    """The columns in which something does not open, each with the rows. Everything is read."""
    keyring = _keyring()
    for table in sealed_tables():
        for column in table.columns:
            shut = [row for row, stored in table.values_of(column) if not column.opens(stored, keyring)]
            if shut:
                yield column.place, shut


def _keyring() -> Keyring:
    return keyring_of(db.engine.dialect)

"""All rows of some people as they stand; what became of them meanwhile; and putting that back.

It knows tables, not verbs: whatever points at a person is theirs, also what is added to the schema later.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import Base, UtcDateTime, db
from crm.models import Distinction, Lead, SearchEntry, Suppression
from crm.sealed import SealedBytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Row = dict[str, Any]
Photo = dict[str, dict[tuple[Any, ...], Row]]
"""By table and primary key."""
LEAD, SUPPRESSION = (Base.metadata.tables[each.__tablename__] for each in (Lead, Suppression))
MADE_ANEW = frozenset({SearchEntry.__tablename__})
"""What only repeats the rest, for finding it (flows/indexing)."""
NOT_MOVED = frozenset({Distinction.__tablename__})
"""Each of its rows is about two people, and means something else when one of them changes."""


def photograph(lead_ids: Collection[int], address_keys: Collection[str]) -> Photo:
    """Every row of these people, and what stands against these addresses."""
    photo = {LEAD.name: _rows(LEAD, LEAD.c.id.in_(lead_ids))}
    photo[SUPPRESSION.name] = _rows(SUPPRESSION, SUPPRESSION.c.address_key.in_(address_keys))
    for table, columns in theirs():
        photo[table.name] = _rows(table, sa.or_(*(column.in_(lead_ids) for column in columns)))
    return photo


def difference(before: Photo, after: Photo) -> dict[str, list[Row]]:
    """What has changed, gone and been made between two photographs of the same people, as plain JSON."""
    found: dict[str, list[Row]] = {"changed": [], "gone": [], "made": []}
    for name, rows in before.items():
        for key, row in rows.items():
            became = after[name].get(key)
            if became is None:
                found["gone"].append({"table": name, "row": row})
            elif changed := [column for column in row if row[column] != became[column]]:
                found["changed"].append(
                    {
                        "table": name,
                        "key": list(key),
                        "before": {column: row[column] for column in changed},
                        "after": {column: became[column] for column in changed},
                    }
                )
        made = (key for key in after[name] if key not in rows)
        found["made"] += ({"table": name, "key": list(key)} for key in made)
    return found


def move(from_id: int, to_id: int) -> None:
    """Whatever was the one's is the other's. What he has already, as where both have one tag, goes."""
    for table, columns in theirs():
        if table.name in NOT_MOVED:
            continue
        for column in columns:
            for others in _unique_with(table, column):
                twin = table.alias()
                same = (twin.c[each] == table.c[each] for each in others)
                double = sa.exists().where(twin.c[column.name] == to_id, *same)
                _execute(sa.delete(table).where(column == from_id, double))
            _execute(sa.update(table).where(column == from_id).values({column.name: to_id}))


def bring_back(gone: list[Row]) -> None:
    """Rows that were there, under their own numbers; people first."""
    for each in sorted(gone, key=lambda each: each["table"] != LEAD.name):
        table = Base.metadata.tables[each["table"]]
        row = {name: value(table.c[name], kept) for name, kept in each["row"].items()}
        if table is not LEAD and _exists(table, _key_of(table, row)):
            row = {name: kept for name, kept in row.items() if not table.c[name].primary_key}
        _execute(sa.insert(table).values(row))


def move_back(changed: list[Row]) -> None:
    """Whose rows were, theirs they are again, wherever else they stand by now."""
    whose = {table.name: {column.name for column in columns} for table, columns in theirs()}
    for each in changed:
        table = Base.metadata.tables[each["table"]]
        columns = {n: each["before"][n] for n in each["before"].keys() & whose.get(each["table"], set())}
        if columns:
            _execute(sa.update(table).where(_is(table, each["key"])).values(columns))


def restore(changed: Row) -> bool:
    """Put back what changed in one row, all or nothing: not where it has changed once more since."""
    table = Base.metadata.tables[changed["table"]]
    whose = {column.name for owner, columns in theirs() if owner is table for column in columns}
    names = changed["before"].keys() - whose
    row = db.session.execute(sa.select(table).where(_is(table, changed["key"]))).mappings().first()
    if row is None or any(plain(row[name]) != changed["after"][name] for name in names):
        return False
    values = {name: value(table.c[name], changed["before"][name]) for name in names}
    if values:
        _execute(sa.update(table).where(_is(table, changed["key"])).values(values))
    return True


def unmake(made: Row, *which: sa.ColumnElement[bool]) -> None:
    """Take away a row that was made, if it is still there and `which` holds."""
    table = Base.metadata.tables[made["table"]]
    _execute(sa.delete(table).where(_is(table, made["key"]), *which))


def theirs() -> Iterator[tuple[sa.Table, list[sa.Column[Any]]]]:
    """The tables that point at people, and by which columns."""
    for table in Base.metadata.tables.values():
        columns = [column for column in table.c if column.references(LEAD.c.id)]
        if columns and table.name not in MADE_ANEW:
            yield table, columns


def _unique_with(table: sa.Table, column: sa.Column[Any]) -> Iterator[list[str]]:
    """The other columns of each promise that no two rows of a person are the same."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
            names = [each.name for each in constraint.columns]
            if column.name in names:
                yield [name for name in names if name != column.name]


def _rows(table: sa.Table, which: sa.ColumnElement[bool]) -> dict[tuple[Any, ...], Row]:
    found = db.session.execute(sa.select(table).where(which)).mappings()
    rows = ({name: plain(held) for name, held in row.items()} for row in found)
    return {_key_of(table, row): row for row in rows}


def _key_of(table: sa.Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _is(table: sa.Table, key: Collection[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == part for column, part in zip(table.primary_key, key, strict=True)))


def _exists(table: sa.Table, key: Collection[Any]) -> bool:
    return db.session.execute(sa.select(sa.literal(1)).where(_is(table, key))).first() is not None


def _execute(statement: sa.Executable) -> None:
    db.session.connection().execute(statement)


def plain(held: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """As JSON keeps it."""
    match held:
        case datetime() | date() | time():
            return held.isoformat()
        case bytes():
            return held.hex()
        case _:
            return held


def value(column: sa.Column[Any], kept: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """As the column holds it; the way back from `plain`."""
    if not isinstance(kept, str):
        return kept
    match column.type:
        case UtcDateTime() | sa.DateTime():
            return datetime.fromisoformat(kept)
        case sa.Date():
            return date.fromisoformat(kept)
        case sa.Time():
            return time.fromisoformat(kept)
        case sa.LargeBinary() | SealedBytes():
            return bytes.fromhex(kept)
        case _:
            return kept

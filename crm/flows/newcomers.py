"""Somebody new is written down whole: past the unit of work, and on Postgres in one statement.

The unit of work sorts, asks and looks after every row by itself: that was a third of what a note costs.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from crm.db import MADE_HERE, Base, UtcDateTime, Word, db
from crm.flows import following, indexing, outbox
from crm.models import Enrollment, Event, Inquiry, Lead, Listener, Message, SearchEntry
from crm.sealed import Keyed, Sealed, SealedJson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Dialect

Rows = dict[type[Base], list[Any]]
KINDS: tuple[type[Base], ...] = (Lead, Enrollment, Inquiry, Message, Event)
"""What a newcomer consists of, each after what it points at."""
OWN = {"lead_id": "lead", "enrollment_id": "enrollment", "inquiry_id": "inquiry"}
"""The columns that point at a row of the same newcomer, and by which name a row has it."""
OTHERS = {"sequence_id": "sequence", "step_id": "step"}
"""Those that point at what has long been there."""
HERE = 0
"""In the place of a number that the same statement gives. No row has this one."""


def write_down(lead: Lead) -> None:
    """This person, made by this transaction, with all that was added to the session meanwhile.

    The rows know their numbers then, and the session lets them go: who wants more of them reads them.
    Raises IntegrityError where somebody was faster, as a flush would.
    """
    session = db.session()
    rows = {kind: [row for row in session.new if type(row) is kind] for kind in KINDS}
    assert len(_each(rows)) == len(session.new)  # noqa: S101 - whoever adds another kind names it in KINDS
    words = indexing.words_of(lead)
    for row in _each(rows):
        _point(row)
    write = _write_in_one if db.engine.dialect.name == "postgresql" else _write_one_by_one
    somebody_listens = write(rows, words)
    session.info[MADE_HERE].discard(lead)
    following.note(session)
    indexing.is_found(lead.id)
    if not somebody_listens:
        outbox.nobody_listens(session)
    for row in _each(rows):
        session.expunge(row)


def _each(rows: Rows) -> list[Any]:
    return [row for theirs in rows.values() for row in theirs]


def _point(row: Base) -> None:
    """At what it belongs to, as far as that has a number."""
    known = vars(row)
    for column, name in (OWN | OTHERS).items():
        if (other := known.get(name)) is not None:
            setattr(row, column, other.id or HERE)


def _write_one_by_one(rows: Rows, words: Mapping[int, int]) -> bool:
    """On SQLite the way to the database is short. Whether other programs may be told."""
    connection = db.session.connection()
    for row in _each(rows):
        _point(row)
        made: Any = connection.execute(sa.insert(type(row)), _columns_of(row))
        (row.id,) = made.inserted_primary_key
    (lead,) = rows[Lead]
    SearchEntry.begin({lead.id: words})
    return True


def _write_in_one(rows: Rows, words: Mapping[int, int]) -> bool:
    """All of it, and whether other programs are to be told."""
    dialect = db.engine.dialect
    given = {
        kind.__tablename__: json.dumps([_as_json(row, dialect) for row in theirs])
        for kind, theirs in rows.items()
    }
    given |= {"tokens": _array(words), "places": _array(words.values())}
    *found, somebody_listens = db.session.connection().execute(_statement(), given).one()
    for theirs, numbers in zip(rows.values(), found, strict=True):
        for row, number in zip(theirs, numbers or (), strict=True):
            row.id = number
    for row in _each(rows):
        _point(row)
    return bool(somebody_listens)


def _array(numbers: Iterable[int]) -> str:
    """As Postgres reads one. Its driver would look at each number by itself."""
    return f"{{{','.join(map(str, numbers))}}}"


def _columns_of(row: Base) -> dict[str, Any]:
    """As the unit of work has it: what was set to None begins as its column does."""
    known = vars(row)
    told = ((name, column, known.get(name)) for name, column in _columns(type(row)))
    return {name: _default(column) if value is None else value for name, column, value in told}


def _as_json(row: Base, dialect: Dialect) -> dict[str, Any]:
    """What is not said is NULL."""
    kinds = {name: column.type for name, column in _columns(type(row))}
    values = _columns_of(row)
    return {
        name: _written(value, kinds[name], dialect) for name, value in values.items() if value is not None
    }


def _written(value: Any, kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Any:  # noqa: ANN401 - any column's
    match kind:
        case UtcDateTime():
            return str(kind.process_bind_param(value, dialect))
        case Sealed() | Keyed():
            return kind.bind_processor(dialect)(value)
        case Word() | SealedJson():
            return kind.process_bind_param(value, dialect)
        case _:
            return value


def _default(column: sa.Column[Any]) -> Any:  # noqa: ANN401 - any column's
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@cache
def _columns(kind: type[Base]) -> tuple[tuple[str, Any], ...]:
    """All but the number, which the database gives."""
    return tuple((name, column) for name, column in kind.__table__.c.items() if name != "id")


@cache
def _statement() -> sa.Select[Any]:
    """The newcomer's rows and words, each handed over under the name of its table. Finds their numbers."""
    made: dict[str, sa.CTE] = {}
    for kind in KINDS:
        made[kind.__tablename__] = _insert(kind, made)
    words = (
        sa.func.unnest(
            sa.cast(sa.bindparam("tokens", type_=sa.Text()), sa.ARRAY(sa.BigInteger)),
            sa.cast(sa.bindparam("places", type_=sa.Text()), sa.ARRAY(sa.SmallInteger)),
        )
        .table_valued("token", "place", name="word")
        .render_derived()
    )
    whose = sa.select(made[Lead.__tablename__].c.id).scalar_subquery()
    found = sa.insert(SearchEntry).from_select(
        ["lead_id", "token", "place"], sa.select(whose, words.c.token, words.c.place)
    )
    numbers = (
        sa.select(sa.func.array_agg(aggregate_order_by(each.c.id, each.c.id))).scalar_subquery().label(name)
        for name, each in made.items()
    )  # numbers are given in the order of the rows
    somebody_listens = Listener.all().order_by(None).exists()
    return sa.select(*numbers, somebody_listens).add_cte(found.cte("found"))


def _insert(kind: type[Base], made: Mapping[str, sa.CTE]) -> sa.CTE:
    name, columns = kind.__tablename__, [sa.column(each, column.type) for each, column in _columns(kind)]
    handed_over = sa.cast(sa.bindparam(name, type_=sa.Text()), sa.JSON)
    given = sa.func.json_to_recordset(handed_over).table_valued(*columns, name=f"given_{name}")
    given = given.render_derived(with_types=True)
    values = (_pointing(each, made) if each.name in OWN else each for each in given.c)
    rows = sa.insert(kind).from_select([each.name for each in columns], sa.select(*values))
    return rows.returning(kind.__table__.c.id).cte(f"new_{name}")


def _pointing(column: sa.ColumnElement[Any], made: Mapping[str, sa.CTE]) -> sa.ColumnElement[Any]:
    """At the row of the same statement, where it points at any."""
    row = made[OWN[column.name]]
    return sa.case((column == sa.literal_column(str(HERE)), sa.select(row.c.id).scalar_subquery()))

"""Many rows in one statement, whose text never changes with their number: compiled, parsed and planned once.

A list in IN, or VALUES for each row, would be another statement for every length. In the pages of the ledger
that was a third of the time of a mail, in the program and in the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from crm.db import Base, db
from crm.sealed import Keyed, Sealed

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult, Dialect
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.sql.operators import OperatorType

GIVEN = "given"
DIALECTS = ("postgresql", "sqlite")
Statements = Mapping[str, sa.Executable]
"""One statement as each database wants it."""


class ListOf(TypeDecorator[list[Any]]):
    """Values bound at once: an array on Postgres, JSON on SQLite. Of a keyed column each is hashed."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, item: type[sa.types.TypeEngine[Any]], *, keyed: bool = False) -> None:
        super().__init__()
        self.item, self.keyed = item, keyed

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.ARRAY(self.item) if dialect.name == "postgresql" else sa.JSON())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        if not self.keyed or value is None:
            return value
        hashed = Keyed().bind_processor(dialect)
        return [hashed(each) for each in value]


class among(FunctionElement[bool]):  # noqa: N801 - it reads as a function
    """Whether a column holds one of the values bound under `name`."""

    type = sa.Boolean()
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[Any] | InstrumentedAttribute[Any], name: str) -> None:
        item = next((each for each in (sa.BigInteger, sa.Integer) if isinstance(column.type, each)), sa.Text)
        keyed = isinstance(column.type, Keyed)
        super().__init__(column, sa.bindparam(name, type_=ListOf(item, keyed=keyed)))

    def self_group(self, against: OperatorType | None = None) -> among:  # noqa: ARG002 - SQLAlchemy's
        """As it stands: for the `IN (...) = 1` of other functions SQLite looks through all rows."""
        return self


def listed(which: sa.Select[Any], dialect: str) -> sa.ColumnElement[list[Any]]:
    """The one column of these rows as a list, in a column of another statement."""
    column = which.selected_columns[0]
    if dialect == "postgresql":
        return sa.func.array(which.scalar_subquery(), type_=sa.ARRAY(type(column.type)))
    return which.with_only_columns(sa.func.json_group_array(column, type_=sa.JSON())).scalar_subquery()


@compiles(among, "postgresql")
def _among_on_postgres(element: among, compiler: SQLCompiler, **kw: object) -> str:
    column, values = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(among, "sqlite")
def _among_on_sqlite(element: among, compiler: SQLCompiler, **kw: object) -> str:
    column, values = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both come from the compiler


def is_one_of(
    column: sa.ColumnElement[Any] | InstrumentedAttribute[Any], words: Iterable[StrEnum]
) -> sa.ColumnElement[bool]:
    """Whether a column holds one of a few words of ours, which stand in the statement as they are.

    A list in IN is written into the statement anew each time it is carried out, even if it never changes.
    """
    return sa.or_(*(column == sa.literal_column(f"'{word}'") for word in words))


class Rows(TypeDecorator[list[dict[str, Any]]]):
    """Rows bound at once, as JSON, their instants as the database keeps them (crm.db.UtcDateTime).

    So are their sealed and their keyed columns, which are named.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, named: tuple[tuple[str, Sealed | Keyed], ...]) -> None:
        super().__init__()
        self.named = named

    def process_bind_param(self, value: list[dict[str, Any]] | None, dialect: Dialect) -> str:
        rows = [dict(row) for row in value or ()]
        for name, kind in self.named:
            bind = kind.bind_processor(dialect)
            for row in rows:
                row[name] = bind(row[name])
        return json.dumps(rows, default=_for_postgres if dialect.name == "postgresql" else _for_sqlite)


def _for_postgres(instant: datetime) -> str:
    return instant.isoformat()


def _for_sqlite(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def given_rows(columns: Sequence[sa.ColumnClause[Any]], dialect: str) -> sa.FromClause:
    """The rows handed to `execute`, to be joined or selected from like a table."""
    named = ((each.name, each.type) for each in columns if isinstance(each.type, Sealed | Keyed))
    listed = sa.bindparam(GIVEN, type_=Rows(tuple(named)))
    if dialect == "postgresql":
        rows = sa.func.json_to_recordset(sa.cast(listed, sa.JSON)).table_valued(*columns, name=GIVEN)
        return rows.render_derived(with_types=True)
    value = sa.func.json_each(listed).table_valued("value").c.value
    fields = (sa.func.json_extract(value, f"$.{column.name}").label(column.name) for column in columns)
    return sa.select(*fields).subquery(GIVEN)


def insert_given(model: type[Base], *varying: str, **same: object) -> Statements:
    """Insert what is handed to `execute`: the columns `varying` from each row, and `same` for all."""
    table = model.__table__.c
    alike = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, table[name].type)
        for name, value in same.items()
    ]

    def statement(dialect: str) -> sa.Executable:
        given = given_rows([sa.column(name, table[name].type) for name in varying], dialect)
        return sa.insert(model).from_select([*varying, *same], sa.select(*given.c, *alike))

    return {dialect: statement(dialect) for dialect in DIALECTS}


def execute(statements: Statements, given: list[dict[str, Any]], **values: object) -> CursorResult[Any]:
    """Carry out one of ours for these rows, past the unit of work."""
    return db.session.connection().execute(statements[db.engine.dialect.name], {GIVEN: given, **values})

"""Several questions in one statement: each way to the database and back takes longer than most answers.

Every answer comes as JSON and is read by the types of its columns.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm.db import UtcDateTime, Word, db
from crm.sealed import Keyed, Sealed, SealedJson

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

Row = Any
"""A named tuple of the columns of one question."""
Question = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]
Answers = Mapping[str, list[Row]]
SEALED = (Sealed, SealedJson)
"""They are read with the key of the engine that is asked."""


class all_rows(FunctionElement[list[list[Any]]]):  # noqa: N801 - it reads as a function
    """The rows of a subquery in their order, each a JSON array of its columns."""

    type = sa.JSON()
    inherit_cache = True


@compiles(all_rows, "postgresql")
def _all_rows_on_postgres(element: all_rows, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **kw)}))"


@compiles(all_rows, "sqlite")
def _all_rows_on_sqlite(element: all_rows, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kw)}))"


class Together:
    """Named questions, written once. Whatever they have bound by name is handed to `ask`."""

    def __init__(self, **questions: Question) -> None:
        parts = {name: question.subquery(name) for name, question in questions.items()}
        self.columns = [
            sa.select(all_rows(*part.c)).scalar_subquery().label(name) for name, part in parts.items()
        ]
        self._statement = sa.select(*self.columns)
        self._readers = {name: _Reader(part) for name, part in parts.items()}

    def ask(self, **values: object) -> Answers:
        """All answers, read in one statement."""
        return self.read(db.session.connection().execute(self._statement, values).one())

    def read(self, found: Sequence[Any]) -> Answers:
        """What `columns` had in a statement of somebody else's."""
        read = zip(self._readers.items(), found, strict=True)
        return {name: reader.rows(answer or ()) for (name, reader), answer in read}


class _Reader:
    """Makes rows of what one question was answered."""

    def __init__(self, question: sa.Subquery) -> None:
        columns = question.c
        self._row: Any = namedtuple("Row", columns.keys())  # type: ignore[misc]  # noqa: PYI024 - known at run time
        kinds = [(at, column.type) for at, column in enumerate(columns)]
        readers = [(at, _reader_of(kind)) for at, kind in kinds if not isinstance(kind, SEALED)]
        self._to_read = [(at, read) for at, read in readers if read]
        self._to_open = [(at, kind) for at, kind in kinds if isinstance(kind, SEALED)]

    def rows(self, answer: Sequence[list[Any]]) -> list[Row]:
        dialect = db.engine.dialect
        for at, read in (*self._to_read, *((at, kind.json_reader(dialect)) for at, kind in self._to_open)):
            for row in answer:
                if row[at] is not None:
                    row[at] = read(row[at])
        return list(map(self._row._make, answer))


def _reader_of(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What a value of this type is made by; None where JSON has it as it is. Raises TypeError for others."""
    match kind:
        case UtcDateTime():
            return told_instant
        case Word():
            return kind.words
        case sa.Boolean():
            return bool
        case sa.JSON():
            return _document
        case sa.Integer() | sa.String() | sa.ARRAY() | Keyed():
            return None
        case _:
            raise TypeError(f"nobody reads {kind!r} out of JSON yet")


def told_instant(text: str) -> datetime:
    """Postgres tells the zone, which is its session's; SQLite has dropped it, and stored UTC."""
    told = datetime.fromisoformat(text)
    if told.tzinfo is UTC:
        return told
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _document(value: object) -> object:
    """SQLite keeps JSON as text."""
    return json.loads(value) if isinstance(value, str) else value

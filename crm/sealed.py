"""Columns nobody reads without the practice's key: sealed texts, and hashes by which things are found.

The key travels with the engine (on its dialect), as the composition root hands it over: there is no other.
What is empty stays empty. What was written before there were keys is read as it is (flows/keys seals it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from crm import log
from crm.db import db
from crm.keyring import MARK, Keyring, Unreadable, from_text, in_text

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect, Engine
    from sqlalchemy.sql.operators import OperatorType

KEYRING = "practice_keyring"
UNREADABLE = "(can’t be read)"
"""What a page says in place of a value that does not open."""
MARK_BYTES = MARK.encode()
logger = log.get(__name__)


def hand_over(engine: Engine, keyring: Keyring) -> None:
    """From now on this engine seals and opens with these keys."""
    setattr(engine.dialect, KEYRING, keyring)


def keyring_of(dialect: Dialect) -> Keyring:
    """Raises AttributeError for an engine that nobody gave a key."""
    return cast("Keyring", getattr(dialect, KEYRING))


def known_as(words: str) -> str:
    """The hash under which the database knows this address, number or name. Of a hash: itself."""
    return keyring_of(db.engine.dialect).hashed(words)


def is_said(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
    """Whether there is anything in a sealed text."""
    return as_it_stands(column) != sa.literal_column("''")


def as_it_stands(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any]) -> sa.ColumnElement[str]:
    """A sealed text as the database has it, where columns of several places meet in one: see `opener`."""
    return sa.type_coerce(column, sa.Text())


def opener(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any]) -> Callable[[str], str]:
    """What opens the texts of this column that came as they stand."""
    kind = cast("Sealed", column.type)
    return cast("Callable[[str], str]", reader_of(kind.place, db.engine.dialect))


class _NeverCompared(TypeDecorator.Comparator[Any]):
    """A sealed value is another one each time it is sealed: the database can neither find nor sort by it.

    SQLAlchemy itself asks of two columns whether they are the same one.
    """

    def operate(self, op: OperatorType, *other: Any, **how: Any) -> sa.ColumnElement[Any]:  # noqa: ANN401 - whatever is asked
        columns_only = other and all(isinstance(each, sa.Column) for each in other)
        if op in (operators.is_, operators.is_not) or columns_only:
            return super().operate(op, *other, **how)
        raise TypeError(f"a sealed column can't be compared or sorted by ({op.__name__}): {self.expr}")


class Sealed(TypeDecorator[str]):
    """A text, sealed. `place` is its table and column: it opens nowhere else."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _NeverCompared

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        keyring, place = keyring_of(dialect), self.place.encode()

        def seal(value: str | None) -> str | None:
            return in_text(keyring.seal(value.encode(), place)) if value else value

        return seal

    def result_processor(self, dialect: Dialect, _kind: object) -> Callable[[Any], str | None]:
        return reader_of(self.place, dialect)

    def json_reader(self, dialect: Dialect) -> Callable[[Any], str | None]:
        """Out of an answer that is JSON itself (crm.together)."""
        return reader_of(self.place, dialect)


def reader_of(place: str, dialect: Dialect) -> Callable[[str | None], str | None]:
    """What opens the texts of one place."""
    keyring, where = keyring_of(dialect), place.encode()

    def read(stored: str | None) -> str | None:
        if not stored or not stored.startswith(MARK):
            return stored
        try:
            return keyring.open(from_text(stored), where).decode()
        except (Unreadable, UnicodeDecodeError) as why:
            return _told(place, why)

    return read


def _told(place: str, why: Exception) -> str:
    logger.error("sealed_value_unreadable", place=place, why=str(why))
    return UNREADABLE


class SealedJson(TypeDecorator[Any]):
    """A document, sealed: in the database it is a JSON text. One that does not open is an empty one."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True
    comparator_factory = _NeverCompared

    def __init__(self, place: str, empty: type[dict[Any, Any] | list[Any]] = dict) -> None:
        super().__init__()
        self.place, self.empty = place, empty

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - any document
        if not value:
            return value
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return in_text(keyring_of(dialect).seal(plain, self.place.encode()))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - the same
        if not isinstance(value, str):
            return value
        opened = reader_of(self.place, dialect)(value)
        return self.empty() if opened is None or opened == UNREADABLE else json.loads(opened)

    def json_reader(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Out of an answer that is JSON itself (crm.together): SQLite hands over a document as its text."""

        def read(value: Any) -> Any:  # noqa: ANN401 - the same
            is_text = isinstance(value, str) and not value.startswith(MARK)
            return self.process_result_value(json.loads(value) if is_text else value, dialect)

        return read


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, sealed. Those that do not open are none."""

    impl = sa.LargeBinary
    cache_ok = True
    comparator_factory = _NeverCompared

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return MARK_BYTES + keyring_of(dialect).seal(value, self.place.encode()) if value else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if not value or not value.startswith(MARK_BYTES):
            return value
        try:
            return keyring_of(dialect).open(bytes(value[len(MARK_BYTES) :]), self.place.encode())
        except Unreadable as why:
            _told(self.place, why)
            return b""


class Keyed(TypeDecorator[str]):
    """Something that is only looked up: the database has its keyed hash. What comes out is the hash."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        keyring = keyring_of(dialect)

        def hashed(value: str | None) -> str | None:
            return keyring.hashed(value) if value else value

        return hashed

    def result_processor(self, _dialect: Dialect, _kind: object) -> None:
        return None

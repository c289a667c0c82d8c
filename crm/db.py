"""The database: declarative base, UTC instants, explicit transactions, SQLite's settings."""

from __future__ import annotations

import select
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.engine import Connection, Dialect, Engine


Result = TypeVar("Result")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC. SQLite drops time zones, so they are restored on the way out.

    Raises ValueError for a naive datetime: a wall time without a zone names no instant.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum stored as its plain text, so that the rows read like the code.

    Text rather than a database enum: a new word needs no migration of a type, and
    partial indexes can name a literal on both databases.
    """

    impl = sa.String(40)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        self._by_text = _ByText(words)

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], StrEnum | None]:
        """A page reads a thousand of them: each is one look into a dictionary."""
        return self._by_text.__getitem__


class _ByText(dict[str | None, StrEnum | None]):
    """Each word by its text. Raises ValueError for what is none of them."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__({str(word): word for word in words})
        self[None], self.words = None, words

    def __missing__(self, text: str | None) -> StrEnum:
        return self.words(str(text))


NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every model inherits this class and names its own table.

    `type_annotation_map` sits on the registry: on the class it breaks Flask-SQLAlchemy 3.1.1.
    """

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime, str: sa.Text, dict[str, Any]: sa.JSON},
    )


USED_AT, RESTED = "used_at", 1.0
"""When a connection was given back last (monotonic), and after how many seconds it is asked first."""
MADE_HERE = "made_here"
"""Under this word a session keeps the people its transaction makes: nobody else can know of them yet."""
READING = "reading"
"""Under this word an engine keeps itself as those use it who only read."""
EYES = "eyes"
"""Under this word a session keeps what it reads with for one who may not see everything (models/eyes)."""


class ReadingSession(Session):
    """Opens a transaction only to write. Whoever reads takes each statement as it comes, on Postgres.

    Postgres reads anew with each statement anyway (READ COMMITTED), and a read that was left by ROLLBACK made
    psycopg forget every statement it had prepared: each one was parsed and planned afresh for each page.
    """

    def get_bind(self, *asked: Any, **more: Any) -> Engine | Connection:  # noqa: ANN401 - whatever is asked there
        bind = super().get_bind(*asked, **more)
        if self.info.get("writing"):
            return bind
        if (eyes := self.info.get(EYES)) is not None:
            return eyes  # type: ignore[no-any-return]
        reading: Engine | Connection = bind.get_execution_options().get(READING, bind)
        return reading


@sa.event.listens_for(ReadingSession, "before_flush")
def _only_in_a_transaction(session: ReadingSession, _context: object, _instances: object) -> None:
    """Nothing could take back what was stored while reading."""
    if not session.info.get("writing"):
        raise RuntimeError("to write takes a transaction: `with transaction():`")


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": ReadingSession})


@contextmanager
def transaction(*kept: object) -> Iterator[Session]:
    """One write transaction over a fresh snapshot: commits at the end, rolls back on any error.

    Whatever the session had read before is forgotten first, because a session that has
    already read would write over a stale snapshot; but for `kept`, rows of a moment ago which are
    only looked at in it. Raises RuntimeError when nested.
    """
    session: Session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a transaction is already open; verbs compose inside the caller's")
    for row in kept:
        session.expunge(row)
    session.rollback()
    session.add_all(kept)
    session.info["writing"], session.info[MADE_HERE] = True, set()
    try:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False


def once_more(act: Callable[[], Result]) -> Result:
    """`act` has a transaction of its own, or a savepoint.

    Of two who write the same at the same moment the second meets the first at a unique index, once it is
    written: done once more, it finds what the first has written.
    """
    try:
        return act()
    except sa.exc.IntegrityError:
        return act()


def let_go() -> None:
    """Before somebody outside is asked: no connection is held meanwhile, and on SQLite no snapshot.

    What was read is read anew once it is asked for. Raises RuntimeError within a transaction.
    """
    session: Session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("nobody outside is waited for within a transaction")
    session.rollback()


def instant(name: str) -> sa.BindParameter[Any]:
    """Its place in a statement that is written once: to build one takes longer than to run it."""
    return sa.bindparam(name, type_=UtcDateTime())


def numbers(*selects: sa.Select[Any]) -> Sequence[int]:
    """How many rows each of these has, in one statement. Nothing of the rows themselves is read."""
    return db.session.execute(sa.select(*map(number, selects))).one()


def number(select: sa.Select[Any]) -> sa.ScalarSelect[int]:
    """How many rows it has, within another statement."""
    one: sa.Select[Any] = select.with_only_columns(sa.literal_column("1"), maintain_column_froms=True)
    rows = one.order_by(None).subquery()
    return sa.select(sa.func.count()).select_from(rows).scalar_subquery()


def prepare_engine(engine: Engine) -> None:
    """Give a SQLite engine the settings that lost no update in 30 s of four writers (STACK.md).

    A Postgres engine gets a second self, which reads without a transaction, and trusts no connection that
    may have been closed meanwhile.
    """
    if engine.dialect.name != "sqlite":
        reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        engine.update_execution_options(**{READING: reading})
        sa.event.listen(engine, "checkin", _note_its_last_use)
        sa.event.listen(engine, "checkout", partial(_ask_where_in_doubt, engine.dialect))
        return
    sa.event.listen(engine, "connect", _settle_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)


def _note_its_last_use(_connection: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    record.info[USED_AT] = monotonic()


def _ask_where_in_doubt(dialect: Dialect, connection: Any, record: Any, _lent: object) -> None:  # noqa: ANN401
    """Does it still stand? Asked where Postgres has said something unbidden or hung up, or after a rest.

    To ask each time, as a pool would, is a journey more for each page of the book. A database that went down
    hangs up; one whose machine vanished does not, and only then a request within RESTED fails.
    """
    rested = monotonic() - record.info.get(USED_AT, monotonic())
    if rested < RESTED and not _has_spoken(connection):
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise sa.exc.InvalidatePoolError from gone


def _has_spoken(connection: Any) -> bool:  # noqa: ANN401 - the driver's own type
    if connection.closed:
        return True
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


def _settle_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue at BEGIN instead of failing at COMMIT; readers never wait for a writer."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""How somebody reads who may not see everything: through views that stand before the tables.

Each connection they read with has a view of its own before every table, under the same name (`sight`). So no
query has to think of it, and none can forget it, however it was written. There are two engines of such
connections: one shows a clinician their own people, one shows everyone but no words. Whose eyes they are is
told to a connection whenever it is taken from its pool, and it can only read. All others read as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import READING, Base, prepare_engine
from crm.models.sight import view_of
from crm.rules.permissions import Sight

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect, Engine

LOOKS_AS, VEIL = "looks_as", "veil"
"""Under these words an engine keeps whose eyes it has, and what stands in place of words."""


class Eyes:
    """The engines of those who do not see everything, each opened when it is first needed.

    `everybodys`: the engine of all others. They share its dialect, and so the keys which that may carry.
    """

    def __init__(self, everybodys: Engine) -> None:
        self._everybodys = everybodys
        self._opened: dict[Sight, Engine] = {}

    def of(self, sight: Sight, account_id: int, veil: str) -> Engine:
        """What this account reads with, for one request."""
        if sight not in self._opened:
            self._opened[sight] = _open(self._everybodys, sight)
        return self._opened[sight].execution_options(**{LOOKS_AS: account_id, VEIL: veil})

    def shut(self) -> None:
        """Nobody looks any more."""
        for engine in self._opened.values():
            engine.dispose()
        self._opened.clear()


def _open(like: Engine, sight: Sight) -> Engine:
    engine = sa.Engine(like.pool.recreate(), like.dialect, like.url)
    engine.update_execution_options(**like.get_execution_options())
    prepare_engine(engine)
    sa.event.listen(engine, "connect", lambda raw, _record: _put_up(raw, engine.dialect, sight))
    reading: Engine = engine.get_execution_options().get(READING, engine)
    sa.event.listen(reading, "engine_connect", _look)
    return reading


def _put_up(raw: Any, dialect: Dialect, sight: Sight) -> None:  # noqa: ANN401 - the driver's own type
    """Views before every table of this connection. From then on it can only read."""
    cursor = raw.cursor()
    if dialect.name == "sqlite":
        cursor.execute("CREATE TEMP TABLE looking (account_id integer, veil text)")
        cursor.execute("INSERT INTO looking VALUES (NULL, NULL)")
    for table in Base.metadata.sorted_tables:
        cursor.execute(view_of(table, sight, dialect))
    if dialect.name == "postgresql":
        cursor.execute("SET default_transaction_read_only = on")
    cursor.close()
    raw.commit()


def _look(connection: Connection) -> None:
    """Whose eyes they are, each time the connection is taken."""
    asked = connection.get_execution_options()
    me, veil = int(asked[LOOKS_AS]), str(asked[VEIL])
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    if connection.dialect.name == "postgresql":
        tell = "SELECT set_config('crm.looks_as', %s, false), set_config('crm.veil', %s, false)"
        cursor.execute(tell, (str(me), veil))
    else:
        cursor.execute("PRAGMA query_only = OFF")
        cursor.execute("UPDATE temp.looking SET account_id = ?, veil = ?", (me, veil))
        cursor.execute("PRAGMA query_only = ON")
    cursor.close()

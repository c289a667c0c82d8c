"""Whether the keys at hand are those this database was written with: asked before anything is read.

With another key everything would look damaged, what is written would be lost to everybody else, and who asked
for no more mail would not be found. So such a program gets no connection at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.keyring import Keyring, Unreadable, from_text, in_text

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

PLACE = b"key_check.sealed"
WORDS = "whoever reads this has the key"
ASK = "SELECT hashed, sealed FROM key_check WHERE id = 1"
WRONG_DATA_KEY = (
    "None of the keys in DATA_KEYS, nor SECRET_KEY, opens this database: it was sealed with another one. "
    "Put that key back, first or after a comma (docs/operations.md, “The keys of the data”)."
)
WRONG_LOOKUP_KEY = (
    "This database's addresses were hashed with another SECRET_KEY: nobody would be found again, and whoever "
    "asked for no more emails would get some. Put the earlier SECRET_KEY into LOOKUP_KEY "
    "(docs/operations.md, “The keys of the data”)."
)


class WrongKey(Exception):  # noqa: N818 - it names the decision
    """The sentence for the operator."""


def marks(keyring: Keyring) -> dict[str, str]:
    """What the database keeps to know these keys by."""
    return {"hashed": keyring.hashed(WORDS), "sealed": in_text(keyring.seal(WORDS.encode(), PLACE))}


def what_is_wrong(keyring: Keyring, hashed: str, sealed: str) -> str | None:
    """A sentence, where the marks were made with other keys."""
    if keyring.hashed(WORDS) != hashed:
        return WRONG_LOOKUP_KEY
    try:
        keyring.open(from_text(sealed), PLACE)
    except Unreadable:
        return WRONG_DATA_KEY
    return None


def guard(engine: Engine, keyring: Keyring) -> None:
    """Ask at each new connection until the database has said yes. One without marks has nothing to lose."""
    answered: list[bool] = []

    def ask(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        if answered or (found := _marks_of(connection, engine)) is None:
            return
        if wrong := what_is_wrong(keyring, *found):
            connection.close()
            raise WrongKey(wrong)
        answered.append(True)

    sa.event.listen(engine, "connect", ask)


def _marks_of(connection: Any, engine: Engine) -> tuple[str, str] | None:  # noqa: ANN401 - the same
    cursor = connection.cursor()
    try:
        cursor.execute(ASK)
        return cursor.fetchone()  # type: ignore[no-any-return]
    except engine.dialect.loaded_dbapi.Error:  # before the migration that makes the table
        return None
    finally:
        cursor.close()
        connection.rollback()

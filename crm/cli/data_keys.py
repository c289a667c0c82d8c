"""The operator's verbs about the keys of the data: `python -m crm keys status | new | rotate | check`."""

from __future__ import annotations

import secrets
import sys
from threading import Event
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.keyring import read_keys

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from flask import Flask

PAUSE = 0.02
"""Seconds between two steps: whoever waits to write on SQLite gets a turn."""
PASSES = 5
"""What others wrote under the key before, while we went through, is taken the next time round."""
SHOWN = 10


def keys(app: Flask, options: argparse.Namespace) -> int:
    """Say how the data is sealed; add a key, seal everything under it, or try whether all of it opens."""
    return {"status": _status, "new": _new, "rotate": _rotate, "check": _check}[options.what](app)


def seal_what_stands_open() -> None:
    """After the update that brought the keys: everything from before is sealed, and no trace of it left."""
    from crm.models.key_check import KeyCheck  # noqa: PLC0415 - a verb loads what it needs

    if KeyCheck.is_whole():
        return
    if _seal_everything():
        _leave_no_traces()


def _status(_app: Flask) -> int:
    from crm.flows.keys import standing  # noqa: PLC0415 - a verb loads what it needs

    found = standing()
    print(f"Under the current key: {found.current:,} values")
    print(f"Under an earlier key:  {found.older:,}")
    print(f"Not sealed:            {found.plain:,}")
    if found.unknown:
        print(f"Under a key that is not here: {found.unknown:,}. They can’t be read until it is put back.")
    elif found.to_do:
        print("`keys rotate` seals what is left under the current key.")
    else:
        print("Earlier keys are no longer needed for what is in the database; older backups still need them.")
    return 1 if found.unknown else 0


def _new(app: Flask) -> int:
    """A fresh key before the others. Whatever runs reads the file again by itself."""
    config = app.extensions["config"]
    own: Path = config.data_keys_file or config.data_dir / "data_keys"
    if config.data_keys and not config.data_keys_file:
        print("The keys are in DATA_KEYS: put a new one there (docs/operations.md).", file=sys.stderr)
        return 2
    if not own.exists():
        print(
            f"There is no {own}. Where every program reads one folder, make that file, readable for nobody "
            "else; or set DATA_KEYS (docs/operations.md).",
            file=sys.stderr,
        )
        return 2
    half = own.with_name(f"{own.name}.new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text("\n".join([secrets.token_urlsafe(48), *read_keys(own)]) + "\n", encoding="ascii")
    half.replace(own)
    print(f"{own} begins with a new key. `keys rotate` seals everything under it.")
    return 0


def _rotate(_app: Flask) -> int:
    _seal_everything()
    return _status(_app)


def _check(_app: Flask) -> int:
    from crm.flows.keys import that_do_not_open  # noqa: PLC0415 - a verb loads what it needs

    broken = dict(that_do_not_open())
    for place, rows in broken.items():
        named = ", ".join(map(str, rows[:SHOWN]))
        more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
        print(f"WRONG {place}: {len(rows):,} can’t be read, in rows {named}{more}")
    if not broken:
        print("Everything that is sealed opens.")
    return 1 if broken else 0


def _seal_everything() -> int:
    """Returns how many rows were sealed anew. Stopped anywhere, it goes on from there the next time."""
    from crm.flows.keys import settle, standing  # noqa: PLC0415 - a verb loads what it needs

    sealed = 0
    for _ in range(PASSES):
        if not standing().to_do:
            break
        sealed += _go_through(sealed)
    with transaction():
        settle(clock.now())
    return sealed


def _go_through(before: int) -> int:
    from crm.flows.keys import Place, go_on  # noqa: PLC0415 - a verb loads what it needs

    place, done = Place(), 0
    while True:
        with transaction():
            following = go_on(place)
        if following is None:
            return place.done
        if following.done != done:
            done = following.done
            print(f"Rows sealed: {before + done:,}", flush=True)
            Event().wait(PAUSE)
        place = following


def _leave_no_traces() -> None:
    """What an UPDATE leaves behind in the files of the database goes, too."""
    from crm.models.at_rest import sealed_tables  # noqa: PLC0415 - a verb loads what it needs

    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            for table in sealed_tables():
                connection.execute(sa.text(f"VACUUM FULL {table.name}"))
            return
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

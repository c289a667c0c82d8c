"""What a note at the public form costs in processor time: `python -m bench.one_note`.

In one process, by the WSGI door. Others make a machine slower than their share of its time: so each few notes
are set against a fixed piece of Python of the same moment. With a file's name it leaves a profile there:
`python -m bench.one_note /tmp/profile`.
"""

from __future__ import annotations

import cProfile
import json
import statistics
import sys
from collections.abc import Sequence
from itertools import count
from time import process_time, thread_time
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from bench import notes
from bench.beat import app_on, sqlite_database
from bench.costs import cpu_seconds
from bench.door import OPEN_HOUSE
from bench.telling import tell
from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Practice
from tests.conftest import postgres_database

WARM, ROUNDS, NOTES = 220, 12, 10
"""The median of the rounds counts. A note is compared with the 200 before it, so that many come first."""
PIECES = 10
DATABASES = {"Postgres": postgres_database, "SQLite": sqlite_database}
HOME = {
    "BASE_URL": f"http://{notes.HOST}",
    "ACK_PER_HOUR": "100000",
    "ACK_PER_CLIENT_HOUR": "100000",
}


def main(profile: str = "") -> None:
    log.configure("WARNING", as_json=True)
    for name, database in DATABASES.items():
        with app_on(database(), **OPEN_HOUSE, **HOME) as app:
            _furnish()
            numbers = count()
            _send(app, _requests(app, numbers, WARM))
            asked = _statements(app, _requests(app, numbers, 1))
            rounds = [_round(app, _requests(app, numbers, NOTES)) for _ in range(ROUNDS)]
            ours, theirs, pieces = (statistics.median(each) for each in zip(*rounds, strict=True))
            tell(f"{name}: {ours:.2f} ms, {pieces:.1f} pieces; database {theirs:.2f} ms; {asked} statements")
            if profile:
                _watch(app, _requests(app, numbers, NOTES), f"{profile}.{name}")


def _furnish() -> None:
    with transaction():
        Practice.current().notify_owner = True
        Account.create("connor@springstreet.example", "Connor", "a long enough password", clock.now())


def _requests(app: Flask, numbers: count[int], many: int) -> list[dict[str, Any]]:
    return [_request(app, next(numbers)) for _ in range(many)]


def _request(app: Flask, number: int) -> dict[str, Any]:
    head, _, body = notes.by_form(app, notes.note(number), notes.address(number)).partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    headers = Headers([(name, said) for name, _, said in lines])
    return EnvironBuilder("/consultation", method="POST", data=body, headers=headers).get_environ()


def _send(app: Flask, requests: Sequence[dict[str, Any]]) -> None:
    for environ in requests:
        said: list[str] = []
        answer = app.wsgi_app(environ, lambda status, *_, said=said: said.append(status))
        b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        assert said[0].startswith("303"), said


def _round(app: Flask, requests: Sequence[dict[str, Any]]) -> tuple[float, float, float]:
    """Milliseconds a note, of this process and of its backends; and how many fixed pieces that is."""
    backends = _backends()
    theirs, began = cpu_seconds(backends), process_time()
    _send(app, requests)
    ours, theirs = (process_time() - began) / len(requests), cpu_seconds(backends) - theirs
    began = process_time()
    for _ in range(PIECES):
        _a_piece()
    piece = (process_time() - began) / PIECES
    return 1000 * ours, 1000 * theirs / len(requests), ours / piece


def _a_piece() -> None:
    """About a millisecond of a machine with nothing else to do."""
    for number in range(40):
        said = json.dumps(notes.note(number))
        assert {word: len(word) for word in said.split()}


def _statements(app: Flask, requests: Sequence[dict[str, Any]]) -> int:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    _send(app, requests)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def _backends() -> list[int]:
    """The database's processes that serve this practice; of SQLite there are none."""
    if db.engine.dialect.name != "postgresql":
        return []
    theirs = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.text(theirs)))


def _watch(app: Flask, requests: Sequence[dict[str, Any]], file: str) -> None:
    with cProfile.Profile(thread_time) as watched:
        _send(app, requests)
    watched.dump_stats(file)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What sealing costs: one value; a page and a thousand mails, against the same program with open columns.

`python -m bench.sealing`. The two practices are two processes side by side, and each look at the one is
followed by a look at the other. What is told are ratios of medians, of the processor's time, which is
steadier than the clock's on a busy machine.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time

from flask import Flask
from flask.testing import FlaskClient

from bench import filling, years
from bench.beat import sqlite_database
from bench.open_columns import leave_open
from bench.practices import folder
from bench.telling import ratio, tell
from config import Config
from crm import clock, log
from crm.app import create_app, limits
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.flows.delivery import Post, drain
from crm.flows.keys import Place, go_on
from crm.flows.planting import plant
from crm.keyring import Keyring
from crm.links import Links
from crm.migrating import upgrade
from crm.models import Account, Practice, SignIn
from crm.rules.intake import Submission
from crm.sealed import hand_over
from crm.web.access import COOKIE
from tests.conftest import answers, environment, postgres_database
from tests.outbox import Outbox
from tests.practice import OWNER_EMAIL, PASSWORD, RETRIES

PEOPLE, MAILS, LOOKS, BURSTS = 10_000, 1_000, 40, 3
PLACE = b"lead.name"
LENGTHS = (12, 200, 2_000, 20_000)
PAGES = {
    "People, list": "/people?view=list",
    "People, board": "/people",
    "Today": "/today",
    "A person": "/people/2",
    "Going out": "/follow-ups",
}


def measure() -> None:
    _values()
    _two_practices("SQLite", sqlite_database)
    if answers(5432):
        _two_practices("Postgres", postgres_database)


def _values() -> None:
    keys = Keyring(["a key of the data which has many letters"], "a key of what is looked up")
    tell("Sealing and opening one value, µs:")
    for length in LENGTHS:
        plain = b"x" * length
        sealed = keys.seal(plain, PLACE)
        seal, opened = (
            _microseconds(partial(keys.seal, plain, PLACE)),
            _microseconds(partial(keys.open, sealed, PLACE)),
        )
        more = len(sealed) - length
        tell(f"   {length:>6} bytes: {seal:.1f} sealed, {opened:.1f} opened, {more} bytes more")
    tell(f"   a keyed hash: {_microseconds(partial(keys.hashed, 'mailto:sam@example.org')):.1f}")


def _microseconds(act: Callable[[], object], times: int = 2_000) -> float:
    took = []
    for _ in range(7):
        began = process_time()
        for _ in range(times):
            act()
        took.append((process_time() - began) / times * 1e6)
    return min(took)


def _two_practices(name: str, database: Callable[[], object]) -> None:
    with folder() as place, database() as one, database() as other:  # type: ignore[attr-defined]
        sealed, opened = _begin(place, one, is_open=False), _begin(place, other, is_open=True)
        tell(f"{name}, {PEOPLE:,} people, sealed against open, CPU of the process:")
        for page, address in PAGES.items():
            _compare(page, address, LOOKS, sealed, opened)
        _compare(f"{MAILS:,} mails", "mails", BURSTS, sealed, opened)
        _compare("a note by the form", "note", LOOKS, sealed, opened)
        sealed.send("turn")
        tell(f"   everything sealed under another key: {sealed.recv() / 1000:.0f} s")
        for practice in (sealed, opened):
            practice.send(None)


def _compare(what: str, ask: str, times: int, sealed: Connection, opened: Connection) -> None:
    took: dict[Connection, list[float]] = {sealed: [], opened: []}
    for _ in range(times):
        for practice, its in took.items():
            practice.send(ask)
            its.append(practice.recv())
    here, there = (statistics.median(its[times // 4 :]) for its in took.values())
    ratio(f"   {what}: {here:.1f} ms against {there:.1f}", here / there, at_most=1.3)


def _begin(place: Path, url: str, *, is_open: bool) -> Connection:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    asked = (theirs, url, place / ("open" if is_open else "sealed"), is_open)
    context.Process(target=practice, args=asked, daemon=True).start()
    ours.recv()
    return ours


def practice(asked: Connection, url: str, place: Path, is_open: bool) -> None:  # noqa: FBT001 - a process' argument
    """A process of its own: it does once what it is asked for, and says how many ms of CPU that took."""
    log.configure("CRITICAL", as_json=True)
    if is_open:
        leave_open()
    app = create_app(Config.from_env(environment(url, place)))
    with app.app_context():
        browser = _fill(app)
    asked.send("ready")
    while what := asked.recv():
        asked.send(_took(app, browser, what))


def _fill(app: Flask) -> FlaskClient:
    with db.engine.connect() as connection:
        upgrade(connection)
        connection.commit()
    with transaction():
        plant(clock.now())
        Practice.current().sender_address = OWNER_EMAIL
        owner = Account.create(OWNER_EMAIL, "Connor", PASSWORD, clock.now())
        db.session.flush()
        token = SignIn.start(owner, clock.now())
    filling.open_all_hours()
    years.grow(PEOPLE, clock.now())
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    return browser


def _took(app: Flask, browser: FlaskClient, what: str) -> float:
    if what == "mails":
        with app.app_context():
            filling.fill(MAILS, clock.now(), clock.now())
    began = process_time()
    if what == "mails":
        _send(app)
    elif what == "note":
        _write(app)
    elif what == "turn":
        _turn(app)
    else:
        assert browser.get(what).status_code == 200
    return 1000 * (process_time() - began)


def _send(app: Flask) -> None:
    post = Post(Outbox(), Links("http://localhost"), RETRIES, connections=24)
    with app.app_context():
        drain(post, clock.now, years.SOMETIME)


def _write(app: Flask) -> None:
    now = clock.now()
    note = Submission(
        name="Maya", email=f"{now:%f}@example.com", message="I read your piece.", nonce=f"{now}"
    )
    with app.app_context(), transaction():
        capture(note, limits(app.extensions["config"]), now)


def _turn(app: Flask) -> None:
    """At the end, because the types of this process hold on to the keys they began with."""
    with app.app_context():
        hand_over(
            db.engine,
            Keyring(["another key which has many letters"], "look-ups", last=app.config["SECRET_KEY"]),
        )
        place: Place | None = Place()
        while place:
            with transaction():
                place = go_on(place)


if __name__ == "__main__":
    measure()

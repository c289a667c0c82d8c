"""8. Reading 10,000 mails from a real dovecot: how many a second, and what the reader's process takes.

A quarter are answers to emails of ours, a quarter automatic replies, the rest from strangers. The worker's
own loop in this process, with the child that makes sense of the mails.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa

from bench.costs import forget_peak, peak_mb
from bench.telling import tell
from config import Config
from crm import clock
from crm.app import create_app, inbox
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.flows.planting import plant
from crm.flows.reading import Reader
from crm.mail.apart import ReaderApart
from crm.migrating import upgrade
from crm.models import Incoming, Message, Practice
from crm.rules.intake import Limits, Submission
from tests.conftest import environment, postgres_database
from tests.mail.dovecot import PASSWORD, USER, Dovecot, dovecot

MAILS = 10_000
PEOPLE = 500
OLD = 50_000
"""So many lie in the folder before the practice is connected."""
WORDS = "I have thought about it and Thursday would be fine. Thank you for writing so kindly. " * 12


def measure() -> None:
    with dovecot() as server, postgres_database() as url:
        _on(server, "Postgres", url)
    with dovecot() as server, tempfile.TemporaryDirectory() as folder:
        _on(server, "SQLite", f"sqlite:///{folder}/crm.db")


def _on(server: Dovecot, name: str, url: str) -> None:
    config = Config.from_env(environment(url, server.home) | _way_in(server))
    app = create_app(config)
    with app.app_context():
        _furnish()
        how = inbox(config, ReaderApart().parse)
        assert how is not None
        _lay(server, [_old(number) for number in range(OLD)])
        begun = perf_counter()
        Reader(how, clock.now, lambda: False).work()
        first = perf_counter() - begun
        _lay(server, _mails())
        forget_peak(os.getpid())
        begun = perf_counter()
        handled = Reader(how, clock.now, lambda: False).work()
        took = perf_counter() - begun
        own, child = peak_mb(os.getpid()), peak_mb(_child_of(os.getpid()))
        stored = db.session.scalar(sa.select(sa.func.count(Incoming.id)))
        db.session.remove()
        db.engine.dispose()
    assert handled == stored == MAILS, (handled, stored)
    tell(f"{name}: connected to a folder of {OLD:,} old mails in {first:.2f} s, reading none")
    tell(f"{name}: {MAILS:,} mails in {took:.1f} s: {MAILS / took:.0f} a second")
    tell(f"{name}: the reader's process took {own:.0f} MB at its peak, its child {child:.0f} MB")


def _furnish() -> None:
    with db.engine.connect() as connection:
        upgrade(connection)
        connection.commit()
    with transaction():
        plant(clock.now())
        practice = Practice.current()
        practice.sender_address, practice.notify_owner = USER, False
    limits = Limits(min_seconds=0, acks_per_hour=10**6, acks_per_client_hour=10**6)
    for number in range(PEOPLE):
        with transaction():
            address = f"person{number}@example.org"
            capture(Submission(name="Sam", email=address, nonce=str(number)), limits, clock.now())


def _mails() -> list[bytes]:
    rows = db.session.execute(sa.select(Message.to_address, Message.message_id))
    ids = {row.to_address: row.message_id for row in rows}
    db.session.rollback()
    return [_mail(number, ids) for number in range(MAILS)]


def _mail(number: int, ids: dict[str, str]) -> bytes:
    person = f"person{number % PEOPLE}@example.org"
    sender = person if number % 4 < 2 else f"stranger{number}@example.net"
    thread = f"In-Reply-To: {ids[person]}\r\n" if number % 4 == 0 else ""
    machine = "Auto-Submitted: auto-replied\r\n" if number % 4 == 1 else ""
    return (
        f"Return-Path: <{sender}>\r\nFrom: {sender}\r\nTo: {USER}\r\nSubject: Re: your note {number}\r\n"
        f"{thread}{machine}Message-ID: <{number}@mail.example>\r\n\r\n{WORDS} {number}\r\n"
    ).encode()


def _old(number: int) -> bytes:
    return f"From: old@example.net\r\nMessage-ID: <old{number}@example.net>\r\n\r\n{number}\r\n".encode()


def _lay(server: Dovecot, mails: list[bytes]) -> None:
    """Into the folder itself: to deliver so many would take longer than to read them."""
    new = server.home / "mail" / USER / "new"
    with server.program() as line:
        line.select("INBOX")
    owner = new.stat()
    for mail in mails:
        path = new / f"{perf_counter():.9f}.{len(mail)}.bench"
        path.write_bytes(mail)
        os.chown(path, owner.st_uid, owner.st_gid)
    with server.program() as line:
        line.select("INBOX")


def _way_in(server: Dovecot) -> dict[str, str]:
    return {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(server.imap),
        "IMAP_SECURITY": "none",
        "IMAP_USERNAME": USER,
        "IMAP_PASSWORD": PASSWORD,
    }


def _child_of(pid: int) -> int:
    """The one that reads mails apart; dovecot is the other."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            if b"crm.mail.apart" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    raise LookupError("no child reads mails")


if __name__ == "__main__":
    measure()

"""A practice of real processes: web, workers, beat and a Redis of its own, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Protocol

import sqlalchemy as sa
from flask import Flask
from redis import Redis

from config import Config
from crm import clock
from crm.app import create_app
from crm.db import db, transaction
from crm.flows.capture import capture
from crm.flows.planting import plant
from crm.flows.verifying import verify
from crm.migrating import upgrade
from crm.models import Account, Message, Practice
from crm.rules.intake import Limits, Submission
from crm.rules.sending import MessageState
from tests.conftest import answers, environment
from tests.local.waiting import until
from tests.mail.servers import listening
from tests.practice import PASSWORD
from tests.system.processes import BEAT, WORKER, Program, Programs, programs, redis_command
from tests.system.visitor import Visitor

OWNER = "connor@springstreet.example"
PATIENCE = 60
"""Seconds a start may take on a machine that does much else."""
NO_LIMITS = Limits(min_seconds=0, acks_per_client_hour=10**6, acks_per_hour=10**6, acks_per_mailbox_day=10**6)
HOME = "127.0.0.1"
OPEN = (MessageState.SCHEDULED, MessageState.SENDING)


class Listening(Protocol):
    """Whoever takes the mail."""

    port: int


class House:
    """Processes are started by their names here; what they do is seen in the database and the post office."""

    def __init__(
        self, running: Programs, database_url: str, office: Listening, given: Mapping[str, str]
    ) -> None:
        self.running = running
        self.port, self._redis_port = free_port(), free_port()
        own = {
            "BASE_URL": f"http://{HOME}:{self.port}",
            "PORT": str(self.port),
            "REDIS_URL": f"redis://{HOME}:{self._redis_port}/0",
            "SMTP_PORT": str(office.port),
            "DRAIN_SECONDS": "0.2",
            "ACK_PER_HOUR": "100000",
            "ACK_PER_CLIENT_HOUR": "100000",
        }
        self.env = {**environment(database_url, running.folder), **own, **given}
        self.app: Flask = create_app(Config.from_env(self.env))
        self._furnish()

    def _furnish(self) -> None:
        with self.app.app_context():
            with db.engine.connect() as connection:
                upgrade(connection)
                connection.commit()
            with transaction():
                plant(clock.now())
                practice = Practice.current()
                practice.sender_address, practice.notify_owner = OWNER, False
                practice.hourly_limit = practice.daily_limit = None
                Account.create(OWNER, "Connor", PASSWORD, clock.now())

    def leave(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def redis(self) -> Program:
        command = redis_command(self._redis_port, self.running.folder / "redis")
        started = self.running.start("redis", command, {})
        assert until(partial(answers, self._redis_port), PATIENCE), started.said()
        return started

    def redis_client(self) -> Redis:
        return Redis(HOME, self._redis_port)

    def web(self) -> Visitor:
        """Started, and somebody at its door."""
        words = [
            "gunicorn",
            "--threads=8",
            f"--bind={HOME}:{self.port}",
            "--no-control-socket",
            "crm.wsgi:app",
        ]
        started = self.running.start("web", words, self.env)
        assert until(partial(answers, self.port), PATIENCE), started.said()
        visitor = Visitor(self.env["BASE_URL"])
        assert visitor.open("/health").status == 200, started.said()
        return visitor

    def worker(self, name: str = "worker", threads: int = 4) -> Program:
        words = [*WORKER.split(), f"--concurrency={threads}", f"--hostname={name}@test", "--loglevel=INFO"]
        return self.running.fork(name, words, self.env)

    def beat(self, name: str = "beat") -> Program:
        words = [*BEAT.split(), f"--schedule={self.running.folder / name}", "--loglevel=INFO"]
        return self.running.fork(name, words, self.env)

    def receives(self, address: str, due_in: timedelta = timedelta()) -> int:
        """Somebody asks for a call; the answer to them is due. Returns the id of that answer."""
        with self.app.app_context(), transaction():
            message = _asks(address)
            message.due_at += due_in
            return message.id

    def receives_all(self, addresses: Iterable[str]) -> None:
        """All of them ask at one moment."""
        with self.app.app_context(), transaction():
            for address in addresses:
                _asks(address)

    def message(self, message_id: int) -> Message:
        with self.app.app_context():
            return db.session.get_one(Message, message_id)

    def messages(self) -> list[Message]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Message).order_by(Message.id)))

    def due(self) -> int:
        """How many emails want to be out by now, or are being sent."""
        waiting = sa.select(sa.func.count(Message.id)).where(
            Message.state.in_(OPEN), Message.due_at <= clock.now() + timedelta(minutes=1)
        )
        with self.app.app_context():
            return db.session.scalar(waiting) or 0

    def all_gone(self, seconds: float) -> bool:
        return until(lambda: self.due() == 0, seconds)

    def account_failure(self) -> str | None:
        """What the owner is shown while the sending account does not work."""
        with self.app.app_context():
            return Practice.current().account_failure

    def broken_promises(self) -> list[str]:
        """What `crm verify` finds."""
        with self.app.app_context():
            return [finding.promise for finding in verify(clock.now()) if not finding.is_sound]

    def end_leases(self, of: Program) -> int:
        """As if the leases of a dead worker had run out. Returns how many mails it had handed over."""
        its = (Message.state == MessageState.SENDING, Message.claimed_by == of.worker_name)
        handed_over = sa.select(sa.func.count(Message.id)).where(*its, Message.handed_over_at.is_not(None))
        with self.app.app_context(), transaction() as session:
            count = session.scalar(handed_over) or 0
            session.execute(sa.update(Message).where(*its).values(lease_until=clock.now()))
            return count

    def has_begun(self, worker: Program) -> bool:
        """Whether this worker has taken mail, and some is still to be taken."""
        its = sa.select(Message.id).where(Message.claimed_by == worker.worker_name)
        with self.app.app_context():
            return db.session.scalar(its.limit(1)) is not None


def _asks(address: str) -> Message:
    submission = Submission(name="Sam", email=address, message=f"From {address}", nonce=token_hex(8))
    (message,) = capture(submission, NO_LIMITS, clock.now()).lead.messages
    return message


def free_port() -> int:
    """One of many, so that two test runs at once seldom want the same."""
    with listening() as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def open_house(folder: Path, database_url: str, office: Listening, **given: str) -> Iterator[House]:
    """`given`: variables of the environment that differ."""
    with programs(folder) as running:
        house = House(running, database_url, office, given)
        try:
            yield house
        finally:
            house.leave()

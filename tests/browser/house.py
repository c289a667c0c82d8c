"""A practice that a browser can visit: the real app on a port of its own; its post leaves when told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from config import Config
from crm import clock
from crm.app import create_app, post
from crm.db import db, transaction
from crm.demo import fill
from crm.flows import dispatching, listeners, offering
from crm.flows.delivery import drain
from crm.flows.offering import Proposal
from crm.flows.reading import Inbox, Reader
from crm.local.sockets import HOME, listen_anywhere, port_of
from crm.mail.parse import parse
from crm.migrating import upgrade
from crm.models import (
    Account,
    DispatchTry,
    DomainCheck,
    Inquiry,
    Lead,
    Listener,
    Practice,
    SetupLink,
    SignIn,
    turns,
)
from crm.rules.dispatches import DispatchKind, DispatchState
from crm.rules.domain import Answers
from crm.rules.inbound import InboundMail
from crm.rules.stages import Stage
from tests.conftest import environment
from tests.letterbox import Memory, mail_from
from tests.outbox import Outbox

OWNER_ID, OWNER_EMAIL = 1, "connor@springstreet.example"
UNDO_IS_OVER = timedelta(seconds=25)
PASSWORD = "a long enough password"
TOLD = (
    (DispatchState.FAILED, DispatchKind.CALL_BOOKED, 10),
    (DispatchState.DELIVERED, DispatchKind.TEST, 1),
    (DispatchState.WAITING, DispatchKind.INQUIRY_RECEIVED, 2),
)
STRANGERS = (
    (
        "Maya Okafor <m.okafor@work.example>",
        "Thursday",
        "Thursday after six would be lovely.\n\nI am writing from work, my own phone is being repaired.",
    ),
    (
        "Ana Ruiz <ana@example.net>",
        "New clients?",
        "Do you take new clients in the evenings? My doctor gave me your name. I have slept badly.",
    ),
    ("The Lamp Shop <shop@example.net>", "Your order 4711", "Your lamp is on its way."),
    ("Sol <sol@example.net>", "Hello", "Nobody reads this."),
)
"""Of the last one nothing can be made."""
A_MINUTE = timedelta(minutes=1)


class House:
    """One running practice. Its addresses begin with `base`."""

    def __init__(self, app: Flask, base: str) -> None:
        self.app, self.base, self.outbox = app, base, Outbox()
        config: Config = app.extensions["config"]
        self._post = post(config, self.outbox)

    def mail_leaves(self, later: timedelta = timedelta()) -> None:
        """What the worker does; with `later`, as if so much time had gone by."""
        self._elsewhere(lambda: drain(self._post, lambda: clock.now() + later, A_MINUTE))

    def programs_are_told(self) -> None:
        """What the worker does for them."""
        self._elsewhere(
            lambda: dispatching.tell_programs(self._post.outside, clock.now, A_MINUTE, self._post.stopping)
        )

    def mail_comes(self, now: datetime | None = None) -> None:
        """From people nobody knows, or not by this address; and one that nothing can be made of."""
        self._elsewhere(lambda: _reads(now or clock.now()))

    def reads(self, raw: bytes) -> None:
        """A mail lies in the mailbox and is read."""
        self._elsewhere(lambda: _reads_one(raw, clock.now()))

    def is_filled(self, now: datetime | None = None) -> None:
        """With invented people, as things stand now or at another moment."""
        self._elsewhere(lambda: fill(now or clock.now(), self.app.extensions["links"]))

    def tells_a_program(self, now: datetime | None = None) -> None:
        """One that took a test, and not all that came after it."""
        self._elsewhere(lambda: _listens(now or clock.now()))

    def has_a_waitlist(self, now: datetime | None = None) -> None:
        """Four wait for a place. Two of them are offered one."""
        at = now or clock.now()
        with self.at_work():
            waits = (
                db.select(Lead)
                .order_by(Lead.id)
                .where(Lead.stage == Stage.CONTACTED, Lead.email.is_not(None))
            )
            leads = db.session.scalars(waits.where(Lead.read_first_at.is_(None)).limit(4)).all()
            for number, lead in enumerate(leads):
                lead.move(Stage.WAITLISTED, at - timedelta(days=60 - 7 * number), OWNER_ID)
            shown = tuple(lead.id for lead in leads[:2])
            turns.take(*shown)
            proposal = Proposal(
                "Tuesdays at 4 pm, from the first of the month", OWNER_ID, 48, shown, "demo", len(shown)
            )
            offering.offer(proposal, OWNER_ID, at)

    def knows_its_domain(self, now: datetime | None = None) -> None:
        """As it is with many: the provider's SPF and key are there, nobody has thought of DMARC."""
        with self.at_work() as session:
            domain = Practice.current().sender_address.rpartition("@")[2]
            keys = {"google": "v=DKIM1; k=rsa; p=MIIB"}
            answers = Answers(domain, ("v=spf1 a:127.0.0.1 ~all",), (), ("mx.springstreet.example",), keys)
            session.add(check := DomainCheck())
            check.was_looked_up(domain, answers.record(), now or clock.now())

    def _elsewhere(self, act: Callable[[], object]) -> None:
        """In a thread of its own: in this one Playwright's loop is running, and a thread has one."""

        def run() -> None:
            with self.app.app_context():
                act()

        with ThreadPoolExecutor(1) as thread:
            thread.submit(run).result()

    @contextmanager
    def at_work(self) -> Iterator[Session]:
        with self.app.app_context(), transaction() as session:
            yield session

    def setup_link(self) -> str:
        with self.at_work():
            return f"{self.base}/setup/{SetupLink.issue(clock.now())}"

    def sign_in_token(self) -> str:
        """The owner's, without the form."""
        with self.at_work():
            owner = Account.owner()
            assert owner is not None
            return SignIn.start(owner, clock.now())

    def opens(self, website: str = "") -> None:
        """The owner has been here before."""
        with self.at_work():
            practice = Practice.current()
            practice.name, practice.signer, practice.website = "Spring Street Therapy", "Connor", website
            practice.sender_name, practice.sender_address = "Connor at Spring Street", OWNER_EMAIL
            practice.office_address = "1 Example St, Los Angeles, CA 90013"
            Account.create(OWNER_EMAIL, "Connor", PASSWORD, clock.now())

    def person(self, name: str) -> Lead:
        """Their row, detached."""
        with self.app.app_context():
            (only,) = [each for each in db.session.scalars(sa.select(Lead)) if each.name == name]
            return only

    def inquiry(self, name: str) -> Inquiry:
        """What they sent, detached."""
        with self.app.app_context():
            (only,) = [each for each in db.session.scalars(sa.select(Inquiry)) if each.name == name]
            return only


def _reads(now: datetime) -> None:
    mailbox = Memory()
    reader = Reader(Inbox(mailbox, _understands), lambda: now, lambda: False)
    reader.work()
    for sender, subject, text in STRANGERS:
        headers = {"from_": sender, "subject": subject}
        mailbox.put("INBOX", mail_from(None, text, headers, now), now)
    reader.work()
    reader.work()


def _reads_one(raw: bytes, now: datetime) -> None:
    mailbox = Memory()
    reader = Reader(Inbox(mailbox, parse), lambda: now, lambda: False)
    reader.work()
    mailbox.put("INBOX", raw, now)
    reader.work()


def _understands(raw: bytes) -> InboundMail:
    if b"sol@example.net" in raw:
        raise RecursionError
    return parse(raw)


def _listens(now: datetime) -> None:
    with transaction() as rows:
        person = rows.scalars(sa.select(Lead).order_by(Lead.id)).first()
        listener = Listener(name="My spreadsheet", url="https://hooks.example.org/catch/12/ab/", made_at=now)
        listener.tells = [str(DispatchKind.INQUIRY_RECEIVED), str(DispatchKind.CALL_BOOKED)]
        listener.give_secret()
        listener.failing_since = now - timedelta(minutes=6)
        rows.add(listener)
        rows.flush()
        for state, kind, tries in TOLD:
            made = listeners.test(listener, now - timedelta(minutes=6))
            made.kind, made.tries, made.state = kind, tries, state
            made.lead_id = person.id if person and kind is not DispatchKind.TEST else None
            is_over = state is not DispatchState.WAITING
            made.ended_at, made.due_at = now if is_over else None, now + timedelta(minutes=29)
            status, answer = (
                (200, "ok") if state is DispatchState.DELIVERED else (502, "<h1>Bad Gateway</h1>")
            )
            rows.add(DispatchTry(dispatch_id=made.id, at=now, milliseconds=84, status=status, answer=answer))


@contextmanager
def running(database: Path, data: Path, name: str = HOME) -> Iterator[House]:
    """The app behind a real server, in a thread that ends with the test. `name` stands in its addresses."""
    with listen_anywhere() as listening:
        base = f"http://{name}:{port_of(listening)}"
        app = create_app(Config.from_env(environment(f"sqlite:///{database}", data) | {"BASE_URL": base}))
        server = make_server(HOME, port_of(listening), app, threaded=True, fd=listening.fileno())
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield House(app, base)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def empty_database(folder: Path) -> Path:
    """Migrated and planted, to be copied for each test."""
    from crm.flows.indexing import go_on  # noqa: PLC0415 - the app maps the models first
    from crm.flows.planting import plant  # noqa: PLC0415 - the same

    path = folder / "empty.db"
    app = create_app(Config.from_env(environment(f"sqlite:///{path}", folder)))
    with app.app_context():
        with db.engine.connect() as connection:
            upgrade(connection)
            connection.commit()
        with transaction():
            plant(clock.now())
            go_on(clock.now())
        db.engine.dispose()
    return path


def copied(database: Path, to: Path) -> Path:
    for each in database.parent.glob(f"{database.name}*"):
        shutil.copy(each, to / each.name)
    return to / database.name

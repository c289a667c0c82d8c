"""Driving a whole practice from a test: people write, time passes, mail goes out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from crm import clock, models
from crm.db import db, once_more, transaction
from crm.flows import approvals, sequences, triage
from crm.flows.capture import capture
from crm.flows.correspondence import OwnLetter, answer, log_call, they_wrote
from crm.flows.delivery import Post, drain
from crm.flows.follow_up import close_quietly
from crm.flows.foresight import plan_of
from crm.flows.planting import plant
from crm.flows.reading import Inbox, Reader
from crm.flows.referring import Farewell, refer_out
from crm.flows.settling import Retries
from crm.links import Links
from crm.mail.parse import parse
from crm.models import Account, CallResult, Incoming, Lead, Message, ReplyChannel, Sequence, SignIn, Undo
from crm.rules.inbound import InboundMail
from crm.rules.intake import Limits, Submission
from crm.rules.sending import MessageState
from crm.rules.wording import Wording
from crm.web.access import COOKIE
from tests.beginning import Planted
from tests.letterbox import Memory, mail_from
from tests.outbox import Outbox, Received

TUESDAY = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
"""1:52 pm in Los Angeles, two days after summer time began: the moment of the pictures."""
OWNER_EMAIL = "connor@springstreet.example"
PASSWORD = "a long enough password"
PLANTED: dict[str, Planted] = {}
"""By database."""
RETRIES = Retries(tuple(timedelta(minutes=m) for m in (5, 15, 45, 120, 240)), timedelta(days=3))


class Practice:
    """A practice in a test. Every act is its own app context and transaction, as in the real processes."""

    def __init__(self, app: Flask, outbox: Outbox, traveller: time_machine.Traveller) -> None:
        self.app = app
        self.outbox = outbox
        self.mailbox = Memory()
        self._is_connected = False
        self.understands: Callable[[bytes], InboundMail] = parse
        self.limits = Limits(min_seconds=0)
        self.links: Links = app.extensions["links"]
        self._traveller = traveller

    @classmethod
    @contextmanager
    def opened(cls, app: Flask, outbox: Outbox) -> Iterator[Practice]:
        with time_machine.travel(TUESDAY, tick=False) as traveller:
            practice = cls(app, outbox, traveller)
            practice._set_up()
            yield practice

    def _set_up(self) -> None:
        with self.app.app_context():
            place = str(db.engine.url)
            if place in PLANTED:
                PLANTED[place].again()
            else:
                PLANTED[place] = Planted.by(self._plant)
            db.session.remove()

    def _plant(self) -> None:
        with transaction():
            plant(self.now)
            practice = models.Practice.current()
            practice.name, practice.signer = "Spring Street Therapy", "Connor"
            practice.office_address = "1 Example St, Suite 4, Los Angeles, CA 90013"
            practice.locality, practice.website = "downtown Los Angeles", "https://springstreet.example"
            practice.sender_name, practice.sender_address = "Connor at Spring Street", OWNER_EMAIL
            owner = Account(
                email=OWNER_EMAIL,
                name="Connor",
                password_hash=PasswordHasher().hash(PASSWORD),
                created_at=self.now,
            )
            db.session.add(owner)

    @property
    def now(self) -> datetime:
        return clock.now()

    @property
    def post(self) -> Post:
        return Post(self.outbox, self.links, RETRIES)

    @contextmanager
    def at_work(self) -> Iterator[sa.orm.Session]:
        """An app context with a transaction, to act on models directly."""
        with self.app.app_context(), transaction() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[sa.orm.Session]:
        """An app context to look at rows in."""
        with self.app.app_context():
            yield db.session()

    def at(self, instant: datetime) -> None:
        """Jump to an instant without anything happening in between."""
        self._traveller.move_to(instant, tick=False)

    def advance(self, **how_long: float) -> None:
        """Let time pass: each email leaves at its own moment, as with the real worker."""
        until = self.now + timedelta(**how_long)
        self.work()
        while (at := self._next_thing()) is not None and at <= until:
            self.at(at)
            self.work()
        self.at(until)
        self.work()

    def work(self) -> int:
        """What the worker does on every ring."""
        with self.app.app_context():
            accepted = drain(self.post, clock.now, timedelta(seconds=20))
        with self.at_work():
            close_quietly(self.now)
            for draft_id in approvals.overdue(self.now):
                approvals.expire(draft_id, self.now)
        return accepted

    def receives_inquiry(self, who: str, message: str = "", **more: object) -> int:
        """Someone sends the form. `who` is "Sam Rivers <sam@example.org>". Returns the person's id."""
        name, address = parseaddr(who)
        plain = Submission(name=name, email=address, message=message, nonce=secrets.token_hex(8))
        return self.submits(replace(plain, **more))  # type: ignore[arg-type]

    def submits(self, submission: Submission) -> int:
        return once_more(lambda: self._captured(submission))

    def _captured(self, submission: Submission) -> int:
        with self.at_work():
            return capture(submission, self.limits, self.now).lead.id

    def hears_back(self, lead_id: int, text: str = "Thursday at ten would be lovely.") -> None:
        """The person writes back."""
        with self.at_work():
            they_wrote(self.lead(lead_id), text, ReplyChannel.BY_HAND, self.now)

    def receives_mail(
        self,
        answering: Received | None = None,
        text: str = "Thursday at ten would be lovely.",
        raw: bytes | None = None,
        **headers: str,
    ) -> None:
        """A mail arrives in Connor's inbox. `headers`: those that differ, as `from_="Sam <sam@…>"`."""
        self.connects_the_mailbox()
        self.mailbox.put("INBOX", raw or mail_from(answering, text, headers, self.now), self.now)
        self.reads_mail()

    def lays_into_the_mailbox(self, answering: Received, text: str) -> None:
        """An answer arrives that nobody has read yet."""
        self.connects_the_mailbox()
        self.mailbox.put("INBOX", mail_from(answering, text, {}, self.now), self.now)

    def writes_elsewhere(self, to: str, text: str = "Let us talk on Thursday.", **headers: str) -> None:
        """Connor writes to somebody from his own mail program, which keeps a copy among what was sent."""
        own = {"from_": OWNER_EMAIL, "to": to, "subject": "About Thursday", **headers}
        self.connects_the_mailbox()
        self.mailbox.put("Sent", mail_from(None, text, own, self.now), self.now)
        self.reads_mail()

    def connects_the_mailbox(self) -> None:
        """The first look, before which nothing counts. Many a practice in a test reads no mail."""
        if not self._is_connected:
            self._is_connected = True
            self.reads_mail()

    def reads_mail(self) -> int:
        """What the worker does when it looks into the mailbox."""
        with self.app.app_context():
            return Reader(self.inbox, clock.now, lambda: False).work()

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.mailbox, self.understands)

    def incoming(self) -> list[Incoming]:
        """Every mail that came in."""
        with self.reading():
            return list(db.session.scalars(sa.select(Incoming).order_by(Incoming.id)))

    def asks_first(self, key: str = "new_inquiry") -> None:
        """Connor wants to see each email of this sequence before it goes."""
        with self.at_work():
            sequence = db.session.scalars(sa.select(Sequence).where(Sequence.key == key)).one()
            sequences.save(sequence, replace(plan_of(sequence), asks_first=True), self.now)

    def answers(self, lead_id: int, text: str = "Would Thursday suit you?", *, keep: bool = True) -> int:
        """Connor writes to the person. Returns the id of the Undo."""
        with self.at_work():
            owner = Account.owner()
            assert owner is not None
            letter = OwnLetter(Wording("Your note", "", text), keep_following_up=keep)
            return answer(self.lead(lead_id), letter, owner, self.now).id

    def refers_out(self, lead_id: int, *to: str, text: str | None = None) -> int:
        """Connor refers them to these, with a letter where there is a text. Returns the id of the Undo."""
        with self.at_work():
            owner = Account.owner()
            assert owner is not None
            wording = Wording("People I’d trust with this", "", text) if text is not None else None
            farewell = Farewell(to, OwnLetter(wording, keep_following_up=False) if wording else None)
            return refer_out(self.lead(lead_id), farewell, owner, self.now).id

    def logs_call(self, lead_id: int, result: CallResult, text: str = "") -> None:
        """Connor rang the person."""
        with self.at_work():
            owner = Account.owner()
            assert owner is not None
            log_call(self.lead(lead_id), result, text, owner, self.now)

    def lead(self, lead_id: int) -> Lead:
        """The person's row; inside `at_work` or `reading`."""
        return db.session.get_one(Lead, lead_id)

    def story(self, lead_id: int) -> list[str]:
        """The person's story, a line an event: "follow_ups_stopped: replied"."""
        with self.reading():
            return [event.line for event in self.lead(lead_id).events]

    def messages(self, lead_id: int) -> list[Message]:
        with self.reading():
            return list(
                db.session.scalars(sa.select(Message).where(Message.lead_id == lead_id).order_by(Message.id))
            )

    def open_message(self, lead_id: int) -> Message:
        """The one email on its way to this person."""
        (only,) = [message for message in self.messages(lead_id) if message.is_open]
        return only

    def undo(self, undo_id: int) -> bool:
        with self.at_work():
            return triage.take_back(db.session.get_one(Undo, undo_id), self.now)

    def _next_due(self) -> datetime | None:
        """When the next email wants to go; what is due already and did not leave is being held."""
        with self.reading():
            return db.session.scalar(
                sa.select(sa.func.min(Message.due_at)).where(
                    Message.state == MessageState.SCHEDULED,
                    Message.held_at.is_(None),
                    Message.due_at > self.now,
                )
            )

    def _next_expiry(self) -> datetime | None:
        """When the next draft has waited for too long."""
        with self.reading():
            late = sa.select(sa.func.min(Message.expires_at)).where(
                Message.state == MessageState.AWAITING_APPROVAL, Message.held_at.is_(None)
            )
            return db.session.scalar(late.where(Message.expires_at > self.now))

    def _next_thing(self) -> datetime | None:
        return min((at for at in (self._next_due(), self._next_expiry()) if at), default=None)


def sign_in(practice: Practice, browser: FlaskClient) -> None:
    """Give this browser Connor's sign-in, without the form."""
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        token = SignIn.start(owner, practice.now)
    browser.set_cookie(COOKIE, token)
    practice.app.config["WTF_CSRF_ENABLED"] = False

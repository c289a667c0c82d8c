"""Out through a real Postfix, into a real dovecot, and back: with real workers, on loopback."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.models import Enrollment, Incoming, Lead, MailAccount, Message, Reply, Suppression
from crm.rules.sending import MessageState, StopReason, SuppressionReason
from crm.rules.verdicts import Kind
from tests.local.waiting import until
from tests.mail.dovecot import PASSWORD, SAM, USER, Dovecot, dovecot
from tests.practice import PASSWORD as OWNERS_PASSWORD
from tests.system.house import OWNER, House, open_house
from tests.system.postfix import Postfix, postfix
from tests.system.processes import Program
from tests.system.visitor import Visitor

pytestmark = pytest.mark.system

POLL = 5
"""Seconds between two looks at every folder; what comes into the inbox is told at once."""
GONE = "gone@example.org"
MANY = 300


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def mail_server(mailboxes: Dovecot) -> Iterator[Postfix]:
    with postfix(mailboxes.lmtp) as running:
        yield running


@pytest.fixture(scope="module")
def house(own_database: str, mail_server: Postfix, mailboxes: Dovecot, place: Path) -> Iterator[House]:
    way_in = {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(mailboxes.imap),
        "IMAP_SECURITY": "none",
        "IMAP_USERNAME": USER,
        "IMAP_PASSWORD": PASSWORD,
        "IMAP_SECONDS": str(POLL),
    }
    with open_house(place, own_database, mail_server, **way_in) as opened:
        opened.redis()
        opened.beat()
        yield opened


@pytest.fixture(scope="module")
def worker(house: House) -> Program:
    started = house.worker()
    assert until(lambda: begun(house), 60), house.running.logs()
    return started


def begun(house: House) -> bool:
    """Whether the mailbox has been read once, so that what comes from now on counts."""
    with house.app.app_context():
        return db.session.scalar(sa.select(MailAccount.read_at)) is not None


def mail_of(mailboxes: Dovecot, user: str, number: int) -> EmailMessage | None:
    """What their own mail program shows them as the so manieth."""
    with mailboxes.program(user) as line:
        _, (count,) = line.select("INBOX", readonly=True)
        if int(count or 0) < number:
            return None
        _, found = line.fetch(str(number), "(BODY.PEEK[])")
    assert isinstance(found[0], tuple)
    mail = message_from_bytes(found[0][1], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def answers(mail_server: Postfix, mail: EmailMessage, text: str) -> None:
    """With Reply, as mail programs do it."""
    reply = EmailMessage()
    reply["From"], reply["To"] = f"Sam Rivers <{SAM}>", mail["From"]
    reply["Subject"], reply["Message-ID"] = f"Re: {mail['Subject']}", make_msgid(domain="example.org")
    reply["In-Reply-To"] = reply["References"] = mail["Message-ID"]
    quoted = "".join(f"> {line}\n" for line in mail.get_body(("plain",)).get_content().split("\n"))  # type: ignore[union-attr]
    intro = f"On Tue, Mar 10, 2026 at 1:52 PM Connor <{USER}> wrote:"
    reply.set_content(f"{text}\n\n{intro}\n{quoted}")
    with smtplib.SMTP("127.0.0.1", mail_server.port) as line:
        line.send_message(reply)


def seen(house: House, question: Callable[[], object], seconds: float = 60) -> bool:
    def ask() -> bool:
        with house.app.app_context():
            return bool(question())

    return until(ask, seconds)


def test_a_follow_up_is_answered_and_the_rest_stops(
    house: House, worker: Program, mailboxes: Dovecot, mail_server: Postfix, tell: Callable[[str], None]
) -> None:
    house.receives(SAM)
    assert until(lambda: mail_of(mailboxes, SAM, 1) is not None, 60), mail_server.said()
    hurry_the_next(house)
    assert until(lambda: mail_of(mailboxes, SAM, 2) is not None, 60), house.running.logs()
    follow_up = mail_of(mailboxes, SAM, 2)
    assert follow_up is not None

    answers(mail_server, follow_up, "Thursday at ten would be lovely.")
    began = monotonic()
    assert seen(house, lambda: db.session.scalar(sa.select(Reply))), house.running.logs()
    took = monotonic() - began

    with house.app.app_context():
        reply = db.session.scalars(sa.select(Reply)).one()
        lead = db.session.scalars(sa.select(Lead).where(Lead.contact_key == SAM)).one()
        assert reply.text == "Thursday at ten would be lovely."
        assert lead.enrollments[0].stop_reason is StopReason.REPLIED
        assert all(m.state in (MessageState.SENT, MessageState.CANCELLED) for m in lead.messages)
    assert "Thursday at ten would be lovely." in signed_in(house).open("/today").html
    assert b"\\Seen" not in mailboxes.flags()
    assert took < POLL
    tell(f"an answer was read {took:.2f} s after it was handed to the mail server")


def test_an_unknown_user_bounces_and_is_written_to_no_more(
    house: House, worker: Program, mail_server: Postfix, tell: Callable[[str], None]
) -> None:
    house.receives(GONE)
    began = monotonic()

    assert seen(house, lambda: Suppression.of(GONE)), mail_server.said() + house.running.logs()
    tell(f"a dead address was known {monotonic() - began:.2f} s after the email was due")

    with house.app.app_context():
        dead = Suppression.of(GONE)
        enrollment = db.session.scalars(
            sa.select(Enrollment).join(Lead).where(Lead.contact_key == GONE)
        ).one()
        assert dead is not None
        assert dead.reason is SuppressionReason.BOUNCED
        assert enrollment.stop_reason is StopReason.BOUNCED


def test_the_owner_sees_that_both_ways_work(
    house: House, worker: Program, mail_server: Postfix, tell: Callable[[str], None]
) -> None:
    visitor = signed_in(house)
    visitor.submit(visitor.open("/settings/mailbox"), "/settings/mailbox/tests")
    began = monotonic()

    def both_are_told() -> bool:
        told = visitor.open("/settings/mailbox").html
        return "What people answer will be seen." in told and "Dead addresses will be noticed." in told

    assert until(both_are_told, 60), mail_server.said() + house.running.logs()
    tell(f"both ways were proved after {monotonic() - began:.2f} s")


def test_a_reader_killed_in_the_middle_handles_each_mail_once(
    house: House, worker: Program, mailboxes: Dovecot, tell: Callable[[str], None]
) -> None:
    mails = [stranger(number) for number in range(MANY)]
    mailboxes.deliver(*mails)
    assert seen(house, lambda: some_of_them(house) > 20)

    worker.kill()
    before = some_of_them(house)
    with house.app.app_context(), transaction():
        db.session.execute(sa.update(MailAccount).values(lease_until=clock.now() - timedelta(seconds=1)))
    house.worker("another")

    assert seen(house, lambda: some_of_them(house) == MANY, 120), house.running.logs()
    with house.app.app_context():
        kinds = set(db.session.scalars(sa.select(Incoming.kind).where(of_strangers())))
    assert kinds == {Kind.HUMAN_REPLY}
    tell(f"killed after {before} of {MANY}; the next reader handled the rest, each once")


def stranger(number: int) -> bytes:
    return (
        f"From: Nobody <nobody{number}@example.net>\r\nTo: {USER}\r\nSubject: Hello {number}\r\n"
        f"Message-ID: <{number}@example.net>\r\n\r\nDo you have time on day {number}?\r\n"
    ).encode()


def of_strangers() -> sa.ColumnElement[bool]:
    return Incoming.message_id.like("%@example.net%")


def some_of_them(house: House) -> int:
    """How many different ones were handled; one handled twice would be one too many."""
    different = sa.func.count(sa.distinct(Incoming.message_id))
    with house.app.app_context():
        count, once = db.session.execute(
            sa.select(sa.func.count(Incoming.id), different).where(of_strangers())
        ).one()
    assert once == count
    return int(count)


def hurry_the_next(house: House) -> None:
    """Their next email is due now, by the owner's hand: the hours of a test are any."""
    assert seen(house, lambda: db.session.scalar(following()))
    with house.app.app_context(), transaction():
        db.session.scalars(following()).one().send_by_hand(clock.now(), clock.now())


def following() -> sa.Select[Message]:
    return sa.select(Message).where(
        Message.state == MessageState.SCHEDULED, Message.lead.has(Lead.contact_key == SAM)
    )


def signed_in(house: House) -> Visitor:
    visitor = house.web()
    visitor.submit(visitor.open("/today"), "/sign-in", email=OWNER, password=OWNERS_PASSWORD)
    return visitor

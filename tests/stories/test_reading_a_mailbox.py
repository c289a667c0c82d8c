"""A mailbox, its troubles, and mails that are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from crm.db import db
from crm.mail.apart import ReaderLostError
from crm.mail.mailbox import NotLetIn
from crm.mail.parse import parse
from crm.models import MailAccount, RawMail
from crm.rules.inbound import InboundMail
from crm.rules.verdicts import Kind
from tests.practice import Practice, sign_in


def test_what_lay_in_the_mailbox_before_changes_nothing(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.mailbox.account = "another@imap.example"
    practice.mailbox.put("INBOX", b"From: sam@example.org\r\nMessage-ID: <1@x>\r\n\r\nOld.\r\n", practice.now)

    practice.reads_mail()

    assert practice.incoming() == []
    assert practice.mailbox.bodies_read == 0
    assert "reply_received" not in practice.story(sam)


def test_new_numbers_on_the_server_bring_nothing_twice(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    practice.receives_mail(answering=practice.outbox.only_to("sam@example.org"))
    story, read = practice.story(sam), practice.mailbox.bodies_read

    practice.mailbox.holes["INBOX"].renumber()
    practice.reads_mail()
    practice.reads_mail()

    assert practice.story(sam) == story
    assert practice.mailbox.bodies_read == read


def test_a_mail_that_breaks_the_reader_is_tried_twice_and_holds_its_sender(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    practice.understands = broken_by(b"bomb")

    practice.receives_mail(from_="Sam <sam@example.org>", text="A bomb of a mail")
    practice.receives_mail(from_="stranger@example.net")
    once = practice.story(sam)[-1]
    practice.reads_mail()
    practice.advance(days=30)

    assert once == "follow_ups_paused: mail_unreadable"
    assert len(practice.outbox.to("sam@example.org")) == 1
    first, second = practice.incoming()
    assert (first.tries, first.for_tray, first.kind) == (2, True, None)
    assert second.kind is Kind.HUMAN_REPLY


def test_a_mail_understood_at_the_second_try_counts(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    practice.understands = broken_by(b"bomb")
    practice.receives_mail(
        answering=practice.outbox.only_to("sam@example.org"),
        text="A bomb of a mail",
        auto_submitted="auto-replied",
    )

    practice.understands = parse
    practice.reads_mail()
    practice.advance(days=7)

    assert practice.story(sam).count("follow_ups_resumed") == 1
    assert len(practice.outbox.to("sam@example.org")) > 1


def test_a_mail_at_which_the_line_breaks_each_time_is_left_to_the_owner(practice: Practice) -> None:
    practice.connects_the_mailbox()
    practice.mailbox.breaks_at = {1}
    practice.mailbox.put("INBOX", b"From: a@example.net\r\nMessage-ID: <1@a>\r\n\r\nNever.\r\n", practice.now)
    practice.mailbox.put("INBOX", b"From: b@example.net\r\nMessage-ID: <2@b>\r\n\r\nHello.\r\n", practice.now)

    for _ in range(4):
        practice.reads_mail()
        practice.advance(minutes=10)

    unread, read = practice.incoming()
    assert unread.quarantined_at
    assert unread.for_tray
    assert read.said == "Hello."


def test_a_mailbox_that_cannot_be_read_is_left_alone_for_a_while_and_told(practice: Practice) -> None:
    practice.mailbox.troubles = [NotLetIn("wrong password")]

    practice.reads_mail()
    with practice.reading():
        account = db.session.scalars(sa.select(MailAccount)).one()
        failing, retry_at = account.failure, account.retry_at
    practice.advance(minutes=10)
    practice.reads_mail()

    assert failing == "wrong password"
    assert retry_at is not None
    with practice.reading():
        assert db.session.scalars(sa.select(MailAccount)).one().failing_since is None


def test_a_refused_password_is_told_on_every_page_and_until_it_is_mended(practice: Practice) -> None:
    browser = practice.app.test_client()
    sign_in(practice, browser)
    practice.mailbox.troubles = [NotLetIn("wrong password")]

    practice.reads_mail()
    told = browser.get("/today").text
    practice.advance(minutes=1)
    practice.reads_mail()

    assert "We can’t read your mailbox since 1:52 pm: the password was refused." in told
    assert "We can’t read your mailbox" not in browser.get("/today").text


def test_a_mailbox_nobody_reads_is_told(practice: Practice) -> None:
    practice.connects_the_mailbox()
    practice.at(practice.now + timedelta(minutes=11))
    browser = practice.app.test_client()
    sign_in(practice, browser)

    told = browser.get("/today").text
    practice.reads_mail()

    assert "Your mailbox hasn’t been read since 1:52 pm." in told
    assert "hasn’t been read" not in browser.get("/today").text


def test_the_bytes_are_forgotten_and_the_words_stay(practice: Practice) -> None:
    practice.receives_mail(from_="stranger@example.net", text="Do you have time?")

    with practice.at_work():
        RawMail.prune(practice.now + timedelta(days=1))

    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(RawMail.incoming_id))) == 0
    assert practice.incoming()[0].said == "Do you have time?"


def test_what_was_not_understood_before_a_long_outage_is_understood_after_it(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")
    practice.understands = broken_by(b"Thursday")
    practice.receives_mail(answering=first, text="Thursday?")
    practice.understands = parse
    practice.at(practice.now + timedelta(days=100))
    with practice.at_work():
        RawMail.prune(practice.now - timedelta(days=90))

    practice.receives_mail(from_="stranger@example.net")

    assert "reply_received" in practice.story(sam)
    assert len(practice.incoming()) == 2


def broken_by(word: bytes) -> Callable[[bytes], InboundMail]:
    def understand(raw: bytes) -> InboundMail:
        if word in raw:
            raise ReaderLostError("the child ended")
        return parse(raw)

    return understand

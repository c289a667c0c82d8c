"""What mailboxes do that no document says: each of these once lost a mail, or kept one for too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import sqlalchemy as sa

from crm.db import db
from crm.mail.mailbox import Folder
from crm.models import Message, NoticeKind, RawMail
from crm.rules.arrivals import Role
from crm.rules.verdicts import Kind
from tests.letterbox import Pigeonhole, mail_from
from tests.practice import OWNER_EMAIL, Practice
from worker.jobs import forget_raw_mail

JUNK = Folder("Junk", Role.JUNK)


def raw_mails(practice: Practice) -> int:
    with practice.reading():
        return db.session.scalar(sa.select(sa.func.count(RawMail.incoming_id))) or 0


def danger_notices(practice: Practice) -> list[Message]:
    told = sa.select(Message).where(Message.notice == NoticeKind.MAIL_READ_FIRST)
    with practice.reading():
        return list(db.session.scalars(told))


def has_a_junk_folder(practice: Practice) -> None:
    practice.mailbox.holes["Junk"] = Pigeonhole()
    practice.mailbox.more_folders = [JUNK]
    practice.connects_the_mailbox()


def lies_in_junk(practice: Practice, text: str = "Do you have a free hour?") -> bytes:
    raw = mail_from(None, text, {"from_": "stranger@example.net"}, practice.now)
    practice.mailbox.put("Junk", raw, practice.now)
    practice.reads_mail()
    return raw


def test_the_bytes_are_forgotten_where_the_mailbox_is_no_longer_read(practice: Practice) -> None:
    practice.receives_mail(from_="stranger@example.net", text="Do you have time?")
    nobody_reads = replace(practice.post, inbox=None, mail_kept_for=timedelta(days=30))
    kept = []

    for days in (29, 2):
        practice.at(practice.now + timedelta(days=days))
        with practice.app.app_context():
            forget_raw_mail(nobody_reads)
        kept.append(raw_mails(practice))

    assert kept == [1, 0]


def test_what_was_never_understood_is_forgotten_too_once_nobody_reads(practice: Practice) -> None:
    practice.understands = broken
    practice.receives_mail(from_="stranger@example.net")
    practice.at(practice.now + timedelta(days=91))

    with practice.app.app_context():
        forget_raw_mail(replace(practice.post, inbox=None))

    (mail,) = practice.incoming()
    assert raw_mails(practice) == 0
    assert mail.quarantined_at
    assert mail.for_tray


def broken(_raw: bytes) -> NoReturn:
    raise ValueError("a defect of ours")


def test_a_mail_under_the_message_id_of_ours_is_theirs_all_the_same(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    ours = practice.outbox.only_to("sam@example.org").message_id

    practice.receives_mail(from_="Sam <sam@example.org>", message_id=ours, text="Thursday?")
    practice.receives_mail(from_="Sam <sam@work.example>", message_id=ours, text="Or Friday?")

    assert practice.story(sam)[-2:] == ["follow_ups_stopped: replied", "reply_received"]
    assert {mail.kind for mail in practice.incoming()} == {Kind.HUMAN_REPLY}


def test_a_copy_of_ours_from_the_account_that_sends_is_ours(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    ours = practice.outbox.only_to("sam@example.org").mail
    practice.mailbox.account = "spring.street@mail.example@imap.mail.example"
    before = practice.story(sam)
    practice.connects_the_mailbox()

    ours.replace_header("From", "Spring Street <spring.street@mail.example>")
    practice.receives_mail(raw=ours.as_bytes())

    assert practice.story(sam) == before
    assert practice.incoming()[-1].kind is Kind.OWN_MAIL


def test_whose_mail_the_server_will_not_give_hears_nothing_more(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    practice.connects_the_mailbox()
    practice.mailbox.breaks_at = {1}
    practice.mailbox.put("INBOX", mail_from(None, "", {}, practice.now), practice.now)

    keeps_looking(practice)

    assert practice.story(sam)[-1] == "follow_ups_paused: mail_unreadable"
    assert practice.incoming()[0].sender == "sam@example.org"


def test_such_a_mail_is_known_by_its_thread_too(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")
    practice.connects_the_mailbox()
    practice.mailbox.breaks_at = {1}
    practice.mailbox.put(
        "INBOX", mail_from(first, "", {"from_": "sam@work.example"}, practice.now), practice.now
    )

    keeps_looking(practice)

    assert practice.story(sam)[-1] == "follow_ups_paused: mail_unreadable"


def test_a_mail_whose_head_cannot_be_had_either_is_left_to_the_owner(practice: Practice) -> None:
    practice.connects_the_mailbox()
    practice.mailbox.breaks_at = practice.mailbox.hides_heads_of = {1}
    practice.mailbox.put("INBOX", mail_from(None, "", {}, practice.now), practice.now)
    practice.mailbox.put("INBOX", mail_from(None, "Hello", {}, practice.now), practice.now)

    keeps_looking(practice)

    unread, read = practice.incoming()
    assert unread.quarantined_at
    assert unread.for_tray
    assert read.said == "Hello"


def keeps_looking(practice: Practice) -> None:
    for _ in range(6):
        practice.reads_mail()
        practice.at(practice.now + timedelta(minutes=10))


def test_a_server_put_back_from_a_backup_is_read_at_once(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")
    practice.receives_mail(from_="stranger@example.net", text="One")
    hole = practice.mailbox.holes["INBOX"]
    backup = list(hole.mails), hole.next_uid
    practice.receives_mail(from_="stranger@example.net", text="Two")
    practice.receives_mail(from_="stranger@example.net", text="Three")

    hole.mails, hole.next_uid = list(backup[0]), backup[1]
    practice.advance(minutes=1)
    practice.receives_mail(answering=first)
    practice.reads_mail()

    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"
    assert [mail.said for mail in practice.incoming()] == [
        "One",
        "Two",
        "Three",
        "Thursday at ten would be lovely.",
    ]


def test_a_server_that_does_not_say_which_number_comes_next_was_not_put_back(practice: Practice) -> None:
    practice.receives_mail(from_="stranger@example.net", text="One")
    practice.receives_mail(from_="stranger@example.net", text="Two")
    hole = practice.mailbox.holes["INBOX"]
    hole.says_next = False

    del hole.mails[-1]
    practice.reads_mail()

    assert practice.mailbox.heads_read == 0


def test_a_mail_moved_out_of_junk_reaches_the_tray(practice: Practice) -> None:
    has_a_junk_folder(practice)
    raw = lies_in_junk(practice)
    in_junk = practice.incoming()[0].for_tray

    practice.mailbox.put("INBOX", raw, practice.now)
    practice.reads_mail()

    (mail,) = practice.incoming()
    assert not in_junk
    assert mail.for_tray
    assert mail.role is Role.INBOX


def test_a_mail_moved_out_of_junk_while_the_numbers_are_new_reaches_it_too(practice: Practice) -> None:
    has_a_junk_folder(practice)
    raw = lies_in_junk(practice)

    practice.mailbox.put("INBOX", raw, practice.now)
    practice.mailbox.holes["INBOX"].renumber()
    practice.reads_mail()

    (mail,) = practice.incoming()
    assert mail.for_tray


def test_a_mail_put_away_and_moved_about_stays_away(practice: Practice) -> None:
    has_a_junk_folder(practice)
    raw = mail_from(None, "Hello", {"from_": "stranger@example.net"}, practice.now)
    practice.receives_mail(raw=raw)
    with practice.at_work():
        db.session.merge(practice.incoming()[0]).settle(practice.now)

    practice.mailbox.put("Junk", raw, practice.now)
    practice.reads_mail()
    practice.mailbox.put("INBOX", raw, practice.now)
    practice.reads_mail()

    assert practice.incoming()[0].settled_at


def test_words_of_danger_from_a_stranger_are_told_at_once_and_once(practice: Practice) -> None:
    practice.receives_mail(from_="stranger@example.net", text="I want to kill myself tonight.")
    practice.receives_mail(from_="other@example.net", text="I am going to end my life.")
    practice.receives_mail(from_="third@example.net", text="Do you have a free hour?")
    practice.advance(minutes=1)

    assert len(danger_notices(practice)) == 1
    (told,) = practice.outbox.to(OWNER_EMAIL)
    assert "isn’t safe" in told.text
    assert "/today/mail" in told.text
    assert not any(word in told.text for word in ("kill", "stranger", "tonight"))


def test_words_of_danger_through_a_directory_that_hides_the_address_are_told_too(practice: Practice) -> None:
    practice.receives_mail(
        from_="Psychology Today <noreply@psychologytoday.com>",
        subject="New email from Ana Lopez",
        text="Name: Ana Lopez\nPhone: 213 555 0199\nMessage: I want to kill myself tonight.\n",
    )

    (mail,) = practice.incoming()
    assert mail.for_tray
    assert "kill myself" in mail.said
    assert len(danger_notices(practice)) == 1


def test_words_of_danger_moved_out_of_junk_are_told_then(practice: Practice) -> None:
    has_a_junk_folder(practice)
    raw = lies_in_junk(practice, "I want to kill myself tonight.")
    before = len(danger_notices(practice))

    practice.mailbox.put("INBOX", raw, practice.now)
    practice.reads_mail()

    assert (before, len(danger_notices(practice))) == (0, 1)

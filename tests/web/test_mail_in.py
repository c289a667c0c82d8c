"""Mail that a provider posts is read as one of the mailbox: once, and whole or in pieces."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.models import Incoming, RawMail
from tests.outbox import Received
from tests.practice import Practice
from tests.web import providers as says
from tests.web.posting import TOKEN, Provider, answer_to
from tests.web.providers import OwnAmazon


def test_a_mail_postmark_hands_over_whole_stops_the_follow_ups(
    practice: Practice, postmark: Provider, sam: int, first: Received
) -> None:
    raw = answer_to(first, practice)

    answer = postmark.posts(says.postmark_mail(raw))

    assert (answer.status_code, answer.json) == (200, {"outcome": "kept"})
    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]
    with practice.reading():
        assert db.session.scalars(sa.select(RawMail.raw)).one() == raw


def test_a_mail_postmark_hands_over_in_pieces_is_put_together(
    practice: Practice, postmark: Provider, sam: int, first: Received
) -> None:
    headers = [
        {"Name": "Message-ID", "Value": "<theirs@mail.example.org>"},
        {"Name": "In-Reply-To", "Value": first.message_id},
        {"Name": "X-Odd", "Value": "a\r\nBcc: everybody@example.net"},
        {"Name": "Content-Type", "Value": "text/html"},
    ]
    attached = [
        {"Name": "a.pdf", "Content": "JVBERg==", "ContentType": "application/pdf", "ContentLength": 4}
    ]

    postmark.posts(says.postmark_mail(From="Sam <sam@work.example>", Headers=headers, Attachments=attached))

    (mail,) = practice.incoming()
    assert mail.said == "Thursday at ten would be lovely."
    assert mail.lead_id == sam
    assert mail.attachments == [{"name": "a.pdf", "type": "application/pdf", "size": 4}]
    with practice.reading():
        assert b"\nBcc:" not in db.session.scalars(sa.select(RawMail.raw)).one()


def test_a_page_without_text_is_shown_as_text(practice: Practice, postmark: Provider, sam: int) -> None:
    postmark.posts(says.postmark_mail(TextBody="", HtmlBody="<p>Thursday <b>is</b> good.</p>"))

    assert practice.incoming()[0].said == "Thursday is good."
    assert practice.incoming()[0].lead_id == sam


def test_the_same_mail_handed_over_twice_is_one(practice: Practice, postmark: Provider, sam: int) -> None:
    body = says.postmark_mail()

    first, second = postmark.posts(body), postmark.posts(body)

    assert (first.json, second.json) == ({"outcome": "kept"}, {"outcome": "kept before"})
    assert practice.story(sam).count("reply_received") == 1
    assert len(practice.incoming()) == 1


@pytest.mark.parametrize("way", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_route_of_mailgun_hands_over_a_whole_mail(
    way: str, practice: Practice, mailgun: Provider, sam: int, first: Received
) -> None:
    fields = says.mailgun_signature(practice.now) | {
        "recipient": "connor@springstreet.example",
        "body-mime": answer_to(first, practice).decode(),
    }

    answer = mailgun.posts(None, f"/mail-in/{TOKEN}/mime", data=fields, content_type=way)

    assert answer.status_code == 200
    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"


def test_a_route_of_mailgun_may_hand_over_pieces(
    practice: Practice, mailgun: Provider, sam: int, first: Received
) -> None:
    fields = says.mailgun_signature(practice.now) | {
        "recipient": "connor@springstreet.example",
        "sender": "sam@work.example",
        "from": "Sam <sam@work.example>",
        "subject": "Re: your note",
        "body-plain": "Thursday?",
        "message-headers": json.dumps(
            [["Message-Id", "<9@work.example>"], ["In-Reply-To", first.message_id]]
        ),
    }

    mailgun.posts(None, data=fields)

    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"
    assert practice.incoming()[0].said == "Thursday?"


def test_a_mail_that_amazon_received_is_read(
    practice: Practice, ses: Provider, amazon: OwnAmazon, sam: int, first: Received
) -> None:
    told = says.ses_mail(answer_to(first, practice))

    answer = ses.posts(None, data=json.dumps(amazon.says(told)), content_type="text/plain; charset=UTF-8")

    assert answer.status_code == 200
    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"


def test_a_mail_of_a_stranger_waits_in_the_tray(practice: Practice, postmark: Provider) -> None:
    postmark.posts(says.postmark_mail(From="stranger@example.net"))

    (mail,) = practice.incoming()
    assert mail.for_tray
    with practice.reading():
        assert db.session.get_one(Incoming, mail.id).folder.name == "Postmark"


def test_a_mail_that_is_not_understood_is_tried_once_more(
    practice: Practice, postmark: Provider, sam: int
) -> None:
    usual, practice.understands = practice.understands, broken
    postmark.posts(says.postmark_mail())
    before = practice.story(sam)[-1]

    practice.understands = usual
    postmark.practice_reads()

    assert before == "follow_ups_paused: mail_unreadable"
    assert "reply_received" in practice.story(sam)


def broken(_raw: bytes) -> NoReturn:
    raise ValueError("a defect of ours")

"""What comes back, and what it changes."""

from __future__ import annotations

import pytest

from crm.flows.correspondence import subject_for
from crm.links import Links
from crm.models import Suppression, Waiting
from crm.rules.arrivals import FoundBy
from crm.rules.sending import SuppressionReason
from crm.rules.verdicts import Kind
from tests.letterbox import mail_from
from tests.practice import OWNER_EMAIL, Practice, sign_in


def test_a_reply_stops_the_follow_ups(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")

    practice.receives_mail(answering=first, text="Thursday at ten would be lovely.")
    practice.advance(days=30)

    assert practice.outbox.to("sam@example.org") == [first]
    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]


def test_a_reply_is_on_today_with_its_words(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")

    practice.receives_mail(answering=first, text=f"Thursday at ten would be lovely.\n\n> {first.text[:40]}")

    browser = practice.app.test_client()
    sign_in(practice, browser)
    page = browser.get("/today").text
    assert "Sam" in page
    assert "Thursday at ten would be lovely." in page


def test_a_reply_is_known_by_its_sender_where_the_thread_is_lost(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    practice.receives_mail(from_="Sam <SAM@example.org>", subject="A question")

    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]


def test_a_reply_from_another_address_is_known_by_its_thread(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    practice.receives_mail(answering=practice.outbox.only_to("sam@example.org"), from_="sam@work.example")

    assert practice.story(sam)[-1] == "follow_ups_stopped: replied"


def test_nobodys_mail_waits_in_the_tray(practice: Practice) -> None:
    practice.receives_mail(from_="A stranger <stranger@example.net>", text="Do you have a free hour?")

    (mail,) = practice.incoming()
    assert mail.kind is Kind.HUMAN_REPLY
    assert mail.lead_id is None
    assert mail.for_tray


def test_our_own_copy_is_no_reply_and_no_answer(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    ours = practice.outbox.only_to("sam@example.org")
    before = practice.story(sam)
    practice.connects_the_mailbox()

    practice.mailbox.put("Sent", ours.mail.as_bytes(), practice.now)
    practice.receives_mail(raw=ours.mail.as_bytes())

    assert practice.story(sam) == before
    assert {mail.kind for mail in practice.incoming()} == {Kind.OWN_MAIL}


def test_a_stranger_who_writes_under_the_owners_name_takes_nobody_off_today(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(hours=1)

    practice.receives_mail(from_=OWNER_EMAIL, to="sam@example.org", text="We are closed for good.")

    with practice.reading():
        assert practice.lead(sam).waiting_for is not None


def test_an_answer_from_the_owners_own_mail_program_counts(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(hours=1)

    practice.writes_elsewhere(to="Sam <sam@example.org>")
    practice.advance(days=30)

    assert practice.story(sam)[-2:] == ["answered_elsewhere", "follow_ups_stopped: answered"]
    assert len(practice.outbox.to("sam@example.org")) == 1
    with practice.reading():
        assert practice.lead(sam).waiting_for is None


def test_a_copy_that_the_provider_renamed_is_no_answer(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    practice.answers(sam)
    practice.advance(minutes=1)
    practice.connects_the_mailbox()
    acknowledgement, letter = practice.outbox.to("sam@example.org")
    before = practice.story(sam)

    for number, ours in enumerate((acknowledgement, letter)):
        del ours.mail["Message-ID"]
        ours.mail["Message-ID"] = f"<{number}@renamed.example>"
        practice.mailbox.put("Sent", ours.mail.as_bytes(), practice.now)
    practice.reads_mail()

    assert practice.story(sam) == before


def test_who_wrote_after_the_owners_answer_still_waits(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(hours=1)
    practice.connects_the_mailbox()
    practice.advance(hours=1)
    answered_at = practice.now
    practice.advance(hours=1)

    practice.receives_mail(answering=practice.outbox.only_to("sam@example.org"))
    practice.mailbox.put(
        "Sent",
        mail_from(None, "Hi Sam", {"from_": OWNER_EMAIL, "to": "sam@example.org"}, answered_at),
        answered_at,
    )
    practice.reads_mail()

    with practice.reading():
        assert practice.lead(sam).waiting_for is Waiting.REPLY


def test_an_answer_given_before_their_words_were_read_counts(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(hours=1)
    first = practice.outbox.only_to("sam@example.org")
    practice.lays_into_the_mailbox(answering=first, text="Thursday?")
    practice.advance(minutes=5)
    practice.writes_elsewhere(to="sam@example.org")

    with practice.reading():
        assert practice.lead(sam).waiting_for is None


def test_a_copy_to_himself_is_an_answer_too(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)

    practice.receives_mail(from_=OWNER_EMAIL, to="sam@example.org", cc=OWNER_EMAIL, subject="About Thursday")

    assert practice.story(sam)[-1] == "follow_ups_stopped: answered"


def test_an_automatic_reply_stops_nothing(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")

    practice.receives_mail(
        answering=first, text="I got your mail and will read it soon.", auto_submitted="auto-replied"
    )
    practice.advance(days=30)

    assert len(practice.outbox.to("sam@example.org")) > 1
    assert "auto_reply_received" in practice.story(sam)


def test_who_is_away_hears_when_they_are_back(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(hours=1)
    first = practice.outbox.only_to("sam@example.org")
    before = practice.open_message(sam).due_at

    practice.receives_mail(
        answering=first,
        subject="Out of office",
        auto_submitted="auto-replied",
        text="I am out of the office and will be back on March 23, 2026.",
    )

    assert practice.open_message(sam).due_at > before
    assert practice.open_message(sam).due_at.date().isoformat() == "2026-03-23"


BOUNCE = """From: Mail Delivery System <MAILER-DAEMON@mail.example>
To: connor@springstreet.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mail.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {recipient}
Subject: I got your note

--b--
"""


def bounced(
    practice: Practice, message_id: str, status: str = "5.1.1", recipient: str = "sam@example.org"
) -> None:
    text = BOUNCE.format(
        number=len(practice.incoming()),
        message_id=message_id,
        status=status,
        recipient=recipient,
    )
    practice.receives_mail(raw=text.replace("\n", "\r\n").encode())


def test_a_dead_address_is_written_to_no_more(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    bounced(practice, practice.outbox.only_to("sam@example.org").message_id)
    practice.advance(days=30)

    assert len(practice.outbox.to("sam@example.org")) == 1
    assert practice.story(sam)[-2:] == ["email_bounced", "follow_ups_stopped: bounced"]
    with practice.reading():
        assert Suppression.of("sam@example.org").reason is SuppressionReason.BOUNCED  # type: ignore[union-attr]


@pytest.mark.parametrize("days", [0, 15])
def test_a_bounce_of_nothing_we_sent_lately_changes_nothing(days: int, practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    own = practice.outbox.only_to("sam@example.org").message_id
    before = practice.story(sam)
    practice.at(practice.now.replace(month=4)) if days else None

    bounced(practice, own if days else "<invented@springstreet.example>")

    assert practice.story(sam) == before
    with practice.reading():
        assert Suppression.of("sam@example.org") is None


def test_a_mail_that_came_in_causes_no_mail(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")
    known = len(practice.outbox.received)

    practice.receives_mail(answering=first)
    practice.receives_mail(from_="stranger@example.net")
    practice.receives_mail(from_=OWNER_EMAIL, to=OWNER_EMAIL)
    practice.advance(days=2)

    assert len(practice.outbox.received) == known


def test_the_owners_answer_stands_in_their_thread(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    first = practice.outbox.only_to("sam@example.org")
    practice.receives_mail(
        answering=first, subject="Another question", message_id="<theirs@mail.example.org>"
    )

    with practice.reading():
        subject = subject_for(practice.lead(sam))
    practice.answers(sam)
    practice.advance(minutes=1)

    answer = practice.outbox.to("sam@example.org")[-1]
    assert subject == "Re: Another question"
    assert answer.mail["In-Reply-To"] == "<theirs@mail.example.org>"
    assert answer.mail["References"].split() == [first.message_id, "<theirs@mail.example.org>"]


def test_an_answer_to_the_address_with_their_token_is_theirs(practice: Practice) -> None:
    practice.links = Links("http://localhost", reply_plus=True)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    reply_to = practice.outbox.only_to("sam@example.org").mail["Reply-To"]

    practice.receives_mail(from_="sam@work.example", to=reply_to)

    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]
    assert practice.incoming()[-1].found_by is FoundBy.ADDRESS


def test_without_such_a_mailbox_no_answer_is_led_elsewhere(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    mail = practice.outbox.only_to("sam@example.org").mail
    assert mail["Reply-To"] is None
    assert "mailto" not in mail["List-Unsubscribe"]


def test_three_emails_in_a_row_that_come_back_for_a_time_hold_the_rest(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    for count in range(1, 4):
        while len(practice.outbox.to("sam@example.org")) < count:
            practice.advance(days=1)
        bounced(practice, practice.outbox.to("sam@example.org")[-1].message_id, status="5.2.2")
        held = "follow_ups_paused: soft_bounces" in practice.story(sam)
        assert held is (count == 3)
    practice.advance(days=30)

    assert len(practice.outbox.to("sam@example.org")) == 3
    with practice.reading():
        assert Suppression.of("sam@example.org") is None


def test_a_bounce_of_an_address_theirs_is_forwarded_to_is_not_theirs(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    ours = practice.outbox.only_to("sam@example.org").message_id
    bounced(practice, ours, recipient="old@elsewhere.example")

    with practice.reading():
        assert Suppression.of("sam@example.org") is None


def test_words_of_danger_in_a_mail_are_read_first(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)

    practice.receives_mail(
        answering=practice.outbox.only_to("sam@example.org"), text="I want to kill myself tonight."
    )

    with practice.reading():
        assert practice.lead(sam).read_first_at


def test_a_directory_hands_somebody_on_and_nothing_is_sent_to_them(practice: Practice) -> None:
    practice.receives_mail(
        from_="Psychology Today <noreply@psychologytoday.com>",
        subject="New email from Ana Lopez",
        reply_to="Ana Lopez <ana@example.net>",
        text="Name: Ana Lopez\nEmail: ana@example.net\nMessage: I would like to talk about panic at work.\n",
    )
    practice.advance(days=30)

    (mail,) = practice.incoming()
    assert mail.kind is Kind.DIRECTORY_INQUIRY
    assert practice.story(mail.lead_id or 0)[-1].startswith("no_automatic_email")
    assert practice.outbox.to("ana@example.net") == []

"""Erased where it meets others: mail nobody could read yet, lists, records that were one for a while."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import importing, screening
from crm.models import ImportRow, ImportState, Merge, PeopleImport
from crm.rules.addresses import contact_key
from crm.rules.inbound import InboundMail
from tests.flows.merged import merge, part
from tests.flows.test_erasing import GRIEF, QUILLON, SAM, erased, holding
from tests.practice import Practice

ADDRESS = "quillon@marksworth.example"
WITH_A_FILE = (
    f"From: Quillon <{ADDRESS}>\r\nTo: connor@springstreet.example\r\nSubject: A question\r\n"
    "Message-ID: <q1@marksworth.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee what I sent.\r\n\r\n"
    "On Tue, Mar 10, 2026 at 1:52 PM Connor wrote:\r\n> Dear Quillon, how is the zylophone?\r\n\r\n"
    '--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="zylophone.txt"\r\n\r\n'
    "la la\r\n--b--\r\n"
).encode()

BOUNCE = (
    "From: MAILER-DAEMON@relay.example\r\nTo: connor@springstreet.example\r\n"
    "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@relay.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
    f"--r\r\nContent-Type: text/plain\r\n\r\n<{ADDRESS}>: 550 5.1.1 no such user\r\n\r\n"
    "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
    f"Final-Recipient: rfc822; {ADDRESS}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    f"Diagnostic-Code: smtp; 550 5.1.1 <{ADDRESS}> no such user\r\n\r\n"
    "--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <another@relay.example>\r\n\r\n--r--\r\n"
).encode()


def breaks(raw: bytes) -> InboundMail:
    raise ValueError(f"{len(raw)} bytes nobody understands")


def test_nothing_a_mail_of_theirs_quoted_or_brought_along_is_left(practice: Practice) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    practice.receives_mail(raw=WITH_A_FILE)
    assert {"incoming.folded", "incoming.attachments"} <= holding(practice)

    erased(practice, quillon)

    assert holding(practice) == {"suppression.address_key"}


def test_the_mailbox_is_read_on_when_whoever_sent_what_nobody_understood_is_erased(
    practice: Practice,
) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    sam = practice.receives_inquiry(SAM)
    practice.advance(minutes=5)
    understands, practice.understands = practice.understands, breaks
    practice.receives_mail(raw=WITH_A_FILE)
    practice.understands = understands

    erased(practice, quillon)
    practice.receives_mail(practice.outbox.to("sam@example.org")[0], "Please stop, I found somebody.")

    assert "reply_received" in practice.story(sam)


def test_a_report_on_their_address_that_answers_no_email_of_ours_goes_too(practice: Practice) -> None:
    """As of a relay that gives each email a Message-ID of its own."""
    quillon = practice.receives_inquiry(QUILLON)
    practice.receives_mail(raw=BOUNCE)
    (mail,) = practice.incoming()
    assert mail.lead_id is None
    assert "incoming.said" in holding(practice)

    erased(practice, quillon)

    assert holding(practice) == {"suppression.address_key"}


def test_who_was_never_written_to_leaves_nothing_in_a_list_or_among_taught_senders(
    practice: Practice,
) -> None:
    quillon = introduces(practice, "Quillon Marksworth", ADDRESS, "")
    lists(practice, f"Name,Email\nQuillon,{ADDRESS}\nSam,sam@example.org\n", contact_key(ADDRESS, None))

    erased(practice, quillon)

    assert holding(practice) == {"suppression.address_key"}
    assert "sam@example.org" in the_list(practice)


def test_who_has_only_a_number_leaves_no_row_in_a_list(practice: Practice) -> None:
    quillon = introduces(practice, "Quillon", "", "+12135550199")
    lists(practice, "Name,Phone\nQuillon,213-555-0199\nSam,213-555-0148\n", "tel:+12135550199")

    erased(practice, quillon)

    assert "Quillon" not in the_list(practice)
    assert "Sam" in the_list(practice)


def test_their_name_does_not_stay_with_whom_they_were_taken_for(practice: Practice) -> None:
    sam, quillon = practice.receives_inquiry(SAM), practice.receives_inquiry(QUILLON)
    part(practice, merge(practice, sam, quillon))

    erased(practice, quillon)

    assert holding(practice) == {"suppression.address_key"}
    assert practice.story(sam)[-2:] == ["merged", "parted"]
    with practice.reading():
        assert db.session.scalars(sa.select(Merge)).all() == []


def introduces(practice: Practice, name: str, email: str, phone: str) -> int:
    """Somebody is brought in by a list, so that no form and no email of theirs names them."""
    key = contact_key(email or None, phone or None)
    with practice.at_work():
        brought = PeopleImport(account_id=1, made_at=practice.now, name="old.csv", text="")
        brought.state = ImportState.ADDING
        db.session.add(brought)
        db.session.flush()
        row = ImportRow(import_id=brought.id, number=1, name=name, email=email, phone=phone)
        row.contact_key = key
        db.session.add(row)
        db.session.flush()
        assert importing.go_on(practice.now)
        lead_id = row.lead_id
        assert lead_id is not None
        if email:
            screening.teach(practice.lead(lead_id), 1, practice.now, is_spam=False)
    return lead_id


def lists(practice: Practice, text: str, key: str | None) -> None:
    """A list that names them lies there, read and not yet added."""
    with practice.at_work():
        brought = PeopleImport(account_id=1, made_at=practice.now, name="new.csv", text=text)
        brought.state = ImportState.READY
        db.session.add(brought)
        db.session.flush()
        db.session.add(ImportRow(import_id=brought.id, number=1, name="Quillon", contact_key=key))


def the_list(practice: Practice) -> str:
    with practice.reading():
        return db.session.scalars(sa.select(PeopleImport.text).order_by(PeopleImport.id.desc())).first() or ""


AWAY = (
    f"From: Quillon <{ADDRESS}>\r\nTo: connor@springstreet.example\r\nSubject: Automatic reply: zylophone\r\n"
    "Message-ID: <a1@marksworth.example>\r\nAuto-Submitted: auto-replied\r\n\r\n"
    "I am away with my zylophone until spring.\r\n"
).encode()


@pytest.mark.parametrize("raw", [BOUNCE, AWAY], ids=["bounce", "automatic reply"])
def test_what_a_machine_writes_about_them_afterwards_leaves_no_trace(practice: Practice, raw: bytes) -> None:
    quillon = practice.receives_inquiry(QUILLON)
    practice.advance(minutes=5)
    practice.connects_the_mailbox()
    erased(practice, quillon)

    practice.receives_mail(raw=raw)
    practice.reads_mail()

    (mail,) = practice.incoming()
    assert holding(practice) == {"suppression.address_key"}
    assert (mail.said, mail.sender, mail.reason) == ("", "", "")
    assert mail.fingerprint


def test_a_report_about_somebody_else_is_kept(practice: Practice) -> None:
    erased(practice, practice.receives_inquiry(QUILLON))

    practice.receives_mail(raw=BOUNCE.replace(b"quillon@marksworth", b"sam@rivers"))

    assert "no such user" in practice.incoming()[0].said


def test_who_wrote_again_since_has_their_reports_read_like_anybody(practice: Practice) -> None:
    erased(practice, practice.receives_inquiry(QUILLON))
    practice.receives_inquiry(QUILLON, GRIEF)

    practice.receives_mail(raw=BOUNCE)

    assert "no such user" in practice.incoming()[0].said

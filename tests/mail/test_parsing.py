"""Raw bytes as plain values, and never an exception."""

from __future__ import annotations

import pytest

from crm.mail.parse import parse
from crm.rules.inbound import Mailbox, Trouble

REPORT = b"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounce@practice.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B/mx"

--B/mx
Content-Type: text/plain

I could not deliver it.

--B/mx
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; sam@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <sam@example.org>: User unknown

--B/mx
Content-Type: text/rfc822-headers

From: connor@practice.example
To: sam@example.org
Message-ID: <first@practice.example>

--B/mx--
"""


def test_a_delivery_report_is_read_field_by_field() -> None:
    mail = parse(REPORT)

    [delivery] = mail.deliveries
    assert (delivery.final_recipient, delivery.action, delivery.status) == (
        "sam@example.org",
        "failed",
        "5.1.1",
    )
    assert delivery.diagnostic == "550 5.1.1 <sam@example.org>: User unknown"
    assert mail.returned is not None
    assert mail.returned.message_id == "<first@practice.example>"
    assert mail.returned.recipient == "sam@example.org"
    assert mail.text == "I could not deliver it."
    assert mail.return_path == ""


def test_html_alone_is_read_as_text_with_its_quotation_marked() -> None:
    mail = parse(
        b"From: Sam Rivers <sam@example.org>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
        b"Content-Type: text/html; charset=utf-8\n\n"
        b"<style>p{}</style><div>Thursday &amp; Friday</div><blockquote><p>Which day?</p></blockquote>"
    )

    assert mail.text == "Thursday & Friday\n\n> Which day?"
    assert mail.sender == Mailbox("sam@example.org", "Sam Rivers")
    assert mail.subject == "Grüße"


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [(b"", Trouble.EMPTY), (b" \n\n", Trouble.EMPTY), (b"\xff\xfe nothing like a mail", Trouble.NO_HEADERS)],
)
def test_what_is_no_mail_says_so(raw: bytes, trouble: Trouble) -> None:
    mail = parse(raw)

    assert trouble in mail.troubles
    assert not mail.is_readable

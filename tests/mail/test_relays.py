"""What Postmark's relay is told, and no other."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from crm.mail.relays import marks_for
from crm.rules import postmark

OURS = "<abc-DEF_123@springstreet.example>"


@pytest.mark.parametrize("host", ["smtp.postmarkapp.com", "smtp-broadcasts.postmarkapp.com"])
def test_postmark_keeps_our_message_id_and_tells_it_with_its_reports(host: str) -> None:
    mail = message_from_bytes(marks_for(host, OURS) + b"From: a@b.example\r\n\r\nHello\r\n")
    told = {"message-id": mail["X-PM-Metadata-message-id"]}

    (report,) = postmark.handed({"RecordType": "SpamComplaint", "Metadata": told}).reports

    assert mail["X-PM-KeepID"] == "true"
    assert report.original_id == OURS


@pytest.mark.parametrize(
    "host", ["smtp.gmail.com", "127.0.0.1", "postmarkapp.com.evil.example", "xpostmarkapp.com"]
)
def test_nobody_else_is_told(host: str) -> None:
    assert marks_for(host, OURS) == b""


def test_what_is_too_long_for_its_metadata_is_left_out() -> None:
    assert b"Metadata" not in marks_for("smtp.postmarkapp.com", f"<a@{'x' * 90}.example>")

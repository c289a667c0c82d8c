"""Broken mails of every kind: specimens cut, spliced and overwritten, and bytes that never were a mail.

FUZZ=100000 tries so many; the suite itself tries a few hundred.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.mail.packing import packed, unpacked
from crm.mail.parse import parse
from crm.rules.verdicts import classify
from tests.mails.corpus import specimens
from tests.mails.writing import WE

TRIES = int(os.environ.get("FUZZ", "300"))
RAWS = [specimen.raw for specimen in specimens()]
SCRAPS = [
    *(b"\n\n", b"\r\n", b"\x00", b"--alt", b"--rep--", b"=?utf-8?b?", b"?=", b"boundary=", b";" * 50),
    *(b'"', b"<", b">" * 20, b"charset=utf-16", b"\xff\xfe", b"message/rfc822", b"Status: 5.1.1", b"From: "),
    b"Content-Type: multipart/report; boundary=rep\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Auto-Submitted: auto-replied\n",
    b"Final-Recipient: rfc822;",
    b"On 3/4/26 10:00, a <a@b.c> wrote:\n",
    *(b"<blockquote>", b"<!--", b"&#x110000;", b"\x1b$B", b"back on 31/02/2026 ", "ß’é\u2028".encode()),
]
NOW = datetime(2026, 11, 3, 18, tzinfo=UTC)


@st.composite
def broken_mail(draw: st.DrawFn) -> bytes:
    """A specimen after up to eight accidents."""
    raw = draw(st.sampled_from(RAWS))
    for _ in range(draw(st.integers(0, 8))):
        begin = draw(st.integers(0, len(raw)))
        end = draw(st.integers(begin, min(len(raw), begin + 400)))
        middle = draw(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=40), st.just(raw[begin:end] * 3)))
        raw = raw[:begin] + middle + raw[end:]
    if draw(st.booleans()):
        raw += draw(st.sampled_from(RAWS))
    return raw


@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(raw=st.one_of(broken_mail(), broken_mail(), st.binary(max_size=2_000)))
def test_nothing_that_arrives_raises(raw: bytes) -> None:
    mail = parse(raw)
    verdict = classify(mail, WE, NOW)

    assert verdict.reason
    assert unpacked(packed(mail)) == mail
    assert "\n" not in mail.subject + mail.sender.address + mail.sender.name + verdict.recipient
    if verdict.reply.new or verdict.reply.folded:
        together = f"{verdict.reply.new} {verdict.reply.folded}".split()
        assert sorted(together) == sorted(mail.text.split())

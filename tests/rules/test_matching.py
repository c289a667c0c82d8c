from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm.rules.arrivals import FoundBy, fingerprint, of_bytes, sender_in
from crm.rules.matching import Candidate, Match, whose
from crm.rules.stages import Stage

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def one(lead_id: int, by: FoundBy = FoundBy.SENDER, stage: Stage = Stage.NEW, days: int = 0) -> Candidate:
    return Candidate(lead_id, by, stage, NOON + timedelta(days=days), 9 if by is FoundBy.THREAD else None)


@pytest.mark.parametrize(
    ("candidates", "match"),
    [
        ([], None),
        ([one(1)], Match(1, FoundBy.SENDER)),
        ([one(1), one(2, FoundBy.THREAD)], Match(2, FoundBy.THREAD, 9)),
        ([one(1), one(2, FoundBy.ADDRESS)], Match(2, FoundBy.ADDRESS)),
        ([one(1, FoundBy.ADDRESS), one(2, FoundBy.THREAD)], Match(2, FoundBy.THREAD, 9)),
        ([one(1), one(1)], Match(1, FoundBy.SENDER)),
        ([one(1), one(2, days=1)], Match(2, FoundBy.SENDER, None, (1,))),
        ([one(1), one(2, stage=Stage.CLOSED, days=1)], Match(1, FoundBy.SENDER, None, (2,))),
        (
            [one(1, stage=Stage.CLOSED), one(2, stage=Stage.SPAM, days=1)],
            Match(2, FoundBy.SENDER, None, (1,)),
        ),
    ],
)
def test_the_surest_sign_decides_and_the_newest_who_is_not_settled(
    candidates: list[Candidate], match: Match | None
) -> None:
    assert whose(candidates) == match


HEAD = (
    b"Message-ID: <1@example.org>\r\nFrom: Sam <sam@example.org>\r\nDate: Tue, 10 Mar 2026 12:00:00 +0000\r\n"
)


@pytest.mark.parametrize(
    "again",
    [
        HEAD + b"\r\nYes.",
        b"Received: from elsewhere\r\n" + HEAD + b"X-Spam: no\r\n\r\nYes, packed otherwise.",
        HEAD.replace(b"\r\n", b"\n") + b"\nYes.",
        HEAD.replace(b": ", b":\r\n  "),
        b"\r\n".join(reversed(HEAD.split(b"\r\n")[:-1])) + b"\r\n\r\n",
    ],
    ids=[
        "itself",
        "through other servers",
        "other ends of lines",
        "folded",
        "only its head, in another order",
    ],
)
def test_one_mail_is_known_wherever_it_lies(again: bytes) -> None:
    assert fingerprint(again) == fingerprint(HEAD)


@pytest.mark.parametrize(
    "other",
    [HEAD.replace(b"<1@", b"<2@"), HEAD.replace(b"sam@", b"ana@"), HEAD.replace(b"12:00", b"12:01")],
    ids=["another id", "one id for all its mails", "another moment"],
)
def test_two_mails_are_told_apart(other: bytes) -> None:
    assert fingerprint(other) != fingerprint(HEAD)


def test_a_mail_without_a_name_is_all_that_it_says() -> None:
    assert fingerprint(b"From: sam@example.org\r\n\r\nMessage-ID: <1@in.the.body>") is None
    assert of_bytes(b"one") != of_bytes(b"another")


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"From: Sam Rivers <SAM@example.org>\r\n\r\n", "sam@example.org"),
        (b'From: "a@b.example" <sam@example.org>\r\n\r\n', "a@b.example"),
        (b"From:\r\n sam@example.org\r\n\r\n", "sam@example.org"),
        (b"Subject: hi\r\n\r\nFrom: sam@example.org", ""),
        (b"\x00\xff", ""),
        (b"From: " + b"<" * 90_000, ""),
    ],
)
def test_a_sender_is_read_as_simply_as_can_be(raw: bytes, sender: str) -> None:
    assert sender_in(raw) == sender

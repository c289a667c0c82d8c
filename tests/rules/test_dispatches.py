"""What other programs are told, when it is tried again, and what their answers mean: a line for each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from crm.flows.dispatching import headers_of
from crm.rules.dispatches import (
    SCHEDULE,
    DispatchKind,
    Told,
    Verdict,
    Wants,
    body_of,
    message_id,
    next_try,
    rest_asked_for,
    verdict,
)

NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
NOTHING = timedelta(0)


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (100, Verdict.FAILED),
        (300, Verdict.FAILED),
        (302, Verdict.FAILED),
        (400, Verdict.FAILED),
        (404, Verdict.FAILED),
        (410, Verdict.GONE),
        (429, Verdict.BUSY),
        (500, Verdict.FAILED),
        (503, Verdict.BUSY),
        (None, Verdict.FAILED),
    ],
)
def test_what_an_answer_means(status: int | None, means: Verdict) -> None:
    assert verdict(status) is means


@pytest.mark.parametrize(
    ("header", "rest"),
    [
        ("", NOTHING),
        ("0", NOTHING),
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("999999999999999999999", timedelta(days=1)),
        ("-5", NOTHING),
        ("1.5", NOTHING),
        ("٣", NOTHING),
        ("soon", NOTHING),
        ("Tue, 10 Mar 2026 21:52:00 GMT", timedelta(hours=1)),
        ("Tue, 10 Mar 2026 21:52:00", timedelta(hours=1)),
        ("Tue, 10 Mar 2026 19:52:00 GMT", NOTHING),
        ("Sun, 10 Mar 2030 19:52:00 GMT", timedelta(days=1)),
        ("Tue, 99 Mar 2026 99:99:99 GMT", NOTHING),
        ("10 Mar 2026 25:61:6199999999", NOTHING),
    ],
)
def test_how_long_a_program_asks_to_be_left_alone(header: str, rest: timedelta) -> None:
    assert rest_asked_for(header, NOW) == rest


def test_ten_tries_over_three_days_each_a_little_later_by_chance() -> None:
    waits = [next_try(tries, NOTHING, 0, NOW) for tries in range(1, 11)]
    latest = [next_try(tries, NOTHING, 1, NOW) for tries in range(1, 10)]

    assert waits == [*(NOW + wait for wait in SCHEDULE), None]
    assert latest == [NOW + wait * 1.2 for wait in SCHEDULE]
    assert timedelta(days=3) < sum(SCHEDULE, NOTHING) < timedelta(days=4)


def test_who_asks_for_rest_is_not_tried_before_its_end() -> None:
    assert next_try(1, timedelta(hours=1), 0.5, NOW) == NOW + timedelta(hours=1)
    assert next_try(5, timedelta(seconds=1), 0, NOW) == NOW + SCHEDULE[4]


def test_a_thing_has_one_name_and_another_thing_another() -> None:
    one = message_id(DispatchKind.INQUIRY_RECEIVED, "7", NOW)
    same = message_id(DispatchKind.INQUIRY_RECEIVED, "7", NOW.astimezone())
    others = [
        message_id(DispatchKind.REPLY_RECEIVED, "7", NOW),
        message_id(DispatchKind.INQUIRY_RECEIVED, "8", NOW),
        message_id(DispatchKind.INQUIRY_RECEIVED, "7", NOW + timedelta(seconds=1)),
    ]

    assert one == same
    assert "." not in one  # a dot parts it from what is signed after it
    assert one not in others


@pytest.mark.parametrize(
    ("wants", "keys", "message"),
    [
        (Wants(), {"id"}, None),
        (Wants(contact=True), {"id", "name", "email"}, None),
        (Wants(words=True), {"id"}, "Line one\nand “two” 🌱"),
        (Wants(contact=True, words=True), {"id", "name", "email"}, "Line one\nand “two” 🌱"),
    ],
)
def test_a_name_and_words_are_in_it_only_where_they_are_wanted(
    wants: Wants, keys: set[str], message: str | None
) -> None:
    contact = {"name": "Maya", "email": "maya@example.org"}
    told = Told(DispatchKind.REPLY_RECEIVED, NOW, {"id": 7}, contact, {"reply": {}}, "Line one\nand “two” 🌱")

    data = json.loads(body_of(told, wants))["data"]

    assert set(data["person"]) == keys
    assert data.get("message") == message


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The example that implementations of Standard Webhooks share."""


def test_the_signature_is_that_of_the_published_example() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)

    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', [SECRET], at)

    assert headers["webhook-signature"] == PUBLISHED
    assert headers["webhook-timestamp"] == "1614265330"


def test_each_secret_signs_and_the_lines_of_our_own_page_find_it() -> None:
    """As docs/webhooks.md says to check it, without any library."""
    other = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
    body = '{"note":"ü"}'

    headers = headers_of("msg_1", body, [SECRET, other], NOW)

    signatures = [each.partition(",")[2] for each in headers["webhook-signature"].split()]
    for secret in (SECRET, other):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body.encode()
        mine = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        assert any(hmac.compare_digest(mine, each) for each in signatures)

"""What strangers, load balancers and whoever watches are told: never a name, an address or a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.models import JobRun
from crm.models import Practice as PracticeRow
from tests.practice import Practice

TOKEN = "a-token-for-whoever-watches-0123456789abcdef"
SAM = "Sam Rivers <sam@example.org>"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
PARTS = ("worker", "beat", "heartbeat", "backup")


@contextmanager
def with_token(practice: Practice) -> Iterator[dict[str, str]]:
    before = practice.app.extensions["config"]
    practice.app.extensions["config"] = replace(before, metrics_token=TOKEN)
    try:
        yield {"Authorization": f"Bearer {TOKEN}"}
    finally:
        practice.app.extensions["config"] = before


def all_alive(practice: Practice) -> None:
    with practice.at_work():
        for part in PARTS:
            JobRun.note(part, practice.now)


def value(page: str, name: str) -> float | None:
    lines = (line for line in page.splitlines() if line.rpartition(" ")[0] == name)
    found = next(lines, None)
    return float(found.rpartition(" ")[2]) if found else None


def test_anybody_hears_that_it_lives_and_nothing_else(visitor: FlaskClient) -> None:
    answer = visitor.get("/health", environ_overrides=ELSEWHERE)

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("address", ["/health/details", "/metrics"])
@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        (ELSEWHERE, {}),
        ({}, {"X-Forwarded-For": "203.0.113.9"}),
        ({}, {"Forwarded": "for=203.0.113.9"}),
        ({}, {"X-Real-Ip": "203.0.113.9"}),
        ({"REMOTE_ADDR": ""}, {}),
    ],
)
def test_figures_are_for_this_machine_only_and_not_through_a_proxy(
    visitor: FlaskClient, address: str, environ: dict[str, str], headers: dict[str, str]
) -> None:
    assert visitor.get(address, environ_overrides=environ, headers=headers).status_code == 404


@pytest.mark.parametrize("address", ["/health/details", "/metrics"])
@pytest.mark.parametrize("given", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
def test_where_there_is_a_token_only_it_opens_them(
    practice: Practice, visitor: FlaskClient, address: str, given: str | None
) -> None:
    all_alive(practice)
    with with_token(practice) as right:
        refused = visitor.get(address, headers={"Authorization": given} if given is not None else {})
        let_in = visitor.get(address, headers=right, environ_overrides=ELSEWHERE)

    assert (refused.status_code, let_in.status_code) == (404, 200)


def test_all_alive_is_a_200(practice: Practice, visitor: FlaskClient) -> None:
    all_alive(practice)

    answer = visitor.get("/health/details")

    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["problems"]) == ("ok", [])


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_ten_minutes_of_silence_are_a_503(practice: Practice, visitor: FlaskClient, part: str) -> None:
    all_alive(practice)
    practice.at(practice.now + timedelta(minutes=10))
    with practice.at_work():
        for other in set(PARTS) - {part}:
            JobRun.note(other, practice.now)

    answer = visitor.get("/health/details")

    assert answer.status_code == 503
    assert answer.json is not None
    assert [each["part"] for each in answer.json["problems"]] == [part]


def test_what_waits_is_counted_by_its_state(practice: Practice, visitor: FlaskClient) -> None:
    practice.receives_inquiry(SAM)
    practice.receives_inquiry("Ana <ana@example.org>")
    practice.at(practice.now + timedelta(minutes=5))

    page = visitor.get("/metrics").text

    assert value(page, 'practice_messages{state="due"}') >= 2  # type: ignore[operator]
    assert value(page, "practice_oldest_due_seconds") == 300
    assert value(page, "practice_database_bytes") > 10_000  # type: ignore[operator]


def test_tries_and_decisions_of_the_last_hour_are_told(practice: Practice, visitor: FlaskClient) -> None:
    practice.receives_inquiry(SAM)
    practice.work()

    now = visitor.get("/metrics").text
    practice.at(practice.now + timedelta(hours=2))
    later = visitor.get("/metrics").text

    assert value(now, 'practice_attempts_last_hour{outcome="accepted"}') >= 1  # type: ignore[operator]
    assert value(now, 'practice_decisions_last_hour{reason="goes"}') >= 1  # type: ignore[operator]
    assert value(later, 'practice_decisions_last_hour{reason="goes"}') is None


def test_nothing_is_overdue_while_the_owner_holds_everything(
    practice: Practice, visitor: FlaskClient
) -> None:
    practice.receives_inquiry(SAM)
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    practice.at(practice.now + timedelta(hours=1))

    page = visitor.get("/metrics").text

    assert value(page, "practice_oldest_due_seconds") == 0
    assert value(page, "practice_sending_held") == 1


@pytest.mark.parametrize("address", ["/health", "/health/details", "/metrics"])
def test_nobody_is_named(practice: Practice, visitor: FlaskClient, address: str) -> None:
    practice.receives_inquiry(SAM, message="I can’t sleep")
    practice.work()

    page = visitor.get(address).text

    for mark in ("Sam", "Rivers", "sam@", "example.org", "sleep", "Connor", "Spring Street"):
        assert mark not in page


def test_what_is_asked_does_not_grow_with_the_practice(
    practice: Practice, visitor: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    visitor.get("/metrics")
    few = count_queries(lambda: visitor.get("/metrics"))
    for n in range(20):
        practice.receives_inquiry(f"P <p{n}@example.org>")

    assert count_queries(lambda: visitor.get("/metrics")) == few <= 12

"""What stands round every page: the notices that must not be missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.models import JobRun
from crm.models import Practice as PracticeRow
from tests.practice import Practice

SILENT = "isn’t running"


def test_a_sending_part_that_stopped_is_told_on_every_page(practice: Practice, client: FlaskClient) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    practice.at(practice.now.replace(hour=21, minute=2))

    page = client.get("/people").text

    assert SILENT in page


def test_a_sending_part_that_lives_says_nothing(practice: Practice, client: FlaskClient) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    practice.at(practice.now.replace(hour=21, minute=2))
    with practice.at_work():
        JobRun.note("heartbeat", practice.now)

    assert SILENT not in client.get("/people").text


def test_nothing_overdue_needs_nobody(client: FlaskClient) -> None:
    assert SILENT not in client.get("/people").text


def test_held_sending_is_told_on_every_page(practice: Practice, client: FlaskClient) -> None:
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)

    assert "Sending is paused for everyone." in client.get("/people").text


def test_an_id_that_no_row_can_have_is_a_page_that_does_not_exist(client: FlaskClient) -> None:
    assert client.get(f"/people/{2**63}").status_code == 404
    assert client.get("/people/999999").status_code == 404


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("worker", "The part of the program that sends emails hasn’t run since"),
        ("beat", "The clock that wakes the program hasn’t run since"),
        ("heartbeat", "hasn’t been woken since"),
    ],
)
def test_a_part_that_is_silent_for_ten_minutes_is_named_with_what_to_do(
    practice: Practice, client: FlaskClient, part: str, words: str
) -> None:
    with practice.at_work():
        JobRun.note(part, practice.now)
    practice.at(practice.now + timedelta(minutes=9, seconds=59))
    before = client.get("/people").text
    practice.at(practice.now + timedelta(seconds=1))

    after = client.get("/people").text

    assert words not in before
    assert f"{words} 1:52 pm. Ask whoever installed" in " ".join(after.split())

"""The page and the notice of a practice that looks restored: nothing goes out before the owner's word."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Practice as PracticeRow
from tests.practice import Practice


@pytest.fixture
def sam(practice: Practice) -> int:
    """Sam's note came in, and then somebody put an old backup in its place."""
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    with practice.at_work():
        PracticeRow.current().restored_at = practice.now
    practice.advance(minutes=10)
    return sam


def test_every_page_says_that_nothing_goes_out(client: FlaskClient, sam: int) -> None:
    for page in ("/today", "/people", f"/people/{sam}", "/follow-ups", "/settings/sending"):
        text = client.get(page, follow_redirects=True).text
        assert "a restored backup. Nothing goes out from here yet." in text


def test_the_page_says_what_was_seen_and_how_many_emails_are_in_doubt(client: FlaskClient, sam: int) -> None:
    text = client.get("/restored").text

    assert "Is this the one you work with?" in text
    assert "One email was due since then and may have left already." in text


def test_his_word_lets_mail_go_on_and_shows_what_is_in_doubt(
    practice: Practice, client: FlaskClient, sam: int
) -> None:
    answer = client.post("/restored/confirmation", follow_redirects=True)

    assert "One email may have left already: look at each." in answer.text
    assert "It arrived" in answer.text
    assert "Nothing goes out from here yet" not in answer.text
    practice.receives_inquiry("Ana <ana@example.com>")
    practice.advance(minutes=10)
    assert len(practice.outbox.to("ana@example.com")) == 1
    assert practice.outbox.to("sam@example.org") == []


def test_a_practice_that_is_itself_has_no_such_page(client: FlaskClient) -> None:
    assert client.get("/restored").status_code == 303
    assert "Emails go out already." in client.post("/restored/confirmation", follow_redirects=True).text

"""An email that waits for a yes says so wherever it is mentioned: with the person, on Today, on the board."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk

SECOND, THIRD = "Still here, if it’s useful", "About cost, plainly"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    practice.asks_first()
    return Desk(practice, client)


@pytest.fixture
def maya(practice: Practice, desk: Desk) -> int:
    """Maya's second email is due on Friday at 1:52 pm and waits for a yes."""
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    practice.advance(minutes=1)
    return maya


@pytest.fixture
def sam(practice: Practice, maya: int) -> int:
    sam = practice.receives_inquiry("Sam Whitaker <sam@example.org>")
    practice.advance(minutes=1)
    return sam


def test_the_person_s_page_says_that_it_waits(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.opens(f"/people/{maya}")

    assert page.text("#next .next-title") == "Waits for your yes"
    assert page.text("#next .next-what") == (
        f"On Friday at 1:52 pm Maya gets {SECOND} if you say yes. You can until Monday at 1:52 pm."
    )
    assert page.buttons("#next") == ["Approve", "Skip this one", "Pause"]
    assert "with your yes, if they haven’t written or booked" in page.texts(".planned-item .line")[0]
    assert page.texts(".planned-item .line")[1].endswith(f"{THIRD} with your yes")


def test_today_says_how_many_wait(practice: Practice, desk: Desk, maya: int, sam: int) -> None:
    page = desk.opens("/today")

    assert page.text(".asked") == "Two emails wait for your yes."
    assert page.attribute(".asked a", "href") == "/follow-ups#drafts"


def test_today_says_so_also_when_nobody_waits(practice: Practice, desk: Desk, maya: int) -> None:
    practice.answers(maya)
    practice.asks_first("after_a_conversation")

    page = desk.opens("/today")

    assert page.heading == "Nobody is waiting for you."
    assert page.text(".asked") == "One email waits for your yes."


def test_the_board_says_that_it_waits(practice: Practice, desk: Desk, maya: int) -> None:
    practice.answers(maya, keep=True)
    practice.asks_first("after_a_conversation")

    assert "Email waits for your yes" in desk.opens("/people").all_text

"""A call of which nobody has told yet, and one that is to come: this one is shown, moved and called off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.flows.writing import begun_from
from crm.links import Links
from crm.models import BookingState
from crm.rules.wording import Wording
from tests.flows.test_calls import THURSDAY, books, wish
from tests.practice import Practice
from tests.web.desk import Desk

DAY = timedelta(days=1)
TUESDAY = THURSDAY + 5 * DAY


@pytest.fixture
def maya(practice: Practice) -> int:
    lead_id = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Could we talk?")
    practice.work()
    books(practice, lead_id, wish())
    practice.at(THURSDAY + DAY)
    practice.work()
    return lead_id


def states(practice: Practice, lead_id: int) -> list[BookingState]:
    with practice.reading():
        return [each.state for each in practice.lead(lead_id).bookings]


def test_on_their_own_page_stands_the_call_that_is_to_come(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    books(practice, maya, wish(TUESDAY))
    with practice.reading():
        link = f"/call/{practice.lead(maya).page_token}"

    page = visitor.get(link)
    visitor.post(link, data={"answer": "found"})

    assert page.status_code == 200
    assert "Tuesday, March 17" in page.text
    assert "Our call stays as it is" in page.text
    assert states(practice, maya) == [BookingState.CONFIRMED, BookingState.CANCELLED]


def test_the_owner_is_asked_of_the_one_and_may_move_the_other(
    practice: Practice, desk: Desk, maya: int
) -> None:
    books(practice, maya, wish(TUESDAY))

    page = desk.opens(f"/people/{maya}")

    assert "How did it go?" in page.all_text
    assert "You talk Tuesday" in page.all_text
    assert f'href="/people/{maya}/booking/new" data-dialog>Move it' in desk.gets(f"/people/{maya}").text
    assert "/bookings/2/cancellation" in desk.gets(f"/people/{maya}").text


def test_a_wish_for_another_one_waits_for_a_yes(practice: Practice, desk: Desk, maya: int) -> None:
    books(practice, maya, wish(TUESDAY, needs_yes=True))

    assert "Maya would like to talk Tuesday" in desk.opens(f"/people/{maya}").all_text
    assert "/bookings/2/approval" in desk.gets("/today").text


def test_a_letter_that_names_their_call_names_the_one_to_come(practice: Practice, maya: int) -> None:
    books(practice, maya, wish(TUESDAY))

    with practice.reading():
        text = Wording("Our call", "", "Until {call date and time}.")
        filled = begun_from(text, practice.lead(maya), Links("http://localhost"), practice.now)

    assert filled is not None
    assert "Tuesday" in filled.body

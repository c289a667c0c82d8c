"""Choosing a time in ways the page does not offer: from a page of before, or at no time of any calendar."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import BookingState
from tests.practice import Practice
from tests.web.test_times import bookings, chooses, maya, page_token

__all__ = ["maya"]


def test_who_called_it_off_and_goes_back_to_the_page_can_choose_again(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    token = page_token(practice, maya)
    first = chooses(visitor, token, nonce="n1").location
    visitor.post(f"{first}/cancellation")

    again = chooses(visitor, token, "20260313T1600Z", nonce="n1")

    assert again.status_code == 303
    assert [each.state for each in bookings(practice)] == [BookingState.CANCELLED, BookingState.CONFIRMED]


@pytest.mark.parametrize("at", ["00010101T0000Z", "99991231T2359Z", "20260229T1600Z"])
def test_a_time_of_no_calendar_is_no_time(
    practice: Practice, visitor: FlaskClient, maya: int, at: str
) -> None:
    answer = chooses(visitor, page_token(practice, maya), at)

    assert answer.status_code == 422
    assert bookings(practice) == []

"""Somebody is erased who has a call ahead: it is offered to call it off first, so that they are told."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk

CALL = {"date": "2026-03-20", "time": "10:00", "medium": "phone"}
ADDRESS = "maya@example.org"


@pytest.fixture
def maya(practice: Practice, desk: Desk) -> int:
    """She has a call next week, and knows of it."""
    maya = practice.receives_inquiry(f"Maya Okafor <{ADDRESS}>", "I would like to talk.")
    practice.advance(minutes=1)
    assert desk.sends(f"/people/{maya}/booking", **CALL).status_code == 303
    practice.advance(minutes=1)
    return maya


def erasure_of(maya: int) -> str:
    return f"/people/{maya}/erasure/new"


def test_the_question_says_that_nobody_would_be_told(desk: Desk, maya: int) -> None:
    told = desk.opens(erasure_of(maya)).all_text

    assert "at 10:00 am would go with them, and stay in Maya’s own calendar" in told
    assert "an email takes it out of their calendar" in told


def test_called_off_first_it_is_taken_out_of_their_calendar_and_then_they_are_erased(
    practice: Practice, desk: Desk, maya: int
) -> None:
    (off,) = re.findall(r'action="(/bookings/\d+/cancellation)"', desk.gets(erasure_of(maya)).text)

    answer = desk.sends(off, next=erasure_of(maya))
    asked_too_soon = desk.opens(erasure_of(maya)).all_text
    practice.advance(minutes=1)
    asked = desk.opens(erasure_of(maya)).all_text
    desk.sends(f"/people/{maya}/erasure")

    assert answer.location == erasure_of(maya)
    assert "Erased before that, Maya never gets it" in asked_too_soon
    assert "Call it off first" not in asked
    assert "METHOD:CANCEL" in practice.outbox.to(ADDRESS)[-1].mail.as_string()
    assert desk.gets(f"/people/{maya}").status_code == 404


def test_who_can_not_be_written_to_is_the_owners_to_tell(practice: Practice, desk: Desk) -> None:
    june = practice.receives_inquiry("June Park <>", "Please ring.", phone="+12135550148")
    desk.sends(f"/people/{june}/booking", **CALL)

    assert "that is yours to say" in desk.opens(erasure_of(june)).all_text


def test_without_a_call_nothing_is_said_of_one(practice: Practice, desk: Desk) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")

    assert "Call it off first" not in desk.opens(erasure_of(sam)).all_text


def test_who_asks_to_be_erased_is_led_to_their_call(practice: Practice, maya: int) -> None:
    visitor: FlaskClient = practice.app.test_client()
    with practice.reading():
        lead = practice.lead(maya)
        stop, call = lead.unsubscribe_token, lead.bookings[0].token

    asked = visitor.post(f"/stop/{stop}/erasure").text
    visitor.post(f"/booking/{call}/cancellation")
    practice.advance(minutes=1)
    again = visitor.post(f"/stop/{stop}/erasure").text

    assert f'href="/booking/{call}"' in asked
    assert "METHOD:CANCEL" in practice.outbox.to(ADDRESS)[-1].mail.as_string()
    assert "Your call still stands" not in again

"""What is asked for waits on Today: yes, or other times. What was called off waits there too."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import calls
from crm.flows.calls import Wish
from crm.models import Booking, BookingState, MadeBy, Medium, Opening, Suppression, turns
from crm.rules.sending import SuppressionReason
from crm.rules.slots import Hours, Place, Week
from tests.practice import Practice
from tests.web.desk import Desk

THURSDAY = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who asked for Thursday at ten."""
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Hello.")
    practice.advance(minutes=1)
    with practice.at_work():
        turns.take(maya)
        wish = Wish(Place(THURSDAY, Medium.PHONE), 1, made_by=MadeBy.VISITOR, needs_yes=True)
        calls.book(practice.lead(maya), wish, practice.now)
    return maya


def the_call(practice: Practice) -> Booking:
    with practice.reading():
        return db.session.scalars(sa.select(Booking)).one()


def test_what_is_asked_for_waits_with_its_time(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.opens("/today")

    assert "Wants Thursday at 10:00 am" in page.all_text
    assert "Maya would like to talk Thursday at 10:00 am, by phone." in page.all_text
    assert "How did it go" not in page.all_text


def test_a_yes_agrees_on_the_call_and_can_be_taken_back(practice: Practice, desk: Desk, maya: int) -> None:
    page = desk.does("/bookings/1/approval")

    assert page.toast == "Maya has a call with you Thursday at 10:00 am."
    assert the_call(practice).state is BookingState.CONFIRMED
    assert "Nobody is waiting for you." in desk.opens("/today").all_text
    desk.does(page.undo)
    assert the_call(practice).state is BookingState.ASKED
    assert "Wants Thursday" in desk.opens("/today").all_text


def test_offering_others_frees_the_time_and_opens_a_letter(practice: Practice, desk: Desk, maya: int) -> None:
    to_the_letter = f"/people/{maya}?compose=reply&offer=times"

    page = desk.does("/bookings/1/refusal", next=to_the_letter)

    assert page.toast == "Thursday at 10:00 am is free again. Maya waits for another time."
    assert "Here is a page where you can" in page.all_text
    assert the_call(practice).state is BookingState.DECLINED
    assert "The call is off" in desk.opens("/today").all_text


def test_deciding_twice_is_deciding_once(practice: Practice, desk: Desk, maya: int) -> None:
    desk.does("/bookings/1/approval")
    desk.does("/bookings/1/approval")

    assert practice.story(maya).count("call_booked") == 1
    assert desk.sends("/bookings/9/approval").status_code == 404


def test_an_answer_in_words_leaves_the_question_of_the_time_open(
    practice: Practice, desk: Desk, maya: int
) -> None:
    practice.answers(maya)

    assert "Wants Thursday at 10:00 am" in desk.opens("/today").all_text


def test_a_call_the_owner_calls_off_leaves_the_person_on_today(
    practice: Practice, desk: Desk, maya: int
) -> None:
    desk.does("/bookings/1/approval")

    page = desk.does("/bookings/1/cancellation")

    assert page.toast == "The call with Maya Thursday at 10:00 am is off."
    assert "The call is off" in desk.opens("/today").all_text
    story = desk.opens(f"/people/{maya}").all_text
    assert "Maya asked for a call for Thu, March 12, 10:00 am, by phone. Follow-ups stopped" in story
    assert "You called off the call of Thu, March 12, 10:00 am" in story


def test_the_owner_picks_a_free_time_or_types_any_other(practice: Practice, desk: Desk, maya: int) -> None:
    nine = Hours(time(9), time(9, 30))
    with practice.at_work():
        Opening.put(1, Week.of((weekday, nine) for weekday in range(5)))

    page = desk.opens(f"/people/{maya}/booking/new")
    desk.does(f"/people/{maya}/booking", slot="2026-03-11T16:00:00+00:00", medium="video")
    picked = the_call(practice)
    desk.does(f"/people/{maya}/booking", date="2026-03-14", time="20:05", medium="in_person")
    typed = the_call(practice)

    assert "Wed 9:00 am" in page.all_text or "Tomorrow" in page.all_text
    assert (f"{picked.starts_at:%d %H:%M}", picked.medium) == ("11 16:00", "video")
    assert (f"{typed.starts_at:%d %H:%M}", typed.medium) == ("15 03:05", "in_person")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-03-01"])
def test_a_day_that_cannot_be_is_asked_for_again(practice: Practice, desk: Desk, maya: int, day: str) -> None:
    for fields in ({"date": day, "time": "23:59"}, {"slot": f"{day}T23:59:00-08:00"}):
        answer = desk.sends(f"/people/{maya}/booking", medium="phone", **fields)

        assert answer.status_code == 422
    call = the_call(practice)
    assert (call.starts_at, call.state) == (THURSDAY, BookingState.ASKED)


def test_what_the_owner_agrees_on_is_said_to_go_by_email(desk: Desk, maya: int) -> None:
    assert "Maya is told by email." in desk.opens(f"/people/{maya}/booking/new").all_text


def test_two_people_are_not_promised_the_same_time(practice: Practice, desk: Desk, maya: int) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>", "Hello.")

    answer = desk.sends(f"/people/{sam}/booking", date="2026-03-12", time="10:10", medium="phone")

    assert answer.status_code == 422
    assert "You have another call then" in answer.text
    assert practice.story(sam).count("call_booked") == 0


def test_before_somebody_is_closed_it_says_what_becomes_of_their_call(
    practice: Practice, desk: Desk, maya: int
) -> None:
    asks = desk.opens(f"/people/{maya}/closure/new")
    refers = desk.opens(f"/people/{maya}/referral/new")
    page = desk.does(f"/people/{maya}/closure", reason="other")

    off = "Their call Thursday at 10:00 am is called off, and they are told."
    assert off in asks.text(".lead")
    assert off in refers.text(".lead")
    assert page.toast == "Maya is in Closed, another reason. Their call is off."
    assert the_call(practice).state is BookingState.CANCELLED


def test_nobody_is_promised_a_note_that_cannot_reach_them(practice: Practice, desk: Desk, maya: int) -> None:
    with practice.at_work():
        Suppression.suppress("maya.o@example.com", SuppressionReason.BOUNCED, practice.now)

    told = desk.opens(f"/people/{maya}/closure/new").text(".lead")

    assert "Their call Thursday at 10:00 am is called off." in told
    assert "told" not in told

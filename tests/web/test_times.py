"""Choosing a time to talk: from an email, after the form, and when somebody else was faster."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.db import db
from crm.flows import calls
from crm.flows.calls import Wish
from crm.models import Booking, BookingState, CallSettings, Confirms, Medium, Opening, Reply, attention
from crm.rules.slots import Hours, Place, Week
from tests.practice import Practice
from tests.web.door import Visitor

MAYA = "Maya Okafor <maya.o@example.com>"
THURSDAY = "20260312T1600Z"
"""9 am in Los Angeles."""


def takes_calls(practice: Practice, *hours: str, **settings: object) -> None:
    """Connor takes calls on working days, from nine to ten unless told otherwise."""
    stretches = [Hours(*map(time.fromisoformat, each.split("-"))) for each in hours or ("09:00-10:00",)]
    with practice.at_work():
        Opening.put(1, Week.of((weekday, each) for weekday in range(5) for each in stretches))
        mine = CallSettings.turn_of(1)
        for name, value in settings.items():
            setattr(mine, name, value)


def page_token(practice: Practice, lead_id: int) -> str:
    with practice.reading():
        return practice.lead(lead_id).page_token


def bookings(practice: Practice) -> list[Booking]:
    with practice.reading():
        return list(db.session.scalars(sa.select(Booking).order_by(Booking.id)))


def chooses(visitor: FlaskClient, token: str, at: str = THURSDAY, **more: str) -> TestResponse:
    fields = {"at": at, "by": "phone", "zone": "America/Los_Angeles", "nonce": "n1", **more}
    return visitor.post(f"/call/{token}/times", data=fields)


def sends_form(visitor: FlaskClient, **fields: str) -> TestResponse:
    return Visitor(visitor).sends(
        **{"name": "Sam", "email": "sam@example.org", "phone": "310 555 0100"} | fields
    )


def on_today(practice: Practice) -> list[int]:
    with practice.reading():
        return [each.id for each in db.session.scalars(attention.on_today(practice.now))]


@pytest.fixture
def maya(practice: Practice) -> int:
    takes_calls(practice)
    return practice.receives_inquiry(MAYA, "Could we talk?", phone="+12135550148")


def test_the_page_shows_days_of_times_in_the_persons_zone_and_sets_no_cookie(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    answer = visitor.get(f"/call/{page_token(practice, maya)}/times")

    assert answer.status_code == 200
    assert "March 11 to 17" in answer.text
    assert re.findall(r"<legend>(\w+ \d+)</legend>", answer.text) == [
        "Wed 11",
        "Thu 12",
        "Fri 13",
        "Mon 16",
        "Tue 17",
    ]
    assert "Fifteen minutes with Connor, free." in answer.text
    assert "Connor calls (213) 555-0148." in answer.text
    assert "988" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_the_zone_can_be_switched(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    page = visitor.get(f"/call/{page_token(practice, maya)}/times?zone=Asia/Kolkata").text

    assert "Kolkata time" in page
    assert "9:30 pm" in page
    assert "9:00 am" not in page


def test_a_chosen_time_is_booked_and_follow_ups_stop(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    answer = chooses(visitor, page_token(practice, maya))

    (call,) = bookings(practice)
    assert answer.status_code == 303
    assert answer.location == f"/booking/{call.token}"
    assert (call.state, call.medium, call.made_by) == (BookingState.CONFIRMED, Medium.PHONE, "visitor")
    assert "Thursday, March 12, 9:00 am" in visitor.get(answer.location).text
    assert "follow_ups_stopped: booked" in practice.story(maya)


def test_the_link_in_an_email_leads_to_the_times_and_other_answers_stay(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    token = page_token(practice, maya)

    assert visitor.get(f"/call/{token}").location == f"/call/{token}/times"
    assert f"/call/{token}?say=else" in visitor.get(f"/call/{token}/times").text
    assert "found someone" in visitor.get(f"/call/{token}?say=else").text


def test_looking_changes_nothing(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    token = page_token(practice, maya)
    before = practice.story(maya)

    for path in ("times", "wishes", "thanks"):
        assert visitor.get(f"/call/{token}/{path}").status_code == 200
        assert visitor.head(f"/call/{token}/{path}").status_code == 200

    assert practice.story(maya) == before
    assert bookings(practice) == []


def test_a_double_click_books_once(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    token = page_token(practice, maya)

    first, second = chooses(visitor, token), chooses(visitor, token)

    assert first.location == second.location
    (call,) = bookings(practice)
    assert call.sequence == 0
    assert practice.story(maya).count("call_booked") == 1


def test_who_comes_too_late_is_shown_what_is_free_and_keeps_their_choice(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    takes_calls(practice, by_video=True)
    sam = practice.receives_inquiry("Sam <sam@example.org>", "Hello.")
    chooses(visitor, page_token(practice, sam), number="310 555 0100")

    answer = chooses(visitor, page_token(practice, maya), by="video", zone="America/New_York")

    assert answer.status_code == 409
    assert "Someone took 12:00 a moment ago. These are still free." in answer.text
    assert re.search(r'value="video" checked', answer.text)
    assert "New York time" in answer.text
    assert THURSDAY not in answer.text
    assert "12:15 pm" in answer.text
    assert len(bookings(practice)) == 1


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        ("", 422, "Choose a time first."),
        ("tomorrow", 422, "Choose a time first."),
        ("20260312T1605Z", 409, "can’t be had any more"),
        ("20260312T2200Z", 409, "can’t be had any more"),
        ("20300312T1600Z", 409, "can’t be had any more"),
        ("20200312T1600Z", 409, "can’t be had any more"),
    ],
)
def test_only_what_is_offered_can_be_had(
    practice: Practice, visitor: FlaskClient, maya: int, at: str, status: int, words: str
) -> None:
    answer = chooses(visitor, page_token(practice, maya), at)

    assert answer.status_code == status
    assert words in answer.text
    assert bookings(practice) == []


def test_where_times_are_asked_for_the_owner_says_yes(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    takes_calls(practice, confirms=Confirms.ASKED)

    page = visitor.get(f"/call/{page_token(practice, maya)}/times").text
    answer = chooses(visitor, page_token(practice, maya))

    assert "Ask for this time" in page
    assert bookings(practice)[0].state is BookingState.ASKED
    assert "I have your wish." in visitor.get(answer.location).text
    assert on_today(practice) == [maya]


def test_choosing_again_moves_the_call(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    token = page_token(practice, maya)
    chooses(visitor, token)

    page = visitor.get(f"/call/{token}/times").text
    chooses(visitor, token, "20260313T1600Z", nonce="n2")

    assert "Yours is Thursday, March 12, 9:00 am now" in page
    (call,) = bookings(practice)
    assert (f"{call.starts_at:%d}", call.sequence) == ("13", 1)


def test_a_number_is_asked_for_where_none_is_known(practice: Practice, visitor: FlaskClient) -> None:
    takes_calls(practice)
    sam = practice.receives_inquiry("Sam <sam@example.org>", "Hello.")
    token = page_token(practice, sam)

    refused = chooses(visitor, token)
    booked = chooses(visitor, token, number="310 555 0100")

    assert refused.status_code == 422
    assert "Where shall I call you?" in refused.text
    assert booked.status_code == 303
    assert bookings(practice)[0].number == "+13105550100"


def test_who_looks_like_spam_holds_no_time_but_is_heard(practice: Practice, visitor: FlaskClient) -> None:
    takes_calls(practice)
    bot = practice.receives_inquiry("Bot <bot@example.org>", "Hello.", honeypot="x", phone="+12135550100")

    answer = chooses(visitor, page_token(practice, bot))

    assert answer.location.endswith("/thanks")
    assert bookings(practice) == []
    assert "reply_received" in practice.story(bot)


def test_who_is_to_be_read_first_may_book_and_stays_on_top(practice: Practice, visitor: FlaskClient) -> None:
    takes_calls(practice)
    theo = practice.receives_inquiry(
        "Theo <theo@example.org>", "I don't want to be here anymore.", phone="+12135550100"
    )

    assert chooses(visitor, page_token(practice, theo)).status_code == 303

    assert on_today(practice) == [theo]


def test_none_of_these_sends_three_wishes_to_today(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    token = page_token(practice, maya)

    empty = visitor.post(f"/call/{token}/wishes", data={"first": ""})
    sent = visitor.post(
        f"/call/{token}/wishes", data={"first": "Tuesdays after 5", "second": "Friday at noon"}
    )

    assert empty.status_code == 422
    assert sent.location == f"/call/{token}/thanks"
    with practice.reading():
        (reply,) = db.session.scalars(sa.select(Reply.text))
    assert reply == "None of the times fit. What would: Tuesdays after 5; Friday at noon."
    assert on_today(practice) == [maya]


def test_without_any_hours_people_say_in_words_what_suits(practice: Practice, visitor: FlaskClient) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>", "Hello.")

    answer = visitor.get(f"/call/{page_token(practice, sam)}/times")

    assert answer.location == f"/call/{page_token(practice, sam)}/wishes"


def test_a_call_is_not_changed_all_day_long(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    token = page_token(practice, maya)
    for number in range(10):
        day = 12 + number % 2
        assert chooses(visitor, token, f"202603{day}T1600Z", nonce=f"n{number}").status_code == 303

    answer = chooses(visitor, token, "20260312T1600Z", nonce="more")

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    practice.at(practice.now + timedelta(hours=1, minutes=1))
    assert chooses(visitor, token, "20260312T1600Z", nonce="later").status_code == 303


def test_a_full_day_says_so(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    takes_calls(practice, most_per_day=1)
    sam = practice.receives_inquiry("Sam <sam@example.org>", "Hello.")
    with practice.at_work():
        starts_at = datetime.fromisoformat("2026-03-12T16:00:00+00:00")
        calls.book(practice.lead(sam), Wish(Place(starts_at, Medium.PHONE), 1), practice.now)

    page = visitor.get(f"/call/{page_token(practice, maya)}/times").text

    assert page.count(">Full</p>") == 1
    assert "20260312T" not in page


def test_a_page_of_times_asks_the_same_however_many_calls_there_are(
    practice: Practice, visitor: FlaskClient, maya: int, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    address = f"/call/{page_token(practice, maya)}/times"
    visitor.get(address)
    few = count_queries(lambda: visitor.get(address))
    for number in range(5):
        who = practice.receives_inquiry(f"P{number} <p{number}@example.org>", client_key=str(number))
        with practice.at_work():
            at = datetime.fromisoformat("2026-03-12T16:00:00+00:00") + number * timedelta(minutes=30)
            calls.book(practice.lead(who), Wish(Place(at, Medium.PHONE), 1), practice.now)

    assert count_queries(lambda: visitor.get(address)) == few


def test_a_call_is_called_off_on_its_own_page_and_looking_changes_nothing(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    chooses(visitor, page_token(practice, maya))
    (call,) = bookings(practice)

    page = visitor.get(f"/booking/{call.token}").text
    assert "Call it off" in page
    assert bookings(practice)[0].stands

    answer = visitor.post(f"/booking/{call.token}/cancellation", follow_redirects=True)

    assert "This call is off." in answer.text
    assert not bookings(practice)[0].stands
    assert maya in on_today(practice)
    assert visitor.post(f"/booking/{call.token}/cancellation").status_code == 303
    assert bookings(practice)[0].sequence == 1


def test_a_call_that_is_over_is_not_called_off(practice: Practice, visitor: FlaskClient, maya: int) -> None:
    chooses(visitor, page_token(practice, maya))
    (call,) = bookings(practice)
    practice.at(call.ends_at)

    visitor.post(f"/booking/{call.token}/cancellation")

    assert bookings(practice)[0].stands

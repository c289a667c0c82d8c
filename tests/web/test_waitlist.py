"""The waitlist's pages: "I have a place" for the owner, and the link in the email for the person."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.db import db
from crm.models import Offer, Vacancy
from crm.rules.roles import Role
from tests.at_once import at_once
from tests.flows.test_calls import books, wish
from tests.flows.test_offering import comes_onto_the_list, offered, states
from tests.flows.test_offers_end import people
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page
from tests.web.staff import Staff

__all__ = ["people"]
PLACE = {"words": "Tuesdays at 4 pm", "clinician": "1", "count": "2", "hours": "48"}


def token(practice: Practice, lead_id: int) -> str:
    with practice.reading():
        return db.session.scalars(sa.select(Offer.token).where(Offer.lead_id == lead_id)).one()


def seen(page: str) -> str:
    found = re.search(r'name="people"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def confirms(desk: Desk, people: list[int], **more: str) -> TestResponse:
    shown = ",".join(map(str, people))
    return desk.sends("/waitlist/place", **PLACE | {"people": shown, "nonce": "n1"} | more)


def test_the_board_leads_to_the_list_in_its_order(practice: Practice, desk: Desk, people: list[int]) -> None:
    assert 'href="/waitlist"' in desk.gets("/people").text

    page = desk.gets("/waitlist").text

    assert "Three people wait for a place" in page
    assert page.index("Maya") < page.index("Sam") < page.index("Theo")


def test_an_empty_list_says_how_somebody_gets_there(desk: Desk) -> None:
    assert "Nobody waits for a place." in desk.gets("/waitlist").text


def test_the_next_few_are_shown_by_name_before_anything_is_sent(
    practice: Practice, desk: Desk, people: list[int]
) -> None:
    page = desk.gets("/waitlist/place/new", **PLACE).text

    assert seen(page) == f"{people[0]},{people[1]}"
    assert "Offer it to two people" in page
    assert states(practice) == []


def test_confirming_asks_them_and_it_can_be_taken_back(
    practice: Practice, desk: Desk, people: list[int]
) -> None:
    answer = confirms(desk, people[:2])

    page = desk.gets(answer.location).text
    assert "Offered to" in page
    with practice.reading():
        vacancy_id = db.session.scalars(sa.select(Vacancy.id)).one()
    assert f'action="/waitlist/place/{vacancy_id}/withdrawal"' in page

    desk.sends(f"/waitlist/place/{vacancy_id}/withdrawal")
    practice.advance(days=3)

    assert practice.outbox.received == []
    assert states(practice) == ["withdrawn", "withdrawn"]


def test_a_double_click_offers_one_place(practice: Practice, desk: Desk, people: list[int]) -> None:
    first, second = confirms(desk, people[:2]), confirms(desk, people[:2])

    assert (first.status_code, second.status_code) == (303, 303)
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(Vacancy.id))) == 1


def test_if_others_are_next_by_now_nobody_is_asked(practice: Practice, desk: Desk, people: list[int]) -> None:
    desk.sends(f"/waitlist/people/{people[2]}/first")

    answer = confirms(desk, people[:2])

    assert answer.status_code == 409
    assert "Who is next has changed" in answer.text
    assert seen(answer.text) == f"{people[2]},{people[0]}"
    assert states(practice) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": ""}, "Say what the place is"),
        ({"count": "0"}, "Between one and 20 people."),
        ({"count": "many"}, "Not a valid integer value."),
        ({"hours": "1000"}, "Between one hour and two weeks"),
        ({"clinician": "99"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    practice: Practice, desk: Desk, people: list[int], changed: dict[str, str], said: str
) -> None:
    answer = confirms(desk, people[:2], **changed)

    assert answer.status_code == 422
    assert said in answer.text
    shown, sent = Page(answer.text), PLACE | changed
    typed = ("words", "count", "hours")
    assert [shown.attribute(f"#{each}", "value") for each in typed] == [sent[each] for each in typed]
    assert states(practice) == []


def test_looking_changes_nothing(practice: Practice, visitor: FlaskClient, people: list[int]) -> None:
    offered(practice, *people[:2])
    link = token(practice, people[0])

    page = visitor.get(f"/place/{link}")
    assert page.status_code == 200
    assert "Yes, I’d like it" in page.text
    assert visitor.head(f"/place/{link}").status_code == 200
    for path in ("acceptance", "refusal"):
        assert visitor.get(f"/place/{link}/{path}").status_code == 405
    assert visitor.get("/place/nobody").status_code == 404
    assert "Set-Cookie" not in page.headers

    assert states(practice) == ["open", "open"]


def test_yes_is_one_click_and_twice_is_once(
    practice: Practice, desk: Desk, visitor: FlaskClient, people: list[int]
) -> None:
    offered(practice, *people[:2])
    link = token(practice, people[0])

    answers = [visitor.post(f"/place/{link}/acceptance") for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert "It’s yours." in visitor.get(f"/place/{link}").text
    assert states(practice) == ["accepted", "taken"]
    assert practice.story(people[0]).count("place_accepted") == 1
    today = desk.gets("/today").text
    assert "Said yes to the place" in today


def test_who_comes_later_is_told_kindly(practice: Practice, visitor: FlaskClient, people: list[int]) -> None:
    offered(practice, *people[:2])
    visitor.post(f"/place/{token(practice, people[0])}/acceptance")

    late = visitor.post(f"/place/{token(practice, people[1])}/acceptance")

    assert late.status_code == 409
    assert "Someone said yes a moment earlier." in late.text
    assert "You stay on the list" in late.text


def test_not_now_keeps_their_place(practice: Practice, visitor: FlaskClient, people: list[int]) -> None:
    offered(practice, *people[:2])
    link = token(practice, people[0])

    visitor.post(f"/place/{link}/refusal")

    assert "You keep your place on the list" in visitor.get(f"/place/{link}").text
    assert states(practice) == ["declined", "open"]


def test_the_owner_can_write_down_a_yes(practice: Practice, desk: Desk, people: list[int]) -> None:
    offered(practice, *people[:2])
    with practice.reading():
        offer_id = db.session.scalars(sa.select(Offer.id).where(Offer.lead_id == people[1])).one()

    assert "Give it to Sam" in desk.gets(f"/waitlist/offers/{offer_id}/acceptance/new").text
    desk.sends(f"/waitlist/offers/{offer_id}/acceptance")

    assert states(practice) == ["taken", "accepted"]
    assert "You wrote down that they said yes to" in desk.gets(f"/people/{people[1]}").text


def test_a_place_nobody_took_stands_on_today_until_it_is_settled(
    practice: Practice, desk: Desk, visitor: FlaskClient, people: list[int]
) -> None:
    vacancy_id = offered(practice, *people[:2])
    for each in people[:2]:
        visitor.post(f"/place/{token(practice, each)}/refusal")

    assert "A place you offered found nobody." in desk.gets("/today").text
    page = desk.gets("/waitlist").text
    assert f"/waitlist/place/new?again={vacancy_id}" in page
    again = desk.gets(f"/waitlist/place/new?again={vacancy_id}").text
    assert seen(again) == str(people[2])
    assert "Tuesdays at 4 pm, from April" in again

    desk.sends(f"/waitlist/place/{vacancy_id}/rest")

    assert "found nobody" not in desk.gets("/today").text


def test_it_can_be_offered_to_the_next(
    practice: Practice, desk: Desk, visitor: FlaskClient, people: list[int]
) -> None:
    vacancy_id = offered(practice, *people[:2])
    for each in people[:2]:
        visitor.post(f"/place/{token(practice, each)}/refusal")

    answer = confirms(desk, people[2:], again=str(vacancy_id), nonce="n2")

    assert answer.status_code == 303
    assert states(practice) == ["declined", "declined", "open"]


def test_the_story_tells_of_it(
    practice: Practice, desk: Desk, visitor: FlaskClient, people: list[int]
) -> None:
    offered(practice, *people[:2])
    visitor.post(f"/place/{token(practice, people[0])}/refusal")
    visitor.post(f"/place/{token(practice, people[1])}/acceptance")

    first = desk.gets(f"/people/{people[0]}").text
    assert "You offered a place" in first
    assert "said not now" in first
    assert "said yes to the place" in desk.gets(f"/people/{people[1]}").text


def test_a_clinician_sees_their_own_people_and_offers_nothing(
    practice: Practice, staff: Staff, people: list[int]
) -> None:
    staff.put(people[1])
    offered(practice, people[0])

    paul = staff.browser(Role.CLINICIAN)
    page = paul.get("/waitlist").text

    assert "Sam" in page
    assert "Maya" not in page
    assert "I have a place" not in page
    assert paul.get("/waitlist/place/new").status_code == 403


def test_of_twelve_who_say_yes_at_once_one_has_it(practice: Practice) -> None:
    people = [comes_onto_the_list(practice, f"P{number}") for number in range(12)]
    offered(practice, *people)
    links = [token(practice, each) for each in people]

    def says_yes(link: str) -> int:
        return practice.app.test_client(use_cookies=False).post(f"/place/{link}/acceptance").status_code

    came = at_once(*(partial(says_yes, each) for each in links))

    assert Counter(came) == {303: 1, 409: 11}
    assert Counter(states(practice)) == {"accepted": 1, "taken": 11}


def test_when_a_call_is_called_off_a_quiet_word_tells_of_the_list(
    practice: Practice, desk: Desk, people: list[int]
) -> None:
    caller = practice.receives_inquiry("Lena <lena@example.org>", "Could we talk?")
    books(practice, caller, wish())
    with practice.reading():
        call_id = practice.lead(caller).bookings[0].id

    page = desk.does(f"/bookings/{call_id}/cancellation")

    assert page.toast == "The call with Lena Thursday at 10:00 am is off. Three people are on the waitlist."

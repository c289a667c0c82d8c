"""A call chosen after a form, which proves no address: what it shows, and what may be mailed there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.test_times import bookings, chooses, maya, on_today, page_token, sends_form, takes_calls

__all__ = ["maya"]
VICTIM = "victim@example.net"
FRIDAY = "20260313T1600Z"
WORDS = "Buy-gold.example NOW"


@pytest.fixture
def link(practice: Practice, visitor: FlaskClient) -> str:
    """A stranger types somebody else's address into the form, and goes on to the times."""
    takes_calls(practice)
    return link_after(visitor)


def link_after(visitor: FlaskClient, email: str = VICTIM, **more: str) -> str:
    typed = {"name": WORDS, "email": email, "message": "", **more}
    found = re.search(r"/call/([^\"/]+)/times", visitor.get(sends_form(visitor, **typed).location).text)
    assert found
    return found[1]


def typed_words_in(practice: Practice) -> list[str]:
    return [each.subject for each in practice.outbox.to(VICTIM) if "gold" in each.mail.as_string()]


def test_the_page_of_the_call_that_follows_proves_no_more_than_the_form(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    its = chooses(visitor, link).location.rpartition("/")[2]
    practice.work()

    assert chooses(visitor, its, FRIDAY, nonce="n2").status_code == 303
    practice.advance(days=4)

    assert bookings(practice)[0].sequence == 1
    assert [each for each in practice.outbox.subjects_to(VICTIM) if "March" in each] == [
        "Our call: Thu, March 12, 9:00 am",
        "Our call is now Fri, March 13, 9:00 am",
        *["A reminder: Fri, March 13, 9:00 am"] * 2,
    ]
    assert typed_words_in(practice) == []


def test_words_typed_on_a_page_prove_no_more_than_the_form(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    wished = visitor.post(f"/call/{link}/wishes", data={"first": "Tuesday at noon"})
    assert wished.status_code == 303
    chooses(visitor, link)
    practice.advance(days=4)

    assert len(practice.outbox.to(VICTIM)) > 1
    assert typed_words_in(practice) == []


def test_after_the_form_a_time_can_be_chosen_at_once(practice: Practice, visitor: FlaskClient) -> None:
    takes_calls(practice)

    thanks = visitor.get(sends_form(visitor, email="sam@example.org", phone="310 555 0100").location).text
    link = re.search(r'href="(/call/[^"]+/times)"', thanks)
    assert link
    page = visitor.get(link[1])
    token = link[1].split("/")[2]
    answer = chooses(visitor, token)

    assert "Connor calls (310) 555-0100." in page.text
    assert answer.status_code == 303
    assert len(bookings(practice)) == 1


def test_a_form_with_somebody_elses_address_shows_and_moves_nothing_of_theirs(
    practice: Practice, visitor: FlaskClient, maya: int
) -> None:
    chooses(visitor, page_token(practice, maya))
    thanks = visitor.get(sends_form(visitor, email="maya.o@example.com", phone="").location).text
    link = re.search(r"/call/([^\"/]+)/times", thanks)
    assert link

    page = visitor.get(link[0]).text
    answer = chooses(visitor, link[1], "20260313T1600Z", nonce="theirs", number="310 555 0199")

    assert "555-0148" not in page
    assert "March 12, 9:00" not in page
    assert answer.location.endswith("/thanks")
    (call,) = bookings(practice)
    assert f"{call.starts_at:%d}" == "12"
    assert on_today(practice) == [maya]


def test_the_link_after_a_form_ends_after_a_week_and_cannot_be_made_up(
    practice: Practice, visitor: FlaskClient
) -> None:
    takes_calls(practice)
    link = re.search(r"/call/[^\"]+/times", visitor.get(sends_form(visitor).location).text)
    assert link

    assert visitor.get(link[0]).status_code == 200
    assert visitor.get(link[0].replace("/call/", "/call/x")).status_code == 404
    practice.at(practice.now + timedelta(days=8))
    assert visitor.get(link[0]).status_code == 404
    assert visitor.get("/call/nobody/times").status_code == 404

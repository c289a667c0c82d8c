"""What looks like a machine is kept aside, thanked like anybody, and written to by nobody (R29)."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.practice import Practice
from tests.web.door import FORM, MAYA, Visitor, inquiries, limits, people

OWN_SITE = {"Origin": "https://www.springstreet.example"}


def kept_aside(practice: Practice) -> list[str]:
    """Why the only person is in quarantine. Nothing was sent to them, nor a notice about them."""
    practice.advance(days=20)
    (person,) = people(practice)
    assert practice.outbox.received == []
    return person.quarantine_reasons if person.quarantined_at else []


def thanked(answer: TestResponse) -> bool:
    return (answer.status_code, answer.location) == (303, "/consultation/thanks")


def test_who_fills_the_field_nobody_sees(practice: Practice, visitor: FlaskClient) -> None:
    assert thanked(Visitor(visitor).sends(**MAYA, website="https://spam.example"))
    assert kept_aside(practice)


def test_who_sends_sooner_than_anybody_types(practice: Practice, visitor: FlaskClient) -> None:
    with limits(practice.app, min_seconds=3):
        assert thanked(Visitor(visitor).sends(**MAYA))
    assert kept_aside(practice)


def test_who_takes_the_time_to_type_is_a_person(practice: Practice, visitor: FlaskClient) -> None:
    with limits(practice.app, min_seconds=3):
        maya = Visitor(visitor)
        practice.at(practice.now + timedelta(seconds=5))
        maya.sends(**MAYA)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_who_never_opened_the_form(practice: Practice, visitor: FlaskClient) -> None:
    assert thanked(visitor.post(FORM, data=MAYA))
    assert kept_aside(practice)


def test_who_makes_up_a_token(practice: Practice, visitor: FlaskClient) -> None:
    assert thanked(visitor.post(FORM, data=MAYA | {"token": "bWFkZSB1cA.made.up"}))
    assert kept_aside(practice)


def test_a_plain_form_on_the_practices_own_page_is_believed(practice: Practice, visitor: FlaskClient) -> None:
    visitor.post(FORM, data=MAYA, headers=OWN_SITE)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_a_plain_form_on_somebody_elses_page_is_not(practice: Practice, visitor: FlaskClient) -> None:
    visitor.post(FORM, data=MAYA, headers={"Origin": "https://springstreet.example.evil.example"})

    assert kept_aside(practice)


def test_a_token_made_up_on_the_practices_own_page_is_still_made_up(
    practice: Practice, visitor: FlaskClient
) -> None:
    visitor.post(FORM, data=MAYA | {"token": "bWFkZSB1cA.made.up"}, headers=OWN_SITE)

    assert kept_aside(practice)


def test_a_tab_left_open_over_night_is_no_suspicion(practice: Practice, visitor: FlaskClient) -> None:
    maya = Visitor(visitor)
    practice.at(practice.now + timedelta(hours=30))

    maya.sends(**MAYA)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_putting_right_what_a_plain_form_forgot_is_believed(practice: Practice, visitor: FlaskClient) -> None:
    asked = visitor.post(FORM, data={"name": "Maya", "email": "maya@example"}, headers=OWN_SITE)
    again = Visitor(visitor)
    again.token = asked.text.split('name="token" type="hidden" value="')[1].split('"')[0]

    again.sends(**MAYA)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_what_a_machine_sent_is_stored_whole(practice: Practice, visitor: FlaskClient) -> None:
    visitor.post(FORM, data=MAYA | {"website": "x", "message": "Buy now. " * 50})

    (inquiry,) = inquiries(practice)
    assert inquiry.message == ("Buy now. " * 50).strip()

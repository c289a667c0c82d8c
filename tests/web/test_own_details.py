"""What people correct on their own page: their name and number hold at once, an address is asked for."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Event, EventKind, Lead
from crm.rules.intake import Submission
from crm.rules.sending import StopReason
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import impatient, locked
from tests.web.reading import read

SAM = "Sam Rivers <sam@example.org>"


@pytest.fixture
def sam(practice: Practice) -> int:
    lead_id = practice.receives_inquiry(SAM, "Could we talk?", phone="+13105550100")
    practice.advance(days=4)
    return lead_id


@pytest.fixture
def link(practice: Practice, sam: int) -> str:
    with practice.reading():
        return f"/call/{practice.lead(sam).page_token}/details"


def known(practice: Practice, sam: int) -> tuple[str, str | None, str | None]:
    with practice.reading():
        lead = practice.lead(sam)
        return lead.name, lead.phone, lead.email


def last_event(practice: Practice, kind: EventKind) -> int:
    with practice.reading() as session:
        return (
            session.scalars(sa.select(Event.id).where(Event.kind == kind).order_by(Event.id.desc())).first()
            or 0
        )


def test_looking_tells_nothing_and_changes_nothing(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    before = practice.story(sam)

    page = visitor.get(link)

    assert page.status_code == 200
    assert not any(each in page.text for each in ("Sam", "sam@", "0100"))
    assert practice.story(sam) == before


def test_a_name_and_a_number_hold_at_once_and_follow_ups_go_on(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    answer = visitor.post(link, data={"name": "Samuel Rivers", "phone": "213 555 0148"})

    assert read(answer).heading == "Thank you."
    assert known(practice, sam) == ("Samuel Rivers", "+12135550148", "sam@example.org")
    assert practice.story(sam)[-1] == "contact_edited"
    with practice.reading():
        assert practice.lead(sam).enrollment is not None


def test_the_owner_is_told_and_puts_it_back(
    practice: Practice, visitor: FlaskClient, desk: Desk, sam: int, link: str
) -> None:
    visitor.post(link, data={"name": "Samuel Rivers", "phone": "213 555 0148"})
    page = desk.opens(f"/people/{sam}")
    assert "Samuel changed their name and phone number on their page" in page.text("#story")
    assert "(310) 555-0100 is (213) 555-0148 now" in page.text("#story")
    assert "Put it back" in page.buttons("#story")

    event_id = last_event(practice, EventKind.CONTACT_EDITED)
    done = desk.does(f"/people/{sam}/details/{event_id}/removal", f"/people/{sam}")

    assert done.toast == "Sam stands there as before."
    assert known(practice, sam) == ("Sam Rivers", "+13105550100", "sam@example.org")
    assert "Put it back" not in desk.opens(f"/people/{sam}").buttons("#story")
    again = desk.does(f"/people/{sam}/details/{event_id}/removal", f"/people/{sam}")
    assert again.toast == "That has been dealt with already."


def test_what_the_owner_changed_since_is_not_put_back_over(
    practice: Practice, visitor: FlaskClient, desk: Desk, sam: int, link: str
) -> None:
    visitor.post(link, data={"name": "Samuel"})
    event_id = last_event(practice, EventKind.CONTACT_EDITED)
    with practice.at_work():
        practice.lead(sam).name = "Sammy Rivers"

    desk.does(f"/people/{sam}/details/{event_id}/removal", f"/people/{sam}")

    assert known(practice, sam)[0] == "Sammy Rivers"


def test_an_address_is_asked_for_and_leads_no_mail_elsewhere(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    answer = visitor.post(link, data={"email": "new@example.net"})
    practice.advance(days=30)

    assert "I’ll look at the new address myself" in answer.text
    assert known(practice, sam)[2] == "sam@example.org"
    assert practice.outbox.to("new@example.net") == []
    assert f"follow_ups_stopped: {StopReason.REPLIED}" in practice.story(sam)


def test_with_one_key_the_owner_writes_there_from_now_on(
    practice: Practice, visitor: FlaskClient, desk: Desk, sam: int, link: str
) -> None:
    visitor.post(link, data={"email": "new@example.net"})

    page = desk.opens(f"/today?person={sam}")
    assert page.buttons(".wishes") == ["Write to new@example.net from now on"]
    assert page.attribute(".wishes button", "data-key") == "y"
    event_id = last_event(practice, EventKind.REPLY_RECEIVED)
    done = desk.does(f"/people/{sam}/details/{event_id}/acceptance", f"/people/{sam}")

    assert done.toast == "Sam is written to at new@example.net now."
    assert known(practice, sam)[2] == "new@example.net"
    assert desk.opens(f"/today?person={sam}").buttons(".wishes") == []


def test_an_address_that_is_somebody_elses_changes_nothing_and_tells_the_visitor_nothing(
    practice: Practice, visitor: FlaskClient, desk: Desk, sam: int, link: str
) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")

    answer = visitor.post(link, data={"email": "maya.o@example.com"})
    event_id = last_event(practice, EventKind.REPLY_RECEIVED)
    done = desk.does(f"/people/{sam}/details/{event_id}/acceptance", f"/people/{sam}")

    assert (answer.status_code, "Maya" in answer.text) == (200, False)
    assert done.toast == "That belongs to Maya Okafor already, so nothing changed."
    assert known(practice, sam)[2] == "sam@example.org"


def test_one_page_asks_about_its_own_person_only(
    practice: Practice, visitor: FlaskClient, desk: Desk, sam: int, link: str
) -> None:
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    visitor.post(link, data={"email": "new@example.net"})

    event_id = last_event(practice, EventKind.REPLY_RECEIVED)
    refused = desk.sends(f"/people/{maya}/details/{event_id}/acceptance")

    assert refused.status_code == 404
    assert known(practice, maya)[2] == "maya.o@example.com"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Write down what has changed."),
        ({"phone": "12"}, "That number looks unfinished."),
        ({"email": "sam@"}, "That address looks unfinished."),
        ({"name": "x" * 301}, "That is longer than a name can be here."),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays_typed(
    practice: Practice, visitor: FlaskClient, sam: int, link: str, typed: dict[str, str], says: str
) -> None:
    before = practice.story(sam)

    page = read(visitor.post(link, data=typed), 422)

    assert says in page.text(".error")
    assert {each: page.attribute(f"#{each}", "value") for each in typed} == typed
    assert practice.story(sam) == before


def test_the_same_again_is_nothing_new(practice: Practice, visitor: FlaskClient, sam: int, link: str) -> None:
    for _ in range(2):
        visitor.post(link, data={"name": "Samuel", "email": "new@example.net"})

    assert practice.story(sam).count("contact_edited") == 1
    assert practice.story(sam).count("reply_received") == 1


def test_nobody_changes_them_all_day_long(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    answers = [visitor.post(link, data={"name": f"Sam {letter}"}) for letter in "ABCDEF"]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert known(practice, sam)[0] == "Sam E"


def test_a_locked_database_gives_back_what_was_typed(
    practice: Practice, visitor: FlaskClient, sam: int, link: str
) -> None:
    visitor.get(link)

    with impatient(practice.app), locked(practice):
        answer = visitor.post(link, data={"name": "Samuel"})

    page = read(answer, 503)
    assert "This isn’t with me yet" in page.text("[role]")
    assert page.attribute("#name", "value") == "Samuel"


def test_who_is_known_by_their_number_is_asked_about(practice: Practice, visitor: FlaskClient) -> None:
    lead_id = practice.submits(Submission(name="Ana", phone="+13105550111", nonce="n"))
    with practice.reading():
        link = f"/call/{practice.lead(lead_id).page_token}/details"

    visitor.post(link, data={"phone": "213 555 0148"})

    with practice.reading() as session:
        lead = session.get_one(Lead, lead_id)
        assert lead.phone == "+13105550111"
        assert [event.reply.text for event in lead.events if event.reply] == [
            "My phone number is (213) 555-0148."
        ]

"""Who someone is: added by hand, corrected in place; and one email reworded for one person."""

from __future__ import annotations

from typing import Any

import pytest

from crm.db import db
from crm.mail.transport import Refused
from crm.models import EmailTemplate, Suppression
from crm.rules.sending import MessageState
from crm.rules.stages import Stage
from crm.sealed import known_as
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import read

GRACE = "Grace Kim <grace.kim@example.com>"


@pytest.fixture
def grace(practice: Practice) -> int:
    lead_id = practice.receives_inquiry(GRACE, "Hello.", phone="+12135550172")
    practice.advance(minutes=1)
    return lead_id


def contact(**changes: str) -> dict[str, Any]:
    """What stands in Grace's form."""
    return {"name": "Grace Kim", "email": "grace.kim@example.com", "phone": "(213) 555-0172"} | changes


def test_the_contact_form_shows_what_is_known(grace: int, desk: Desk) -> None:
    page = desk.opens(f"/people/{grace}/contact")

    assert page.heading == "How to reach Grace"
    assert page.attribute("#email", "value") == "grace.kim@example.com"
    assert page.attribute("#phone", "value") == "(213) 555-0172"


def test_a_corrected_contact_is_kept_and_told_in_the_story(
    practice: Practice, grace: int, desk: Desk
) -> None:
    changed = contact(name="Grace Kim-Lee", phone="213 555 0173", prefers="Email, not calls at work")
    page = desk.does(f"/people/{grace}/contact", next=f"/people/{grace}", **changed)

    assert page.toast == "Grace’s name, phone number and preferences changed."
    assert page.heading == "Grace Kim-Lee"
    assert page.texts("#contact dd") == [
        "grace.kim@example.com",
        "(213) 555-0173",
        "Email, not calls at work",
    ]
    assert practice.story(grace)[-1] == "contact_edited"


def test_saving_without_a_change_says_so_and_leaves_the_story_alone(
    practice: Practice, grace: int, desk: Desk
) -> None:
    page = desk.does(f"/people/{grace}/contact", **contact())

    assert page.toast == "Nothing has changed."
    assert "contact_edited" not in practice.story(grace)


def test_what_is_planned_goes_to_the_new_address(practice: Practice, grace: int, desk: Desk) -> None:
    desk.sends(f"/people/{grace}/contact", **contact(email="grace@kim.example"))
    practice.advance(days=4)

    assert practice.outbox.subjects_to("grace@kim.example") == ["Still here, if it’s useful"]
    assert practice.outbox.subjects_to("grace.kim@example.com") == ["I got your note"]


def test_the_same_person_is_recognised_by_the_new_address(practice: Practice, grace: int, desk: Desk) -> None:
    desk.sends(f"/people/{grace}/contact", **contact(email="Grace@Kim.example"))

    assert practice.receives_inquiry("Grace <grace@kim.example>", "Me again.") == grace


def test_an_address_of_someone_else_is_refused_with_their_name(
    practice: Practice, grace: int, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", "Hello.")

    answer = desk.sends(f"/people/{grace}/contact", **contact(email="SAM@example.org"))
    page = read(answer)

    assert answer.status_code == 422
    assert page.text("#email-error") == "That is how you reach Sam Rivers already."
    assert page.attribute("#contact .notice a", "href") == f"/people/{sam}"
    with practice.reading():
        assert practice.lead(grace).email == "grace.kim@example.com"


def test_an_address_that_looks_mistyped_is_asked_about_once(grace: int, desk: Desk) -> None:
    slip = contact(email="grace@gmial.com")
    page = read(desk.sends(f"/people/{grace}/contact", **slip))
    assert page.text("#email-error") == "There is no “gmial.com”. Did you mean gmail.com?"

    kept = [each for each in page.root.find("#contact input") if each.attributes["name"] == "kept_email"]
    assert kept[0].attributes["value"] == "grace@gmial.com"
    answer = desk.sends(f"/people/{grace}/contact", kept_email="grace@gmial.com", **slip)

    assert answer.status_code == 303


def test_someone_must_stay_reachable(grace: int, desk: Desk) -> None:
    page = read(desk.sends(f"/people/{grace}/contact", **contact(email="", phone="")))

    assert page.text("#email-error").startswith("An email address or a phone number is needed")


def test_without_an_address_the_follow_ups_stop(practice: Practice, grace: int, desk: Desk) -> None:
    page = desk.does(f"/people/{grace}/contact", next=f"/people/{grace}", **contact(email=""))

    assert "left no email address" in page.text("#next")
    assert practice.story(grace)[-2:] == ["follow_ups_stopped: no_address", "contact_edited"]
    with practice.reading():
        assert practice.lead(grace).contact_key == known_as("tel:+12135550172")


def test_correcting_a_bounced_address_settles_the_problem_and_frees_the_new_one(
    practice: Practice, desk: Desk
) -> None:
    practice.outbox.failures = [Refused("550 5.1.2 no such domain", dead_address=True)]
    owen = practice.receives_inquiry("Owen F <owen@gmial.com>", "Hello.")
    practice.advance(minutes=1)

    desk.sends(f"/people/{owen}/contact", name="Owen F", email="owen@gmail.com")

    page = desk.opens(f"/people/{owen}")
    assert page.text(".slot-problems") == ""
    with practice.reading():
        assert Suppression.of("owen@gmail.com") is None
        assert Suppression.of("owen@gmial.com") is not None


def test_someone_new_is_on_today_and_gets_no_email(practice: Practice, desk: Desk) -> None:
    page = desk.does(
        "/people", name="Joan Arc", phone="213-555-0111", found_us="They called", note="Rang at noon."
    )
    practice.advance(days=10)

    assert page.heading == "Joan Arc"
    assert page.toast == "Joan is here now. No email goes out."
    assert page.texts("#story .line")[:2] == [
        "You added Joan Tue, March 10, 1:52 pm",
        "You noted 1:52 pm",
    ]
    assert page.text("#person .lead") == "You added them just now."
    assert practice.outbox.received == []
    with practice.reading():
        joan = practice.lead(1)
        assert joan.waiting_for is not None
        assert joan.phone == "+12135550111"


def test_someone_new_who_was_just_called_waits_for_nothing(practice: Practice, desk: Desk) -> None:
    page = desk.does("/people", name="Joan", email="joan@example.com", call="spoke")

    assert "You called, and you talked" in page.text("#story")
    with practice.reading():
        assert practice.lead(1).stage is Stage.CONTACTED
        assert practice.lead(1).waiting_for is None


def test_a_sequence_goes_to_someone_new_only_when_it_is_picked(practice: Practice, desk: Desk) -> None:
    options = desk.opens("/people/new").root.find("#sequence option")
    picked = next(each for each in options if "After a conversation" in each.text)

    page = desk.does("/people", name="Joan", email="joan@example.com", sequence=picked.attributes["value"])
    practice.advance(days=4)

    assert "is on its way" in page.toast
    assert practice.outbox.subjects_to("joan@example.com") == ["Whenever you’re ready"]


def test_someone_who_is_known_already_is_not_added_twice(grace: int, desk: Desk) -> None:
    answer = desk.sends("/people", name="Gracie", email="GRACE.KIM@example.com")
    page = read(answer)

    assert answer.status_code == 422
    assert page.attribute("main .notice a", "href") == f"/people/{grace}"
    assert page.attribute("#name", "value") == "Gracie"


def test_who_adds_someone_can_type_at_once_and_then_where_it_is_wrong(desk: Desk) -> None:
    assert desk.opens("/people/new").attribute("[autofocus]", "id") == "name"

    page = read(desk.sends("/people", name="Noor", email="noor@"))

    assert page.attribute("[autofocus]", "id") == "email"


def test_someone_new_needs_a_name_and_a_way_to_be_reached(desk: Desk) -> None:
    page = read(desk.sends("/people", name="", note="Rang at noon."))

    assert page.text("#name-error") == "What are they called? A first name is enough."
    assert page.text("#email-error") != ""
    assert page.text("#note") == "Rang at noon."


def test_one_email_is_reworded_for_one_person(practice: Practice, grace: int, desk: Desk) -> None:
    message = practice.open_message(grace)
    page = desk.opens(f"/messages/{message.id}/wording")
    assert page.heading == "Edit this email to Grace"
    assert page.text("#body").startswith("Hi {first name},")
    assert page.text("#preview .words").startswith("Hi Grace,")

    page = desk.does(
        f"/messages/{message.id}/wording",
        next=f"/people/{grace}",
        subject="Still here, Grace",
        preview="",
        body="Dear {first name}, only for you.",
    )
    practice.advance(days=4)

    assert page.text(".planned-item .subject") == "Still here, Grace"
    received = practice.outbox.to("grace.kim@example.com")[-1]
    assert received.subject == "Still here, Grace"
    assert "Dear Grace, only for you." in received.text
    with practice.reading():
        texts = db.session.scalars(EmailTemplate.in_use())
        assert not [text for text in texts if "only for you" in text.current.body]


def test_the_wording_can_be_read_before_it_is_saved(practice: Practice, grace: int, desk: Desk) -> None:
    message = practice.open_message(grace)

    answer = desk.sends(
        f"/messages/{message.id}/wording",
        show="preview",
        subject="Hello",
        preview="",
        body="Dear {first name},",
    )

    assert read(answer).text("#preview .words") == "Dear Grace,"
    assert practice.open_message(grace).body is None


def test_an_unknown_blank_is_named_at_its_field(practice: Practice, grace: int, desk: Desk) -> None:
    message = practice.open_message(grace)

    answer = desk.sends(
        f"/messages/{message.id}/wording", subject="Hello", preview="", body="Dear {nickname},"
    )

    assert answer.status_code == 422
    assert "nickname" in read(answer).text("#body-error")
    assert practice.open_message(grace).body is None


def test_an_email_that_has_left_cannot_be_reworded(practice: Practice, grace: int, desk: Desk) -> None:
    message = practice.open_message(grace)
    practice.advance(days=4)
    sent = next(each for each in practice.messages(grace) if each.id == message.id)
    assert sent.state is MessageState.SENT

    assert desk.gets(f"/messages/{message.id}/wording").status_code == 409
    answer = desk.sends(f"/messages/{message.id}/wording", subject="Late", preview="", body="Late")
    assert answer.status_code == 409


def test_a_letter_or_a_notice_has_no_wording_page(practice: Practice, grace: int, desk: Desk) -> None:
    practice.answers(grace, keep=False)
    letter = practice.open_message(grace)

    assert desk.gets(f"/messages/{letter.id}/wording").status_code == 404
    assert desk.gets("/messages/4711/wording").status_code == 404

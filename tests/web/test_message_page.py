"""An email's own page: its whole way, and what happens next with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import identity
from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import Message
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageKind
from tests.practice import RETRIES, Practice
from tests.web.desk import Desk

MAYA = "Maya Okafor <maya.o@example.com>"


def test_the_page_names_the_email_and_leads_back_to_the_person(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)

    page = desk.opens(f"/messages/{practice.open_message(maya).id}")

    assert page.heading == "I got your note"
    assert page.text(".lead") == "An email to Maya Okafor, and why it went, or didn’t."
    assert page.attribute(".back", "href") == f"/people/{maya}"


def test_what_was_sent_can_be_read_there(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    page = desk.opens(f"/messages/{practice.messages(maya)[0].id}")

    assert "Thank you for writing." in page.text("details .words")
    assert page.texts("#way .planned-item") == []


def test_an_email_that_nobody_has(desk: Desk) -> None:
    assert desk.gets("/messages/4711").status_code == 404


def test_a_letter_of_the_owners_says_that_he_wrote_it(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    practice.answers(maya)
    letter = next(each for each in practice.messages(maya) if each.kind is MessageKind.REPLY)

    lines = desk.opens(f"/messages/{letter.id}").texts("#way .line")

    assert lines[0].startswith("You wrote it.")
    assert lines[-1] == "It goes today at 2:52 pm."


def test_a_notice_is_to_the_owner(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    with practice.reading():
        notice = db.session.scalars(sa.select(Message).where(Message.kind == MessageKind.NOTICE)).one()

    page = desk.opens(f"/messages/{notice.id}")

    assert page.text(".lead") == "An email to you, and why it went, or didn’t."
    assert page.attribute(".back", "href") == "/follow-ups/why"
    assert page.texts("#way .line")[-1].startswith("The mail server accepted it")


def test_a_refusal_is_told_once(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures = [Refused("550 5.1.1 unknown user", dead_address=True)] * 2
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    lines = desk.opens(f"/messages/{practice.messages(maya)[0].id}").texts("#way .line")

    assert [line for line in lines if "nobody has this address" in line] == lines[-1:]


def test_a_text_that_cannot_be_filled_says_so(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    with practice.at_work():
        email = practice.lead(maya).messages[0]
        email.subject, email.body = "Hi", "Hi {nickname}"
    practice.advance(minutes=1)

    lines = desk.opens(f"/messages/{practice.messages(maya)[0].id}").texts("#way .line")

    assert lines[-1].startswith("It couldn’t be sent: something in its text can’t be filled in.")


def test_given_up_after_three_days(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    practice.outbox.failures = [TryLater("451 later", account_level=False)] * 60
    practice.advance(days=3 + RETRIES.keep_trying_for.days + 1)

    lines = desk.opens(f"/messages/{practice.messages(maya)[1].id}").texts("#way .line")

    assert "It was given up, because the mail server had put it off for too long." in lines[-1]


def test_an_uncertain_email_that_the_owner_settles(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures = [Unsure("the line dropped"), Unsure("the line dropped")]
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    email = practice.messages(maya)[0]

    before = desk.opens(f"/messages/{email.id}").texts("#way .line")
    desk.does(f"/messages/{email.id}/arrival")
    after = desk.opens(f"/messages/{email.id}").texts("#way .line")

    assert before[-1].startswith("We can’t tell if Maya got I got your note.")
    assert after[-1].startswith("You said that I got your note arrived")


def test_a_restored_backup_says_what_it_doubts(
    practice: Practice, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    maya = practice.receives_inquiry(MAYA)
    with practice.at_work():
        PracticeRow.current().restored_at = practice.now
        identity.confirm(tmp_path_factory.mktemp("beside"), practice.now)

    lines = desk.opens(f"/messages/{practice.messages(maya)[0].id}").texts("#way .line")

    doubt = "Nobody knows whether it went: it may have left before this backup was restored."
    assert any(line.startswith(doubt) for line in lines)


def test_the_page_costs_the_same_however_long_the_story(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    address = f"/messages/{practice.messages(maya)[0].id}"
    client.get(address)
    short = count_queries(lambda: client.get(address))

    for _ in range(12):
        practice.receives_inquiry(MAYA, "One more thing.")
        practice.advance(days=2)
    Desk(practice, client).opens(address)
    long = count_queries(lambda: client.get(address))

    assert long <= short

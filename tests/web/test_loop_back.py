"""Settings, Sending account: a test that goes out and comes back proves both ways."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Practice as PracticeRow
from tests.practice import OWNER_EMAIL, Practice
from tests.web.desk import Desk

PAGE = "/settings/sending"
MAILBOX = "hello@springstreet.example"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    with practice.at_work():
        PracticeRow.current().sender_address = MAILBOX
    return Desk(practice, client)


def test_a_test_goes_round_and_its_coming_back_is_told(practice: Practice, desk: Desk) -> None:
    practice.connects_the_mailbox()
    desk.does(f"{PAGE}/tests")
    practice.work()
    waiting = desk.opens(PAGE)

    practice.receives_mail(raw=practice.outbox.only_to(MAILBOX).mail.as_bytes())

    assert waiting.text("#outcome") == "The server took the test today at 1:52 pm. Now it has to come back."
    assert waiting.attribute("#sending", "hx-get") == PAGE
    told = "The test went out and came back today at 1:52 pm. What people answer will be seen."
    assert desk.opens(PAGE).text("#outcome") == told
    assert not practice.incoming()[0].for_tray


def test_a_test_that_does_not_come_back_is_told(practice: Practice, desk: Desk) -> None:
    practice.connects_the_mailbox()
    desk.does(f"{PAGE}/tests")

    practice.advance(minutes=6)

    told = "The test went out today at 1:52 pm and hasn’t come back to your mailbox. Answers may not be seen."
    assert desk.opens(PAGE).text("#outcome") == told


def test_without_a_mailbox_the_test_goes_to_who_is_signed_in(practice: Practice, desk: Desk) -> None:
    desk.does(f"{PAGE}/tests")
    practice.work()

    assert practice.outbox.subjects_to(OWNER_EMAIL) == ["[Test] It works"]
    assert "No mailbox is read, so you say yourself who has answered." in desk.opens(PAGE).all_text

"""Emails that were shifted, put off, skipped, stopped or held: the pages say why, in the right words."""

from __future__ import annotations

from datetime import time

import pytest
from flask.testing import FlaskClient

from crm.mail.transport import TryLater
from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.desk import Desk

MAYA = "Maya Okafor <maya.o@example.com>"
SHIFTED = "It was due March 28, which is outside your hours, so it was planned for March 30 at 8:30 am."
NEXT = (
    "Maya got I got your note on Tuesday. On Monday at 8:30 am they get Still here, if it’s useful, "
    "because you haven’t answered yet and they haven’t booked a call."
)


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


def way(desk: Desk, address: str) -> list[str]:
    """The lines of an email's page, each with its time at its end."""
    return desk.opens(address).texts("#way .line")


def whys(desk: Desk, lead_id: int) -> dict[str, str]:
    """What each "Why?" of a person's story stands beside, and where it leads."""
    items = desk.opens(f"/people/{lead_id}").root.find("#story li")
    links = [(item.find(".line")[0].text, item.find(".why")) for item in items if item.find(".line")]
    return {words: found[0].attributes["href"] for words, found in links if found}


def test_the_pages_say_why_each_of_four_emails_went_or_did_not(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=2)
    practice.outbox.failures = [TryLater("451 4.7.1 greylisted", account_level=False)]
    practice.advance(days=1, hours=1)
    desk.does(f"/messages/{practice.open_message(maya).id}/skip")
    practice.advance(days=2)
    practice.hears_back(maya)

    why = whys(desk, maya)

    assert [words.partition(" Read it")[0] for words in why] == [
        "I got your note went out by itself 1:52 pm",
        "Still here, if it’s useful went out by itself Fri, March 13, 1:57 pm",
        "You skipped About cost, plainly 2:52 pm",
        "Maya wrote back. Follow-ups stopped Sun, March 15, 2:52 pm",
    ]
    first, put_off, skipped, stopped = why.values()
    assert way(desk, first) == [
        "It was to go right away. Tue, March 10, 1:52 pm",
        "It was let go right away: it goes at any hour, and nothing stood against it. 1:52 pm",
        "The mail server accepted it (250 2.0.0 accepted). 1:52 pm",
    ]
    assert way(desk, put_off) == [
        "It was planned for Friday at 1:52 pm. Tue, March 10, 1:52 pm",
        "It was let go: nothing stood against it. Fri, March 13, 1:52 pm",
        "The mail server didn’t take it, so it is tried again (451 4.7.1 greylisted). 1:52 pm",
        "It was let go: nothing stood against it. 1:57 pm",
        "The mail server accepted it (250 2.0.0 accepted). 1:57 pm",
    ]
    assert way(desk, skipped) == [
        "It was planned for Wednesday at 1:57 pm. Fri, March 13, 1:57 pm",
        "It wasn’t sent, because you left it out. 2:52 pm",
    ]
    assert way(desk, stopped) == [
        f"{SHIFTED} Fri, March 13, 2:52 pm",
        "It wasn’t sent. Follow-ups stopped, because Maya wrote back. Sun, March 15, 2:52 pm",
    ]


def test_hours_that_closed_earlier_put_an_email_off_and_the_page_says_until_when(
    practice: Practice, desk: Desk
) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=2)
    with practice.at_work():
        PracticeRow.current().closes = time(13)
    practice.advance(days=1, hours=1)
    email = practice.open_message(maya)

    assert way(desk, f"/messages/{email.id}")[-2:] == [
        "It waits until Monday at 8:30 am, because it was outside your hours. Fri, March 13, 1:52 pm",
        NEXT,
    ]
    planned = desk.opens(f"/people/{maya}").texts(".why-then p")
    assert planned[0] == "It waits until Monday at 8:30 am, because it was outside your hours. Its whole way"


def test_an_answer_that_came_while_a_worker_had_the_email(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=2)
    practice.outbox.before_hand_over = lambda: practice.hears_back(maya)
    practice.advance(days=2)
    email = practice.messages(maya)[1]

    lines = way(desk, f"/messages/{email.id}")

    assert lines[-1] == "It wasn’t sent: Maya had replied yesterday. 1:52 pm"
    assert desk.opens("/follow-ups/why", what="replied").texts("tbody .small") == [
        "It wasn’t sent: Maya had replied yesterday."
    ]


def test_a_pause_stands_in_the_way_of_the_email_it_held(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=2)
    desk.does(f"/people/{maya}/pause")
    practice.advance(days=2)
    desk.does(f"/people/{maya}/resumption")
    practice.advance(days=2)

    lines = way(desk, f"/messages/{practice.messages(maya)[1].id}")

    assert lines == [
        "It was planned for Friday at 1:52 pm, and later for today at 8:30 am. Tue, March 10, 1:52 pm",
        "You paused the follow-ups Thu, March 12, 1:52 pm",
        "You let the follow-ups go on Sat, March 14, 1:52 pm",
        "It was let go: nothing stood against it. Mon, March 16, 8:30 am",
        "The mail server accepted it (250 2.0.0 accepted). 8:30 am",
    ]

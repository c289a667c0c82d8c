"""Today: who waits for the owner, what goes out, and what happened while he was away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import triage
from crm.flows.steering import pause
from crm.models import Account, Lead, Medium
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

ARTICLE = "You don’t go to therapy"
WORDS = "I read your piece and it put words to something.\n\nWork has been eating me."
DANGER = "Lately I’ve caught myself thinking everyone would be better off without me. I’m in Echo Park."


@pytest.fixture
def today(desk: Desk) -> Callable[..., Page]:
    """The page as Connor sees it: `today()`, or `today(person=3)`."""
    return lambda **query: desk.opens("/today", **query)


def maya_writes(practice: Practice) -> int:
    maya = "Maya Okafor <maya.o@example.com>"
    return practice.receives_inquiry(maya, WORDS, article=ARTICLE, phone="+12135550148")


def books(practice: Practice, lead_id: int, hours: float) -> None:
    with practice.at_work():
        lead, owner = practice.lead(lead_id), Account.owner()
        assert owner is not None
        triage.book(lead, practice.now + timedelta(hours=hours), Medium.PHONE, owner.id, practice.now)


def test_a_new_inquiry_stands_on_today_with_its_promise_and_whole_message(
    practice: Practice, today: Callable[..., Page]
) -> None:
    maya_writes(practice)
    practice.advance(hours=20)

    page = today()

    assert page.heading == "Good morning, Connor."
    assert "One person is waiting for you." in page.text("#sentence")
    assert page.text(".row-why") == "Reply by 1:52 pm today · New · from your article"
    assert page.text(".row-wait") == "20 h"
    assert page.text("#panel h2") == "Maya Okafor"
    assert "Work has been eating me." in page.text("#panel .inquiry")
    assert "after reading" in page.text("#panel .message-when")
    assert page.texts("#panel .ways a") == ["maya.o@example.com", "(213) 555-0148"]


def test_a_promise_that_has_passed_says_so(practice: Practice, today: Callable[..., Page]) -> None:
    maya_writes(practice)
    practice.advance(days=1, hours=2)

    assert today().text(".row-why .late") == "Promised by 1:52 this afternoon"


def test_read_first_comes_first_then_the_soonest_promise_then_who_waits_longest(
    practice: Practice, today: Callable[..., Page]
) -> None:
    practice.receives_inquiry("Hannah Brandt <hannah@example.com>")
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>")
    practice.advance(hours=1)
    practice.receives_inquiry("Daniel Reyes <daniel@example.com>")
    practice.answers(maya)
    practice.advance(minutes=5)
    practice.hears_back(maya)
    practice.receives_inquiry("Theo Lindqvist <theo@example.com>", DANGER)

    names = ["Theo Lindqvist Read first", "Hannah Brandt", "Daniel Reyes", "Maya Okafor"]
    assert today().texts(".row-name") == names


def test_someone_who_wrote_back_is_shown_with_what_they_wrote(
    practice: Practice, today: Callable[..., Page]
) -> None:
    priya = practice.receives_inquiry("Priya Raman <priya@example.com>", "Hello.")
    practice.answers(priya)
    practice.advance(hours=1)
    practice.hears_back(priya, "Thursday works for me, any time after four.")

    page = today()

    assert page.text(".row-why") == "Wrote back · Follow-ups have stopped"
    assert page.text(".row-words") == "Thursday works for me, any time after four."
    assert page.text("#panel .inquiry").startswith("Thursday works for me")
    assert "Hello." in page.text("#panel details")


def test_a_call_that_is_over_asks_how_it_went(practice: Practice, today: Callable[..., Page]) -> None:
    hannah = practice.receives_inquiry("Hannah Brandt <hannah@example.com>", "Hello.")
    books(practice, hannah, hours=2)
    assert not today().texts(".row")

    practice.advance(hours=21)
    page = today()

    assert page.text(".row-why") == "Your call was yesterday at 3:52 pm. How did it go?"
    assert page.text(".slot-waiting").startswith("1")
    offered = page.buttons("#panel .panel-actions")
    assert offered[:4] == ["We talked", "A client now", "On the waitlist", "They didn’t come"]
    assert "It was called off" in offered


def test_a_person_who_waits_and_whose_call_is_over_is_one_row(
    practice: Practice, today: Callable[..., Page]
) -> None:
    hannah = practice.receives_inquiry("Hannah Brandt <hannah@example.com>", "Hello.")
    books(practice, hannah, hours=2)
    practice.advance(hours=21)
    practice.hears_back(hannah)

    page = today()

    assert page.texts(".row-name") == ["Hannah Brandt"]
    assert page.text(".slot-waiting").startswith("1")


def test_who_is_to_be_read_first_is_never_shortened_into_a_row(
    practice: Practice, today: Callable[..., Page]
) -> None:
    practice.receives_inquiry("Theo Lindqvist <theo@example.com>", DANGER, phone="+12135550119")
    practice.advance(minutes=1)

    page = today()

    assert "Echo Park" not in page.text("#waiting")
    assert "Follow-ups wait until you’ve read it." in page.text(".row-why")
    assert page.texts("#panel mark")
    assert "wrong both ways" in page.text("#panel .notice")
    assert "Echo Park" in page.text("#panel .inquiry")
    assert page.text("#panel .panel-actions .go") == "Call Theo"
    assert "with 988 at the top" in page.text("#next")
    assert "What was done…" in page.texts("#panel .panel-actions a")
    assert "Let follow-ups continue" in page.texts("#next a")


def test_the_address_says_whom_the_panel_shows(practice: Practice, today: Callable[..., Page]) -> None:
    maya_writes(practice)
    practice.advance(minutes=5)
    daniel = practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "My wife suggested I write.")

    assert today().text("#panel h2") == "Maya Okafor"
    assert today(person=daniel).text("#panel h2") == "Daniel Reyes"
    assert today(person=daniel).text(".row[aria-current] .row-name") == "Daniel Reyes"
    assert today(person=999).text("#panel h2") == "Maya Okafor"
    assert today(person="7; drop").text("#panel h2") == "Maya Okafor"


def test_what_goes_out_today_can_be_held(practice: Practice, desk: Desk, today: Callable[..., Page]) -> None:
    maya = maya_writes(practice)
    practice.advance(days=2, hours=23)
    page = today()
    assert page.text("#going-out li") == "1:52 pm Maya Okafor Still here, if it’s useful Hold"
    assert "One email goes out today, to Maya at 1:52 pm." in page.text("#sentence")

    page = desk.does(f"/people/{maya}/pause", next="/today")

    assert page.texts("#going-out li") == []
    assert page.toast == "Nothing goes to Maya until you turn it back on."
    practice.advance(days=1)
    assert practice.outbox.subjects_to("maya.o@example.com") == ["I got your note"]


def test_the_next_call_is_in_the_sentence(practice: Practice, today: Callable[..., Page]) -> None:
    luis = practice.receives_inquiry("Luis Ortega <luis@example.com>")
    maya_writes(practice)
    books(practice, luis, hours=1.75)

    assert "Your next call is Luis, at 3:37 pm." in today().text("#sentence")


def test_whoever_is_put_off_is_back_when_the_time_comes(
    practice: Practice, desk: Desk, today: Callable[..., Page]
) -> None:
    maya = maya_writes(practice)

    desk.sends(f"/people/{maya}/snooze", until="tomorrow")

    assert "One person is put off until later." in today().text(".lead")
    practice.advance(hours=19)
    assert today().text(".row-name") == "Maya Okafor"


def test_words_of_strangers_are_shown_as_words(practice: Practice, desk: Desk) -> None:
    tag = "<script>alert(1)</script>"
    practice.receives_inquiry(f"{tag} <maya.o@example.com>", tag, page="javascript:alert(1)", article=tag)

    html = desk.gets("/today").text

    assert tag not in html
    assert "javascript:alert" not in html


def test_only_pages_of_our_own_site_become_links(practice: Practice, today: Callable[..., Page]) -> None:
    page = "https://springstreet.example/writing/1"
    practice.receives_inquiry("Maya <maya.o@example.com>", WORDS, article=ARTICLE, page=page)
    practice.receives_inquiry(
        "Evil <evil@example.com>", WORDS, article=ARTICLE, page="https://springstreet.example.evil.test/"
    )

    assert today(person=1).attribute(".message-when a", "href") == page
    assert today(person=2).texts(".message-when a") == []


def test_today_costs_the_same_with_three_people_and_with_thirty(
    practice: Practice, desk: Desk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def people_write(numbers: range) -> None:
        for number in numbers:
            person = practice.receives_inquiry(f"P{number} <p{number}@example.com>", "Hello.")
            if number % 3 == 0:
                practice.answers(person)
                practice.hears_back(person, f"Hello again, {number}.")
            elif number % 3 == 1:
                books(practice, person, hours=0.1 - number)
        practice.advance(hours=1)

    people_write(range(3))
    desk.gets("/today")
    few = count_queries(lambda: desk.gets("/today"))
    people_write(range(3, 30))
    desk.gets("/today")
    many = count_queries(lambda: desk.gets("/today"))

    assert many == few


def test_a_held_follow_up_is_not_said_to_go_out(practice: Practice, today: Callable[..., Page]) -> None:
    maya = maya_writes(practice)
    practice.advance(days=2, hours=23)
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        pause(db.session.get_one(Lead, maya), owner.id, practice.now)

    assert "No email goes out today." in today().text("#sentence")


def test_strangers_see_nothing_of_today(visitor: FlaskClient, practice: Practice) -> None:
    maya_writes(practice)

    for address in ("/today", "/today/waiting", "/today/news", "/today/spam", "/today/week"):
        answer = visitor.get(address)
        assert answer.status_code == 303
        assert "Maya" not in answer.text

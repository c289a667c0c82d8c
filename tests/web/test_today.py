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
from crm.rules.intake import Submission
from tests.practice import TUESDAY, Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

ARTICLE = "You don’t go to therapy"
WORDS = "I read your piece and it put words to something.\n\nWork has been eating me."
DANGER = "Lately I’ve caught myself thinking everyone would be better off without me. I’m in Echo Park."


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


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
    assert page.buttons("#panel .panel-actions")[:3] == [
        "We talked",
        "They didn’t come",
        "It was called off",
    ]


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
    assert "Not a concern" in page.buttons("#panel .panel-actions")
    assert "Let follow-ups continue" in page.buttons("#next")


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


def test_since_you_last_looked_tells_what_happened_by_itself(
    practice: Practice, today: Callable[..., Page]
) -> None:
    maya = maya_writes(practice)
    practice.answers(maya)
    today()
    practice.advance(hours=2)
    practice.hears_back(maya)
    practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")
    practice.advance(minutes=1)

    assert today().texts("#lately li") == [
        "3:52 pm Daniel wrote in and got “I got your note”.",
        "3:52 pm Maya wrote back. Their follow-ups stopped.",
    ]


def test_looking_again_within_ten_minutes_moves_no_mark(
    practice: Practice, today: Callable[..., Page]
) -> None:
    today()
    practice.advance(hours=1)
    maya_writes(practice)

    today()
    practice.advance(minutes=9)
    today()
    practice.advance(minutes=9)
    assert len(today().texts("#lately li")) == 1

    practice.advance(minutes=11)
    assert today().texts("#lately li") == []


def test_the_refresh_each_minute_is_no_look(
    practice: Practice, desk: Desk, today: Callable[..., Page]
) -> None:
    maya_writes(practice)
    today()
    practice.advance(hours=1)
    practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")

    for _ in range(30):
        practice.advance(minutes=1)
        desk.gets("/today/waiting", {"HX-Request": "true"})

    assert len(today().texts("#lately li")) == 1


def test_the_refresh_keeps_the_person_he_has_chosen_since(practice: Practice, desk: Desk) -> None:
    maya_writes(practice)
    daniel = practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")
    here = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/today?person={daniel}"}

    lists = desk.opens("/today/waiting", here)

    assert lists.text(".row[aria-current] .row-name") == "Daniel Reyes"


def test_news_is_told_and_not_pushed_under_his_hand(practice: Practice, desk: Desk) -> None:
    maya_writes(practice)
    practice.advance(minutes=1)
    news = desk.opens("/today").attribute("#news", "hx-get")
    assert desk.opens(news).all_text == ""

    practice.advance(seconds=1)
    practice.receives_inquiry("Daniel Reyes <daniel@example.com>", "Hello.")
    practice.receives_inquiry("Buy Now <spam@example.com>", "x", honeypot="x")

    assert desk.opens(news).all_text == "1 new. Show it."


@pytest.mark.parametrize("after", ["", "yesterday", "2026-03-10T13:52:00", "9" * 400])
def test_news_since_no_instant_is_no_news(desk: Desk, after: str) -> None:
    assert desk.opens("/today/news", after=after).all_text == ""


def test_nobody_waiting_shows_the_window_and_what_is_next(
    practice: Practice, today: Callable[..., Page]
) -> None:
    luis = practice.receives_inquiry("Luis Ortega <luis@example.com>")
    books(practice, luis, hours=2)

    page = today()

    assert page.heading == "Nobody is waiting for you."
    assert "Everyone who wrote has heard from you. Your next call is Luis, at 3:52 pm." in page.text(".lead")
    assert page.texts(".slot-waiting") == ["", ""]


def test_a_new_practice_is_told_what_will_stand_here(today: Callable[..., Page]) -> None:
    assert "When someone sends your form" in today().text(".lead")


def test_whoever_is_put_off_is_back_when_the_time_comes(
    practice: Practice, desk: Desk, today: Callable[..., Page]
) -> None:
    maya = maya_writes(practice)

    desk.sends(f"/people/{maya}/snooze", until="tomorrow")

    assert "One person is put off until later." in today().text(".lead")
    practice.advance(hours=19)
    assert today().text(".row-name") == "Maya Okafor"


def test_the_empty_page_comes_alive_when_someone_writes(practice: Practice, desk: Desk) -> None:
    quiet = desk.gets("/today/waiting", empty=1)
    maya_writes(practice)
    alive = desk.gets("/today/waiting", empty=1)
    lists = desk.gets("/today/waiting")

    assert (quiet.status_code, "HX-Refresh" in quiet.headers) == (204, False)
    assert alive.headers["HX-Refresh"] == "true"
    assert "Maya Okafor" in read(lists).text("#waiting")
    assert 'id="sentence" hx-swap-oob="true"' in lists.text


def test_what_looks_like_spam_is_one_line_until_he_decides(
    practice: Practice, desk: Desk, today: Callable[..., Page]
) -> None:
    real = practice.receives_inquiry("Rosa <rosa@example.com>", "Please call me.", honeypot="autofilled")
    junk = practice.receives_inquiry("Buy Now <junk@example.com>", "Cheap.", honeypot="x")
    page = today()
    assert page.heading == "Nobody is waiting for you."
    assert "Two look like spam. Nothing is sent to them." in page.all_text

    screener = desk.opens("/today/spam")
    assert "a field that people can’t see" in screener.text("article")
    desk.does(f"/people/{real}/freedom", came_from="/today/spam")
    desk.does(f"/people/{junk}/spam", came_from="/today/spam")
    practice.advance(minutes=1)

    assert "Nothing looks like spam." in desk.opens("/today/spam").all_text
    assert today().texts(".row-name") == ["Rosa"]
    assert practice.outbox.subjects_to("rosa@example.com") == ["I got your note"]
    assert practice.outbox.to("junk@example.com") == []


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
                books(practice, person, hours=0.1)
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


def test_the_week_tells_what_happened(practice: Practice, desk: Desk) -> None:
    maya_writes(practice)
    practice.advance(days=3, hours=1)

    page = desk.opens("/today/week")

    assert page.texts(".lines li") == [
        "1:52 pm Maya got “Still here, if it’s useful”.",
        "Tue Maya wrote in and got “I got your note”.",
    ]
    assert practice.now > TUESDAY


def test_what_i_can_do_now_is_his_own_list(practice: Practice, desk: Desk) -> None:
    theo = practice.submits(Submission(name="Theo", email="theo@example.com", message=DANGER, nonce="n"))
    assert "Ask plainly" in desk.gets(f"/people/{theo}/danger").text

    with practice.at_work():
        from crm.models import Practice as Settings  # noqa: PLC0415

        Settings.current().crisis_checklist = "Call June on her mobile."

    assert "Call June on her mobile." in desk.gets(f"/people/{theo}/danger").text


def test_strangers_see_nothing_of_today(visitor: FlaskClient, practice: Practice) -> None:
    maya_writes(practice)

    for address in ("/today", "/today/waiting", "/today/news", "/today/spam", "/today/week"):
        answer = visitor.get(address)
        assert answer.status_code == 303
        assert "Maya" not in answer.text

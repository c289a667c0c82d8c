"""What Today tells besides who waits: what happened meanwhile, news, spam, and the quiet page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm.models import Practice as Settings
from crm.rules.intake import Submission
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read
from tests.web.test_today import DANGER, books, maya_writes


@pytest.fixture
def today(desk: Desk) -> Callable[..., Page]:
    """The page as Connor sees it: `today()`, or `today(person=3)`."""
    return lambda **query: desk.opens("/today", **query)


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


def test_the_week_tells_what_happened(practice: Practice, desk: Desk) -> None:
    maya_writes(practice)
    practice.advance(days=3, hours=1)

    page = desk.opens("/today/week")

    assert page.texts(".lines li") == [
        "1:52 pm Maya got “Still here, if it’s useful”.",
        "Tue Maya wrote in and got “I got your note”.",
    ]


def test_what_i_can_do_now_is_his_own_list(practice: Practice, desk: Desk) -> None:
    theo = practice.submits(Submission(name="Theo", email="theo@example.com", message=DANGER, nonce="n"))
    assert "Ask plainly" in desk.gets(f"/people/{theo}/danger").text

    with practice.at_work():
        Settings.current().crisis_checklist = "Call June on her mobile."

    assert "Call June on her mobile." in desk.gets(f"/people/{theo}/danger").text

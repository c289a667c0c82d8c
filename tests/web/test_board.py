"""The board: who is where, what is now, next or was, and moving people along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import steering, triage
from crm.mail.transport import Refused, Unsure
from crm.models import Account, Lead, Medium
from crm.models import Practice as PracticeRow
from crm.rules.stages import CloseReason, Stage
from crm.web import board as board_page
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

MAYA = "Maya Okafor <maya.o@example.com>"


def by_hand(practice: Practice, act: Callable[..., object], lead_id: int, *more: object) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        act(practice.lead(lead_id), *more, owner.id, practice.now)


def names(page: Page, stage: str) -> list[str]:
    """The people of one column, from the top."""
    (column,) = [
        section for section in page.root.find("section.column") if section.attributes["data-stage"] == stage
    ]
    return [card.text for card in column.find("h3")]


def tense(page: Page, name: str) -> str:
    """The one line about this person."""
    (card,) = [card for card in page.root.find(".person-card") if card.find("h3")[0].text == name]
    return card.find(".tense")[0].text


def test_a_card_says_who_their_words_and_what_is_now(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA, "I read your piece and it put words to something.")
    practice.advance(hours=20)

    page = desk.opens("/people")

    assert page.heading == "People"
    assert page.text("#people-head .lead").startswith("One person is somewhere on the way.")
    assert names(page, "new") == ["Maya Okafor"]
    assert page.text(".person-card .row-words") == "I read your piece and it put words to something."
    assert tense(page, "Maya Okafor") == "Reply by 1:52 pm today"


def test_every_column_says_what_it_holds_and_an_empty_one_that_nobody_is_there(desk: Desk) -> None:
    page = desk.opens("/people")

    assert page.texts(".column-head h2") == [
        "New",
        "Contacted",
        "Consult booked",
        "Consult done",
        "Client",
        "Elsewhere",
    ]
    assert page.texts(".column-empty") == ["Nobody here."] * 5
    assert page.texts(".elsewhere b") == ["Waitlisted", "Referred out", "Closed", "Spam"]


def test_the_line_tells_what_comes_next(practice: Practice, desk: Desk) -> None:
    grace = practice.receives_inquiry("Grace Kim <grace@example.com>", "Hello.")
    practice.answers(grace)
    luis = practice.receives_inquiry("Luis Ortega <luis@example.com>", "Hello.")
    by_hand(practice, triage.book, luis, practice.now + timedelta(hours=2), Medium.PHONE)
    paul = practice.receives_inquiry("Paul Ng <paul@example.com>", "Hello.")
    practice.answers(paul)
    by_hand(practice, steering.pause, paul)

    page = desk.opens("/people")

    assert tense(page, "Grace Kim") == "Email Fri 1:52 pm"
    assert tense(page, "Luis Ortega") == "Today, 3:52 pm, phone"
    assert tense(page, "Paul Ng") == "Follow-ups paused"


def test_the_line_tells_what_was(practice: Practice, desk: Desk) -> None:
    ruth = practice.receives_inquiry("Ruth Calloway <ruth@example.com>", "Hello.")
    by_hand(practice, triage.move, ruth, Stage.CLIENT)
    peter = practice.receives_inquiry("Peter Nguyen <peter@example.com>", "Hello.")
    by_hand(practice, triage.move, peter, Stage.CONSULT_DONE)
    practice.advance(days=2)

    page = desk.opens("/people")

    assert tense(page, "Ruth Calloway") == "Since Tuesday"
    assert tense(page, "Peter Nguyen") == "Thinking it over since Tuesday"


def test_trouble_and_words_of_danger_come_before_everything(practice: Practice, desk: Desk) -> None:
    practice.outbox.failures = [Refused("550 5.1.2 no such domain", dead_address=True)]
    practice.receives_inquiry("Owen F <owen@gmial.com>", "Hello.")
    practice.advance(minutes=1)
    practice.outbox.failures = [Unsure("timed out after the text")]
    practice.receives_inquiry("Lena B <lena@example.com>", "Hello.")
    practice.advance(minutes=1)
    practice.receives_inquiry("Theo L <theo@example.com>", "I don’t want to be alive some nights.")

    page = desk.opens("/people")

    assert names(page, "new") == ["Theo L", "Owen F", "Lena B"]
    assert tense(page, "Theo L") == "Read first"
    assert tense(page, "Owen F") == "Email bounced"
    assert tense(page, "Lena B") == "Did an email arrive?"
    assert "alive" not in page.text("#board")


def test_a_column_is_sorted_by_tense(practice: Practice, desk: Desk) -> None:
    was = practice.receives_inquiry("Wanda <wanda@example.com>", "Hello.")
    practice.answers(was, keep=False)
    soon = practice.receives_inquiry("Nora <nora@example.com>", "Hello.")
    practice.answers(soon)
    now = practice.receives_inquiry("Priya <priya@example.com>", "Hello.")
    practice.answers(now)
    practice.advance(minutes=5)
    practice.hears_back(now, "Thursday works for me.")
    practice.advance(minutes=35)

    page = desk.opens("/people")

    assert names(page, "contacted") == ["Priya", "Nora", "Wanda"]
    assert tense(page, "Priya") == "Wrote back 35 min ago"
    assert tense(page, "Wanda") == "You answered today"
    assert page.texts(".row-words")[0] == "Thursday works for me."


def test_a_call_nobody_has_told_of_asks_how_it_went(practice: Practice, desk: Desk) -> None:
    hannah = practice.receives_inquiry("Hannah Brandt <hannah@example.com>", "Hello.")
    by_hand(practice, triage.book, hannah, practice.now + timedelta(hours=2), Medium.PHONE)
    practice.advance(hours=3)
    assert tense(desk.opens("/people"), "Hannah Brandt") == "How did the call go?"

    practice.advance(days=2)
    assert tense(desk.opens("/people"), "Hannah Brandt") == "How did Tuesday go?"


def test_while_everything_is_held_no_card_promises_a_time(practice: Practice, desk: Desk) -> None:
    grace = practice.receives_inquiry("Grace Kim <grace@example.com>", "Hello.")
    practice.answers(grace)
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)

    assert tense(desk.opens("/people"), "Grace Kim") == "Email once you resume"


def test_someone_put_off_says_when_they_are_back(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA, "Hello.")
    by_hand(practice, triage.snooze, maya, practice.now + timedelta(days=1))

    assert tense(desk.opens("/people"), "Maya Okafor") == "Back Wed 1:52 pm"


def test_clients_of_long_ago_and_suspected_spam_are_not_on_the_board(practice: Practice, desk: Desk) -> None:
    ruth = practice.receives_inquiry("Ruth Calloway <ruth@example.com>", "Hello.")
    by_hand(practice, triage.move, ruth, Stage.CLIENT)
    practice.advance(days=61)
    practice.receives_inquiry("Best SEO <seo@example.net>", "Buy", honeypot="yes")

    page = desk.opens("/people")

    assert names(page, "client") == []
    assert names(page, "new") == []
    assert page.texts(".elsewhere a")[3] == "Spam1 to check"


def test_those_who_left_are_counted_by_month(practice: Practice, desk: Desk) -> None:
    for at, name in enumerate(("Tom", "Tim")):
        tom = practice.receives_inquiry(f"{name} <tom{at}@example.com>", "Hello.")
        by_hand(practice, triage.close, tom, CloseReason.NOT_A_FIT)

    assert desk.opens("/people").texts(".elsewhere a")[2] == "Closed2 this month"


def test_the_menu_moves_without_scripts_and_says_what_stopped(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA, "Hello.")
    page = desk.opens("/people")
    assert page.buttons(".person-card") == ["Contacted", "Consult done", "Client", "Waitlisted", "Spam"]
    assert page.texts(".person-card .menu-list a") == ["Consult booked", "Refer out…", "Close…"]

    page = desk.does(f"/people/{maya}/stage", "/people", stage="client")

    assert page.heading == "People"
    assert page.toast == "Maya is in Client. Their follow-ups stopped."
    assert names(page, "client") == ["Maya Okafor"]


def test_a_move_can_be_taken_back_from_the_board(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA, "Hello.")
    undo = desk.does(f"/people/{maya}/stage", "/people", stage="client").undo

    page = desk.does(undo, "/people")

    assert names(page, "new") == ["Maya Okafor"]


def quiet_people(practice: Practice, count: int) -> None:
    """People who are new and for whom nothing is to be done."""
    for number in range(count):
        quiet = practice.receives_inquiry(f"Quiet {number} <quiet{number}@example.com>", "Hello.")
        with practice.at_work():
            practice.lead(quiet).stop_waiting()


def test_a_full_column_shows_the_pressing_ones_and_more_where_asked(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "CARDS", 2)
    practice.receives_inquiry("Anna <anna@example.com>", "Hello.")
    quiet_people(practice, 4)

    page = desk.opens("/people")
    more = page.attribute(".column-more a", "href")
    then = desk.opens(more)

    assert names(page, "new")[0] == "Anna"
    assert len(names(page, "new")) == 2
    assert page.texts(".column-more") == ["Show more"]
    assert page.texts(".column .number") == ["0", "0", "0", "0"]
    assert len(names(then, "new")) == 4
    assert then.attribute("section.current", "data-stage") == "new"


def test_a_column_too_long_for_the_board_leads_to_the_list(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "CARDS", 2)
    monkeypatch.setattr(board_page, "CARDS_AT_MOST", 3)
    quiet_people(practice, 5)

    page = desk.opens("/people", column="new", cards=1_000_000)

    assert len(names(page, "new")) == 3
    assert page.texts(".column-more") == ["See everybody in the list"]
    assert page.attribute(".column-more a", "href") == "/people?view=list&stage=new"


def test_nobody_counts_further_than_a_few_hundred(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "COUNTED", 3)
    quiet_people(practice, 5)

    page = desk.opens("/people")

    assert page.text(".column .number") == "3+"
    assert page.text("#people-head .lead").startswith("More than 3 people are somewhere on the way.")


def test_who_has_waited_longest_is_on_the_board_behind_whatever_crowd(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "CARDS", 3)
    practice.receives_inquiry("Theo <theo@example.com>", "I don’t want to be alive some nights.")
    hannah = practice.receives_inquiry("Hannah <hannah@example.com>", "Hello.")
    by_hand(practice, triage.book, hannah, practice.now + timedelta(hours=2), Medium.PHONE)
    practice.outbox.failures = [Refused("550 5.1.2 no such domain", dead_address=True)] * 2
    practice.receives_inquiry("Owen <owen@gmial.com>", "Hello.")
    practice.advance(hours=3)
    quiet_people(practice, 6)

    page = desk.opens("/people")

    assert names(page, "new")[:2] == ["Theo", "Owen"]
    assert tense(page, "Hannah") == "How did the call go?"


def test_a_name_is_only_ever_words_in_the_menu(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Eve <eve@example.com>", "Hello.", name='"><script>/people/0/{name}')

    page = desk.opens("/people")

    assert page.root.find(".person-card script") == []
    (card,) = page.root.find(".person-card")
    assert card.find("summary")[0].attributes["aria-label"] == 'Move "><script>/people/0/{name}'


def test_on_a_phone_one_stage_shows_at_a_time(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA, "Hello.")

    page = desk.opens("/people", column="contacted")

    assert page.texts(".tabs [aria-current]") == ["Contacted 0"]
    assert page.attribute("section.current", "data-stage") == "contacted"
    assert page.texts("nav.tabs a")[:5] == ["New 1", "Contacted 0", "Booked 0", "Done 0", "Client 0"]


def test_thirty_people_cost_no_more_queries_than_three(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def arrive(number: int) -> None:
        lead = practice.receives_inquiry(f"Person {number} <p{number}@example.com>", f"Words {number}")
        if number % 2:
            practice.answers(lead)
        if number % 3 == 0:
            practice.hears_back(lead)

    for number in range(3):
        arrive(number)
    client.get("/people")
    three = count_queries(lambda: client.get("/people"))
    for number in range(3, 30):
        arrive(number)
    client.get("/people")

    assert count_queries(lambda: client.get("/people")) == three
    assert three <= 25
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(Lead.id))) == 30

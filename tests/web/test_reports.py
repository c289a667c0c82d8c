"""Reports: how it's going, in findings that a therapist can check against their own memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from crm.db import db
from crm.flows import consent, triage
from crm.models import Booking, CallResult, EventKind, Medium, Outcome
from crm.rules.findings import how_long
from crm.rules.stages import CloseReason, Stage
from tests.practice import Practice
from tests.web.desk import Desk


def writes(practice: Practice, name: str, **more: object) -> int:
    return practice.receives_inquiry(f"{name} <{name.lower()}@example.org>", f"A note of {name}’s.", **more)


def agrees_and_talks(practice: Practice, lead_id: int) -> None:
    with practice.at_work():
        triage.book(practice.lead(lead_id), practice.now + timedelta(days=1), Medium.PHONE, 1, practice.now)
    practice.advance(days=1, minutes=30)
    with practice.at_work():
        call = db.session.get_one(Booking, practice.lead(lead_id).bookings[-1].id)
        triage.settle_call(call, Outcome.HELD, 1, practice.now)


def rows(page_text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page_text.removeprefix("\ufeff"))))


def test_before_anyone_has_written_there_is_a_sentence_and_no_chart(desk: Desk) -> None:
    page = desk.opens("/reports")

    assert page.heading == "How it’s going"
    assert "In the last 90 days nobody wrote to you." in page.all_text
    assert page.root.find("svg.chart") == []


def test_fewer_than_five_people_are_a_list(practice: Practice, desk: Desk) -> None:
    maya = writes(practice, "Maya")
    practice.advance(minutes=40)
    practice.logs_call(maya, CallResult.SPOKE)
    writes(practice, "Noor")

    page = desk.opens("/reports")

    assert "Maya after 40 minutes" in page.all_text
    assert "Noor not yet" in page.all_text
    assert "15 min" not in page.all_text


def test_the_automatic_email_is_no_answer(practice: Practice, desk: Desk) -> None:
    writes(practice, "Maya")
    practice.advance(days=4)

    page = desk.opens("/reports")

    assert "Nobody has heard from you yet" in page.all_text
    assert "Heard back from you 1 still waiting" in page.all_text


def test_one_dot_is_one_person_and_late_ones_stand_apart(practice: Practice, desk: Desk) -> None:
    people = [writes(practice, name) for name in ("Ann", "Ben", "Cleo", "Dan", "Eve", "Fay")]
    practice.advance(minutes=10)
    for lead_id in people[:5]:
        practice.answers(lead_id)
    practice.advance(days=3)
    practice.answers(people[5])
    practice.advance(minutes=1)

    page = desk.opens("/reports")

    assert "You kept your promise to 5 of 6 people" in page.all_text
    assert len(page.root.find("circle.f-accent")) == 5
    assert len(page.root.find("circle.f-bad")) == 1
    assert page.attribute("svg.chart", "aria-label").startswith("5: 15 min; 1: longer.")
    assert "Who waited longer Fay 3 business days" in page.all_text


def test_the_way_from_a_note_to_a_client_is_counted(practice: Practice, desk: Desk) -> None:
    maya = writes(practice, "Maya", found_us="An article on this site")
    writes(practice, "Noor", found_us="A search")
    agrees_and_talks(practice, maya)
    with practice.at_work():
        triage.move(practice.lead(maya), Stage.CLIENT, 1, practice.now)

    page = desk.opens("/reports")

    assert page.texts(".bars .bar") == ["2", "1", "1", "1", "1"]
    assert "About one in two becomes a client" in page.all_text
    assert "Your article brought the most clients" in page.all_text


def test_an_email_is_credited_with_what_people_did_before_the_next(practice: Practice, desk: Desk) -> None:
    maya, noor = writes(practice, "Maya"), writes(practice, "Noor")
    practice.advance(hours=1)
    practice.hears_back(maya)
    practice.advance(days=4)
    practice.hears_back(noor)

    page = desk.opens("/reports")

    assert "I got your note 2 50%" in page.all_text
    assert "Still here, if it’s useful 1 100%" in page.all_text


def test_suspected_spam_is_nobody(practice: Practice, desk: Desk) -> None:
    writes(practice, "Robot", honeypot="https://ranks.example")

    assert "nobody wrote to you" in desk.opens("/reports").all_text


def test_the_period_is_in_the_address(practice: Practice, desk: Desk) -> None:
    writes(practice, "Maya")
    practice.advance(days=40)

    assert "In the last 30 days nobody wrote" in desk.opens("/reports?period=30").all_text
    assert "This year 1 person wrote to you" in desk.opens("/reports?period=year").all_text
    assert "In the last 90 days 1 person wrote" in desk.opens("/reports?period=soon").all_text


def test_the_table_opens_in_a_spreadsheet_that_runs_nothing(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("x <x@example.org>", "", name="=HYPERLINK(1)", found_us="+A search")

    answer = desk.gets("/reports.csv?period=30")

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=people-30.csv"
    assert rows(answer.text)[1][:3] == ["'=HYPERLINK(1)", "2026-03-10 13:52", "'+A search"]


def test_the_page_costs_the_same_with_three_and_with_thirty_people(
    practice: Practice, desk: Desk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for number in range(3):
        practice.answers(writes(practice, f"A{number}"))
    practice.advance(minutes=1)
    few = count_queries(lambda: desk.opens("/reports"))
    for number in range(27):
        practice.answers(writes(practice, f"B{number}"))
    practice.advance(minutes=1)

    assert count_queries(lambda: desk.opens("/reports")) == few


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 minute"), (25, "25 minutes"), (60, "1 hour"), (163, "2 hours 40 minutes"),
     (11 * 60 + 17, "11 hours"), (3 * 8 * 60 + 60, "3 business days")],
)  # fmt: skip
def test_a_span_is_said_as_anybody_would(minutes: int, words: str) -> None:
    assert how_long(timedelta(minutes=minutes), timedelta(hours=8)) == words


def test_who_writes_in_the_night_does_not_wait_before_the_morning(practice: Practice, desk: Desk) -> None:
    practice.advance(hours=8)
    maya = writes(practice, "Maya")
    practice.advance(hours=11)
    practice.logs_call(maya, CallResult.SPOKE)

    assert "Maya after 22 minutes" in desk.opens("/reports").all_text


def test_a_call_that_they_booked_themselves_is_no_answer(practice: Practice, desk: Desk) -> None:
    maya = writes(practice, "Maya")
    with practice.at_work():
        practice.lead(maya).record(EventKind.CALL_BOOKED, practice.now)

    assert "Maya not yet" in desk.opens("/reports").all_text


def test_every_number_opens_the_list_of_its_people(practice: Practice, desk: Desk) -> None:
    maya, noor = writes(practice, "Maya", found_us="A search"), writes(practice, "Noor")
    writes(practice, "Ida")
    practice.advance(minutes=1)
    agrees_and_talks(practice, maya)
    practice.hears_back(noor)
    page = desk.opens("/reports")

    links = [
        link.attributes["href"]
        for link in page.root.find(".report a")
        if "/reports/people" in link.attributes["href"]
    ]
    lists = {(opened := desk.opens(link)).heading: opened.texts(".who a") for link in links}

    assert lists["Wrote to you"] == ["Maya", "Noor", "Ida"]
    assert lists["Heard back from you"] == lists["Had the call"] == ["Maya"]
    assert lists["Still waiting to hear from you"] == ["Ida"]
    assert lists["Became clients"] == []
    assert lists["Found you through: A search"] == ["Maya"]
    assert lists["Got “I got your note”"] == ["Maya", "Noor", "Ida"]
    assert lists["Wrote back after “I got your note”"] == ["Noor"]


def test_the_list_behind_a_number_is_as_long_as_it(practice: Practice, desk: Desk) -> None:
    people = {
        name: writes(practice, name, found_us="A search", client_key=name)
        for name in ("Maya", "Noor", "Ida", "Theo", "Uma", "Vera")
    }
    practice.advance(minutes=1)
    for name in ("Maya", "Theo", "Uma"):
        agrees_and_talks(practice, people[name])
    with practice.at_work():
        triage.move(practice.lead(people["Maya"]), Stage.CLIENT, 1, practice.now)
        triage.move(practice.lead(people["Noor"]), Stage.REFERRED_OUT, 1, practice.now)
        triage.close(practice.lead(people["Ida"]), CloseReason.OTHER, 1, practice.now)
        triage.book(
            practice.lead(people["Theo"]), practice.now + timedelta(days=1), Medium.PHONE, 1, practice.now
        )
        consent.unsubscribe(practice.lead(people["Vera"]), practice.now)
    page = desk.opens("/reports")
    links = [each for each in page.root.find(".report a") if "/reports/people" in each.attributes["href"]]

    told = [(each.text, desk.opens(each.attributes["href"])) for each in links]

    for number, listed in told:
        if number[:1].isdigit() and "%" not in number:
            assert len(listed.texts(".who a")) == int(number.split()[0]), listed.heading
    lists = {listed.heading: listed.texts(".who a") for _, listed in told}
    assert lists["Became clients through: A search"] == ["Maya"]
    assert lists["Referred out"] == ["Noor"]
    assert lists["Not now"] == ["Ida"]
    assert lists["Have a call to come"] == ["Theo"]
    assert lists["Had the call, and are deciding"] == ["Uma"]
    assert lists["Unsubscribed"] == ["Vera"]
    assert lists["Booked a call or wrote back after “I got your note”"] == ["Maya", "Theo", "Uma"]


def test_the_list_behind_a_dot_holds_who_waited_so_long(practice: Practice, desk: Desk) -> None:
    people = [writes(practice, name) for name in ("Ann", "Ben", "Cleo", "Dan", "Eve")]
    practice.advance(minutes=10)
    for lead_id in people:
        practice.answers(lead_id)
    practice.advance(minutes=1)

    assert desk.opens("/reports/people?within=15+min").texts(".who a") == ["Ann", "Ben", "Cleo", "Dan", "Eve"]
    assert desk.opens("/reports/people?within=longer").texts(".who a") == []


def test_every_number_of_the_sentences_opens_its_list(practice: Practice, desk: Desk) -> None:
    people = [writes(practice, name, client_key=name) for name in ("Ann", "Ben", "Cleo", "Dan", "Eve", "Fay")]
    for lead_id in people[:4]:
        practice.advance(minutes=10)
        practice.answers(lead_id)
    practice.advance(days=9)
    practice.answers(people[4])
    practice.advance(minutes=1)
    with practice.at_work():
        triage.move(practice.lead(people[1]), Stage.CLIENT, 1, practice.now)
        triage.move(practice.lead(people[5]), Stage.CLIENT, 1, practice.now)
    page = desk.opens("/reports")

    links = [*page.root.find(".lead a"), *page.root.find("h2 a")]
    opened = {each.text: desk.opens(each.attributes["href"]).texts(".who a") for each in links}

    assert "In the last 90 days 6 people wrote to you. You answered half of them within" in page.all_text
    assert opened == {
        "6 people": ["Ann", "Ben", "Cleo", "Dan", "Eve", "Fay"],
        "half of them": ["Ann", "Ben", "Cleo"],
        "2 became clients": ["Ben", "Fay"],
        "4": ["Ann", "Ben", "Cleo", "Dan"],
        "5 people": ["Ann", "Ben", "Cleo", "Dan", "Eve"],
        "one in three": ["Ben", "Fay"],
    }

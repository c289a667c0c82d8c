"""Sent: what went out to people, word for word, newest first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.web import sent
from tests.practice import Practice
from tests.web.desk import Desk

MAYA = "Maya Okafor <maya.o@example.com>"


def test_nothing_sent_yet_says_so(desk: Desk) -> None:
    assert desk.opens("/follow-ups/sent").text(".empty") == "Nothing has gone out yet."


def test_the_newest_comes_first_with_its_exact_words(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=2)
    practice.answers(maya, "Would Thursday at ten suit you?")
    practice.advance(minutes=5)

    page = desk.opens("/follow-ups/sent")

    assert page.texts("tbody .subject") == ["Your note", "I got your note"]
    assert page.texts("tbody td.small") == ["written by Connor", "by itself"]
    assert "Would Thursday at ten suit you?" in page.texts("tbody .words")[0]


def test_what_was_sent_keeps_its_words_when_the_template_changes(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    words = desk.opens("/follow-ups/sent").text("tbody .words")

    desk.does("/follow-ups/emails/1", subject="Something else", body="Hi.", seen="1")

    page = desk.opens("/follow-ups/sent")
    assert page.text("tbody .subject") == "I got your note"
    assert page.text("tbody .words") == words


def test_notices_to_the_owner_are_not_among_them(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA, "Everyone would be better off without me.")
    practice.advance(minutes=1)

    assert desk.opens("/follow-ups/sent").texts("tbody .who") == ["Maya Okafor"]


def test_older_pages_neither_skip_nor_repeat(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "PAGE", 3)
    for n in range(8):
        practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
    practice.advance(minutes=1)

    seen: list[str] = []
    address = "/follow-ups/sent"
    while address:
        page = desk.opens(address)
        seen += page.texts("tbody .who")
        older = [a for a in page.root.find(".actions a") if a.text == "Older"]
        address = older[0].attributes["href"] if older else ""

    assert sorted(seen) == [f"Person {n}" for n in range(8)]


def test_a_name_finds_what_one_person_got(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry(MAYA)
    practice.receives_inquiry("Sam 100% <sam@example.org>")
    practice.advance(minutes=1)

    assert desk.opens("/follow-ups/sent", q="okaf").texts("tbody .who") == ["Maya Okafor"]
    assert desk.opens("/follow-ups/sent", q="100%").texts("tbody .who") == ["Sam 100%"]
    assert (
        desk.opens("/follow-ups/sent", q="Zoe").text(".empty") == "Nothing went out to anyone of that name."
    )


@pytest.mark.parametrize("before", ["x", "1-", "-1", "1e99-1", "nan-1", "inf-2"])
def test_an_address_that_makes_no_sense_begins_with_the_newest(
    practice: Practice, desk: Desk, before: str
) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)

    assert desk.opens("/follow-ups/sent", before=before).texts("tbody .who") == ["Maya Okafor"]


def test_the_page_costs_the_same_for_three_people_and_for_thirty(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        practice.advance(minutes=1)
        client.get("/follow-ups/sent")

    fill(0, 3)
    few = count_queries(lambda: client.get("/follow-ups/sent"))
    fill(3, 30)
    many = count_queries(lambda: client.get("/follow-ups/sent"))

    assert many == few

"""Bringing in a list of people from a spreadsheet: nobody is written to, and all of it can be taken back."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows import importing
from crm.models import Lead, SearchEntry
from crm.rules.stages import Stage
from tests.listeners import heard, listens
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

LIST = (
    "Name,Email,Phone,Source,Notes\n"
    "Maya Okafor,maya@example.org,(213) 555-0148,A colleague,Evenings only\n"
    "Noor,,213-555-0149,,\n"
    "Nobody,,,,\n"
    "Typo,typo@nowhere,,,\n"
    "Maya again,MAYA@example.org,,,\n"
)


def brings(desk: Desk, text: str = LIST, **said: str) -> str:
    """The address of the list, read by the columns that were guessed."""
    shown = desk.does("/people/imports", rows=text)
    address = shown.attribute("form.card", "action").removesuffix("/columns")
    chosen = {each.attributes["name"]: value_of(each) for each in shown.root.find("select")}
    desk.does(f"{address}/columns", "", **chosen | {"has_headings": "y", "stage": "waitlisted"} | said)
    return address


def value_of(select: object) -> str:
    options = select.find("option")  # type: ignore[attr-defined]
    return str(next((each.attributes["value"] for each in options if "selected" in each.attributes), ""))


def works(practice: Practice) -> None:
    """What the worker does."""
    with practice.app.app_context():
        while True:
            with transaction():
                if not importing.go_on(practice.now):
                    return


def everybody(practice: Practice) -> list[str]:
    with practice.reading():
        return list(db.session.scalars(sa.select(Lead.name).order_by(Lead.id)))


def test_before_anyone_is_added_it_says_what_would_happen(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Noor <noor@example.org>")
    page = desk.opens(brings(desk, LIST + "Noor,noor@example.org,,,\n"))

    assert "Two people would be added, as Waitlisted." in page.all_text
    assert "Two people are here already and stay as they are." in page.all_text
    assert "Two rows can’t be used." in page.all_text
    assert "Row 4, Nobody neither an email address nor a phone number" in page.all_text
    assert "“typo@nowhere” can’t be reached" in page.all_text
    assert everybody(practice) == ["Noor"]


def test_a_worker_adds_them_and_nobody_is_written_to_or_waits(practice: Practice, desk: Desk) -> None:
    address = brings(desk)
    desk.does(f"{address}/addition")

    works(practice)
    practice.advance(days=30)

    assert everybody(practice) == ["Maya Okafor", "Noor"]
    assert practice.outbox.received == []
    assert desk.opens("/today").heading == "Nobody is waiting for you."
    assert "Two people were added." in desk.opens(address).all_text
    with practice.reading():
        maya = db.session.scalars(sa.select(Lead).where(Lead.contact_key == "maya@example.org")).one()
        assert (maya.phone, maya.stage, maya.found_us) == ("+12135550148", Stage.WAITLISTED, "A colleague")


def test_someone_of_a_list_is_found_and_their_page_tells_where_they_come_from(
    practice: Practice, desk: Desk
) -> None:
    desk.does(f"{brings(desk)}/addition")
    works(practice)

    found = desk.opens("/people/find", q="Okafor")
    story = desk.opens("/people/1").text("#story")

    assert "Maya Okafor" in found.all_text
    assert "You brought Maya in with the list “The rows you pasted”" in story
    assert "Evenings only" in story


def test_adding_twice_adds_once(practice: Practice, desk: Desk) -> None:
    address = brings(desk)
    desk.does(f"{address}/addition")
    works(practice)

    again = desk.sends(f"{address}/addition")

    assert again.status_code == 409
    assert len(everybody(practice)) == 2


def test_a_worker_that_died_goes_on_where_it_was(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    many = "Name,Email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(7))
    desk.does(f"{brings(desk, many)}/addition")
    with practice.at_work():
        importing.go_on(practice.now)

    with pytest.raises(KeyboardInterrupt):
        dies_at_work(practice)
    works(practice)

    assert everybody(practice) == [f"P{n}" for n in range(7)]


def dies_at_work(practice: Practice) -> None:
    with practice.at_work():
        importing.go_on(practice.now)
        raise KeyboardInterrupt


def test_taking_it_back_leaves_nothing_behind_but_those_he_has_had_to_do_with(
    practice: Practice, desk: Desk
) -> None:
    address = brings(desk)
    desk.does(f"{address}/addition")
    works(practice)
    practice.advance(minutes=1)
    desk.does("/people/2/notes", words="She called me.")

    desk.does(f"{address}/removal")
    works(practice)

    assert everybody(practice) == ["Noor"]
    assert "One person stayed, because you have had to do with them since." in desk.opens(address).all_text
    with practice.reading():
        assert set(db.session.scalars(sa.select(SearchEntry.lead_id))) == {2}


def test_a_program_that_is_told_of_stages_keeps_nobody_from_being_taken_out(
    practice: Practice, desk: Desk
) -> None:
    listens(practice)
    address = brings(desk)
    desk.does(f"{address}/addition")
    works(practice)
    told = heard(practice)

    desk.does(f"{address}/removal")
    works(practice)

    assert told == []
    assert everybody(practice) == []


def test_who_was_here_before_is_not_taken_out_with_the_list(practice: Practice, desk: Desk) -> None:
    practice.receives_inquiry("Maya <maya@example.org>")
    address = brings(desk)
    desk.does(f"{address}/addition")
    works(practice)

    desk.does(f"{address}/removal")
    works(practice)

    assert everybody(practice) == ["Maya"]


def test_columns_that_make_no_list_are_told(desk: Desk) -> None:
    shown = desk.does("/people/imports", rows=LIST)
    address = shown.attribute("form.card", "action")

    nothing = read(desk.sends(address, stage="contacted"), 422)
    twice = read(desk.sends(address, **{"column-0": "email", "column-1": "email", "stage": "contacted"}), 422)

    assert "one of them is needed" in nothing.text(".notice")
    assert "Two columns can’t both hold “Email”." in twice.text(".notice")


def test_a_large_file_is_taken_and_one_of_excel_is_told(desk: Desk) -> None:
    large = "Email,Note\n" + "".join(f"p{n}@example.org,{'x' * 60}\n" for n in range(5_000))

    taken = uploads(desk, large.encode(), "clients.csv")
    refused = uploads(desk, b"PK\x03\x04", "clients.xlsx", 422)

    assert taken.heading == "What do the columns hold?"
    assert "Save it as CSV" in refused.text(".error")


def uploads(desk: Desk, raw: bytes, name: str, status: int = 303) -> Page:
    answer = desk.sends("/people/imports", None, file=(io.BytesIO(raw), name))
    assert answer.status_code == status
    return desk.opens(answer.location) if status == 303 else read(answer, status)


def test_a_list_can_be_forgotten_before_anyone_is_added(desk: Desk) -> None:
    page = desk.does(f"{brings(desk)}/oblivion")

    assert page.toast == "The list is gone."
    assert page.texts(".lines a") == []


def test_ten_thousand_pasted_rows_are_taken_and_counted(practice: Practice, desk: Desk) -> None:
    rows = (f"Person {n},p{n}@example.org,,A search,Evenings only, please\n" for n in range(10_000))

    page = desk.opens(brings(desk, "Name,Email,Phone,Source,Notes\n" + "".join(rows)))

    assert "10,000 people would be added, as Waitlisted." in page.all_text
    assert len(page.root.find("tbody tr")) == 8

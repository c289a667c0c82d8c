"""Tags on people and whose they are: on their page, in the list, for many, and in a file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest

from crm.flows import triage
from crm.models import Account, Medium
from crm.rules.tags import TAGS_OF_A_PERSON
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.many import told, undo_of
from tests.web.reading import Page, read

LIST = "/people?view=list"


@pytest.fixture
def maya(practice: Practice) -> int:
    return practice.receives_inquiry("Maya Okafor <maya@example.com>", "Hello.")


@pytest.fixture
def dana(practice: Practice) -> int:
    """A second clinician."""
    with practice.at_work() as session:
        dana = Account.create("dana@example.com", "Dana", "another long password", practice.now)
        session.flush()
        return dana.id


def tags(page: Page) -> list[str]:
    return page.texts("#marks .tag")


def tag_address(page: Page) -> str:
    """Where its small cross takes a tag off."""
    return page.attribute("#marks .tag form", "action")


def test_a_tag_is_put_on_and_taken_off_and_both_can_be_undone(desk: Desk, maya: int) -> None:
    page = desk.does(f"/people/{maya}/tags", tag="  Evenings   only ")
    assert page.toast == "Maya has the tag “Evenings only”."
    assert tags(page) == ["Evenings only"]

    page = desk.does(tag_address(page))
    assert page.toast == "“Evenings only” is off Maya."
    assert tags(page) == []

    assert tags(desk.does(page.undo, f"/people/{maya}")) == ["Evenings only"]


@pytest.mark.parametrize("again", ["anxiety", "ANXIETY", "ＡＮＸＩＥＴＹ", " #Anxiety "])
def test_one_name_is_one_tag_however_it_is_written(
    practice: Practice, desk: Desk, maya: int, again: str
) -> None:
    desk.does(f"/people/{maya}/tags", tag="Anxiety")
    ruth = practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")

    page = desk.does(f"/people/{ruth}/tags", tag=again)

    assert tags(page) == ["Anxiety"]
    assert len(desk.opens(LIST).root.find("#tag option")) == 2


def test_a_tag_that_is_there_already_is_no_second_one(desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/tags", tag="Anxiety")

    page = desk.does(f"/people/{maya}/tags", tag="anxiety")

    assert tags(page) == ["Anxiety"]


@pytest.mark.parametrize("typed", ["", "  ", "#", "x" * 41])
def test_what_is_no_tag_changes_nothing_and_is_said(desk: Desk, maya: int, typed: str) -> None:
    page = desk.does(f"/people/{maya}/tags", tag=typed)

    assert page.toast == "Write a tag of at most 40 letters first. Nothing was changed."
    assert tags(page) == []


def test_nobody_has_more_tags_than_can_be_read(desk: Desk, maya: int) -> None:
    for number in range(TAGS_OF_A_PERSON):
        desk.does(f"/people/{maya}/tags", tag=f"Tag {number}")

    page = desk.does(f"/people/{maya}/tags", tag="One more")

    assert page.toast.startswith("A person can have 20 tags")
    assert len(tags(page)) == TAGS_OF_A_PERSON


def test_the_list_shows_tags_and_filters_by_one(practice: Practice, desk: Desk, maya: int) -> None:
    practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")
    desk.does(f"/people/{maya}/tags", tag="Evenings")
    desk.does(f"/people/{maya}/tags", tag="Anxiety")

    page = desk.opens(LIST)
    (_, first, _) = [option.attributes["value"] for option in page.root.find("#tag option")]
    found = desk.opens(f"{LIST}&tag={first}")

    assert page.texts(".row-tags li") == ["Anxiety", "Evenings"]
    assert found.texts("td.who a") == ["Maya Okafor"]


def test_a_card_on_the_board_shows_the_tags(desk: Desk, maya: int) -> None:
    desk.does(f"/people/{maya}/tags", tag="Evenings")

    assert desk.opens("/people").texts(".person-card .row-tags li") == ["Evenings"]


def test_a_tag_taken_back_touches_nothing_else_of_the_person(
    practice: Practice, desk: Desk, maya: int
) -> None:
    undo = desk.does(f"/people/{maya}/tags", tag="Evenings").undo
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        triage.book(
            practice.lead(maya), practice.now + timedelta(days=1), Medium.PHONE, owner.id, practice.now
        )

    page = desk.does(undo, f"/people/{maya}")

    assert tags(page) == []
    with practice.reading():
        assert practice.lead(maya).booking is not None


def test_many_are_tagged_untagged_and_it_is_undone_as_one(practice: Practice, desk: Desk, maya: int) -> None:
    ruth = practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")
    desk.does(f"/people/{maya}/tags", tag="Evenings")
    people = shown(desk, "tag", [maya, ruth])

    page = desk.does("/people/sweeps", act="tag", person=people, next=LIST, name="evenings", do="add")
    assert told(page) == "“Evenings” put on one person. Nothing was to be done for one person."
    off = desk.does("/people/sweeps", act="tag", person=people, next=LIST, name="evenings", do="remove")
    assert off.texts(".row-tags li") == []

    desk.does(undo_of(off))
    back = desk.does(undo_of(page))

    assert back.texts(".row-tags li") == ["Evenings"]
    assert tags(desk.opens(f"/people/{maya}")) == ["Evenings"]


def shown(desk: Desk, act: str, people: list[int]) -> list[str]:
    page = read(desk.sends("/people/sweeps/new", act=act, person=people, next=LIST))
    inputs = page.root.find("main input")
    return [each.attributes["value"] for each in inputs if each.attributes.get("name") == "person"]


def test_alone_in_a_practice_nobody_is_asked_whose_somebody_is(desk: Desk, maya: int) -> None:
    assert desk.opens(f"/people/{maya}").root.find("#account") == []
    assert desk.opens(LIST).root.find("#care") == []


def test_a_person_is_given_to_a_clinician_and_it_is_seen_and_found(
    practice: Practice, desk: Desk, maya: int, dana: int
) -> None:
    practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")

    page = desk.does(f"/people/{maya}/assignment", account=dana)

    assert page.toast == "Maya is with Dana now."
    assert "with Dana" in desk.opens(LIST).all_text
    assert desk.opens(f"{LIST}&with={dana}").texts("td.who a") == ["Maya Okafor"]
    assert desk.opens(f"{LIST}&with=nobody").texts("td.who a") == ["Ruth"]


def test_many_are_given_away_and_back_but_for_whom_somebody_else_took(
    practice: Practice, desk: Desk, maya: int, dana: int
) -> None:
    ruth = practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")
    people = shown(desk, "assign", [maya, ruth])
    undo = undo_of(desk.does("/people/sweeps", act="assign", person=people, next=LIST, account=dana))
    practice.advance(minutes=1)
    with practice.reading():
        owner = Account.owner()
        assert owner is not None
        me = owner.id
    desk.does(f"/people/{ruth}/assignment", account=me)

    page = desk.does(undo)

    assert page.toast == "Undone for one person. Changed since, so left as they are: Ruth."
    assert desk.opens(f"{LIST}&with={me}").texts("td.who a") == ["Ruth"]
    assert desk.opens(f"{LIST}&with=nobody").texts("td.who a") == ["Maya Okafor"]


def test_nobody_can_be_given_to_an_account_there_is_not(desk: Desk, maya: int) -> None:
    assert desk.sends(f"/people/{maya}/assignment", account=999).status_code == 404


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x", " =1", "'=1"]


def test_a_file_has_every_row_as_wide_as_the_others_and_no_live_formula(
    practice: Practice, desk: Desk
) -> None:
    for number, name in enumerate(HOSTILE):
        lead = practice.receives_inquiry(f"Eve <eve{number}@example.com>", "Hello.", phone="+12135550172")
        with practice.at_work():
            practice.lead(lead).name = name
            practice.lead(lead).found_us = 'Quotes ", commas,\nlines'

    answer = desk.sends("/people/sweeps/export", everyone="1", query="", next=LIST)
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))

    assert answer.headers["Content-Disposition"] == "attachment; filename=people-2026-03-10.csv"
    assert len(rows) == 1 + len(HOSTILE)
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[0][:3] == ["Name", "Email", "Phone"]
    assert all(row[0].startswith("'") for row in rows[1:])
    assert all(row[2] == "'+12135550172" for row in rows[1:])


def test_a_file_of_many_pages_misses_nobody(
    practice: Practice, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.flows.exporting.A_PAGE", 2)
    people = [practice.receives_inquiry(f"P{n} <p{n}@example.com>", "Hello.") for n in range(5)]
    desk.does(f"/people/{people[2]}/tags", tag="Evenings")

    answer = desk.sends("/people/sweeps/export", everyone="1", query="stage=new", next=LIST)
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))

    assert [row["Name"] for row in rows] == ["P4", "P3", "P2", "P1", "P0"]
    assert [row["Tags"] for row in rows] == ["", "", "Evenings", "", ""]


def test_only_those_chosen_are_in_the_file_and_the_page_before_names_them(
    practice: Practice, desk: Desk, maya: int
) -> None:
    practice.receives_inquiry("Ruth <ruth@example.com>", "Hello.")

    page = read(desk.sends("/people/sweeps/new", act="export", person=[maya], next=LIST))
    answer = desk.sends("/people/sweeps/export", person=shown(desk, "export", [maya]), next=LIST)

    assert page.heading == "Download a list of one person"
    assert page.texts(".people-names li") == ["Maya Okafor"]
    assert [row["Name"] for row in csv.DictReader(StringIO(answer.data.decode("utf-8-sig")))] == [
        "Maya Okafor"
    ]

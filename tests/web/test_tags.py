"""A tag changed for everybody: renamed, merged, deleted, and each taken back exactly."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page, read

TAGS = "/people/tags"
LIST = "/people?view=list"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    """Maya has Evenings and Anxiety, Ruth has Late, Tom has Evenings and Late."""
    desk = Desk(practice, client)
    for name, tags in (("Maya", ("Evenings", "Anxiety")), ("Ruth", ("Late",)), ("Tom", ("Evenings", "Late"))):
        lead = practice.receives_inquiry(f"{name} <{name}@example.com>", "Hello.")
        for tag in tags:
            desk.does(f"/people/{lead}/tags", tag=tag)
    return desk


def of_everyone(desk: Desk) -> dict[str, list[str]]:
    """Everybody's tags, as the list shows them."""
    rows = desk.opens(LIST).root.find(".roster td.who")
    return {row.find("a")[0].text: [tag.text for tag in row.find("li")] for row in rows}


def address(desk: Desk, name: str) -> str:
    """The page of a tag."""
    (row,) = [row for row in desk.opens(TAGS).root.find("tbody tr") if row.find("td")[0].text == name]
    return row.find(".do a")[0].attributes["href"]


def listed(page: Page) -> list[str]:
    return [f"{row.find('td')[0].text} {row.find('.num')[0].text}" for row in page.root.find("tbody tr")]


def test_the_tags_are_listed_with_how_many_people_have_them(desk: Desk) -> None:
    assert listed(desk.opens(TAGS)) == ["Anxiety 1", "Evenings 2", "Late 2"]


def test_a_tag_is_renamed_for_everybody_and_back(desk: Desk) -> None:
    before = of_everyone(desk)

    page = desk.does(f"{address(desk, 'Evenings')}/name", name="After six")
    assert page.toast == "It is called “After six” now."
    assert of_everyone(desk)["Tom"] == ["After six", "Late"]

    desk.does(page.undo)
    assert of_everyone(desk) == before


def test_a_tag_cannot_take_anothers_name(desk: Desk) -> None:
    page = read(desk.sends(f"{address(desk, 'Evenings')}/name", name="LATE"))

    assert page.texts(".error") == ["There is a tag of that name. Merge this one into it instead."]
    assert listed(desk.opens(TAGS)) == ["Anxiety 1", "Evenings 2", "Late 2"]


def test_its_own_name_may_be_written_another_way(desk: Desk) -> None:
    desk.does(f"{address(desk, 'Late')}/name", name="LATE")

    assert listed(desk.opens(TAGS)) == ["Anxiety 1", "Evenings 2", "LATE 2"]


def test_a_tag_is_merged_and_exactly_taken_back(desk: Desk) -> None:
    before = of_everyone(desk)
    evenings, late = address(desk, "Evenings"), address(desk, "Late")

    page = desk.does(f"{evenings}/merger", into=late.rpartition("/")[2])
    assert page.toast == "“Evenings” is “Late” now, for everybody who had it."
    assert of_everyone(desk) == {"Maya": ["Anxiety", "Late"], "Ruth": ["Late"], "Tom": ["Late"]}
    assert listed(page) == ["Anxiety 1", "Late 3"]

    desk.does(page.undo)
    assert of_everyone(desk) == before


def test_a_tag_is_not_merged_into_itself_or_nothing(desk: Desk) -> None:
    late = address(desk, "Late")

    assert desk.sends(f"{late}/merger", into=late.rpartition("/")[2]).status_code == 400
    assert desk.sends(f"{late}/merger", into=999).status_code == 404
    assert desk.sends(f"{late}/merger", into="x").status_code == 404


def test_a_deleted_tag_is_on_nobody_and_comes_back_on_everybody(desk: Desk) -> None:
    before = of_everyone(desk)
    evenings = address(desk, "Evenings")

    page = desk.does(f"{evenings}/removal")
    assert of_everyone(desk) == {"Maya": ["Anxiety"], "Ruth": ["Late"], "Tom": ["Late"]}
    assert desk.gets(evenings).status_code == 404

    desk.does(page.undo)
    assert of_everyone(desk) == before


def test_a_name_used_again_meanwhile_keeps_the_deleted_tag_away(practice: Practice, desk: Desk) -> None:
    page = desk.does(f"{address(desk, 'Late')}/removal")
    lead = practice.receives_inquiry("Uma <uma@example.com>", "Hello.")
    desk.does(f"/people/{lead}/tags", tag="late")

    refused = desk.does(page.undo)

    assert refused.toast == "Another tag has that name by now, so this can’t be taken back."
    assert of_everyone(desk)["Uma"] == ["late"]
    assert of_everyone(desk)["Ruth"] == []


def test_after_ten_minutes_a_change_stays(practice: Practice, desk: Desk) -> None:
    page = desk.does(f"{address(desk, 'Late')}/removal")
    undo = page.undo
    practice.advance(minutes=11)

    assert desk.does(undo).toast == "That can’t be taken back any more."
    assert of_everyone(desk)["Ruth"] == []

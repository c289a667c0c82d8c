"""Settings, Colleagues: added, changed, confirmed, archived, and each of it taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.models import Colleague
from crm.rules.roles import Role
from tests.at_rest import among, stolen
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.staff import Staff

PAGE = "/settings/colleagues"
NOOR = {
    "name": "Noor Aziz",
    "focus": "children and teenagers",
    "payers": "Blue Shield",
    "fees": "$160",
    "phone": "(213) 555-0142",
    "email": "noor@aziz.example",
    "site": "aziz.example",
    "notes": "Ring before nine.",
}


@pytest.fixture
def noor(practice: Practice, desk: Desk) -> int:
    desk.does(PAGE, **NOOR)
    return only(practice).id


def only(practice: Practice) -> Colleague:
    with practice.reading():
        return db.session.scalars(sa.select(Colleague)).one()


def nobody_is_there(practice: Practice) -> bool:
    with practice.reading():
        return db.session.scalar(sa.select(Colleague.id)) is None


def test_an_empty_directory_says_so(desk: Desk) -> None:
    page = desk.opens(PAGE)

    assert "Nobody is here yet." in page.all_text
    assert page.heading == "Settings"


def test_a_colleague_is_added_and_taken_back(practice: Practice, desk: Desk) -> None:
    page = desk.does(PAGE, **NOOR)

    assert page.toast == "Noor Aziz is in the directory."
    for told in NOOR.values():
        assert told in page.all_text
    assert "Openings never confirmed" in page.all_text
    desk.does(page.undo)
    assert nobody_is_there(practice)


def test_the_same_form_twice_is_one_colleague(practice: Practice, desk: Desk) -> None:
    nonce = desk.opens(PAGE).attribute("input#nonce", "value")

    desk.does(PAGE, **NOOR, nonce=nonce)
    desk.does(PAGE, **NOOR, nonce=nonce)

    assert only(practice).name == "Noor Aziz"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "Who is it?"),
        ({"name": "x" * 201}, "Keep it to 200 characters."),
        ({"email": "noor@aziz"}, "That address looks unfinished."),
        ({"phone": "12"}, "That number looks unfinished."),
        ({"site": "javascript:alert(1)"}, "That is no address of a page."),
        ({"site": "two words"}, "That is no address of a page."),
        ({"notes": "x" * 5_001}, "Keep it to 5,000 characters."),
    ],
)
def test_what_looks_wrong_is_said_and_what_was_typed_stays(
    practice: Practice, desk: Desk, fields: dict[str, str], error: str
) -> None:
    answer = desk.sends(PAGE, **NOOR | fields)

    assert answer.status_code == 422
    assert error in answer.text
    assert "children and teenagers" in answer.text
    assert nobody_is_there(practice)


def test_a_colleague_is_changed_and_that_taken_back(practice: Practice, desk: Desk, noor: int) -> None:
    page = desk.does(f"{PAGE}/{noor}", **NOOR | {"focus": "teenagers"})

    assert page.toast == "Noor Aziz is changed."
    assert only(practice).focus == "teenagers"
    desk.does(page.undo)
    assert only(practice).focus == "children and teenagers"


def test_openings_are_confirmed_with_one_press_and_grow_stale(
    practice: Practice, desk: Desk, noor: int
) -> None:
    page = desk.does(f"{PAGE}/{noor}/confirmation")

    assert page.toast == "Noor Aziz has openings, confirmed today."
    assert "Openings confirmed today" in page.all_text
    practice.advance(days=61)
    assert "Last confirmed March 10" in desk.opens(PAGE).all_text


def test_a_confirmation_is_taken_back(practice: Practice, desk: Desk, noor: int) -> None:
    page = desk.does(f"{PAGE}/{noor}/confirmation")

    desk.does(page.undo)

    assert only(practice).openings_at is None


def test_who_is_archived_is_named_no_more_and_comes_back(practice: Practice, desk: Desk, noor: int) -> None:
    page = desk.does(f"{PAGE}/{noor}/archival")

    assert "Noor Aziz" in page.text("#archived")
    assert "Noor Aziz" not in page.text("#directory")
    desk.does(page.undo)
    assert only(practice).archived_at is None
    desk.does(f"{PAGE}/{noor}/archival")
    page = desk.does(f"{PAGE}/{noor}/return")
    assert "Noor Aziz" in page.text("#directory")


def test_only_the_newest_change_is_taken_back(practice: Practice, desk: Desk, noor: int) -> None:
    first = desk.does(f"{PAGE}/{noor}", **NOOR | {"focus": "teenagers"})
    desk.does(f"{PAGE}/{noor}", **NOOR | {"focus": "couples"})

    page = desk.does(first.undo)

    assert page.toast == "Noor Aziz has been changed again since."
    assert only(practice).focus == "couples"
    desk.does(f"{PAGE}/{noor}/changes/2/undo")
    again = desk.does(f"{PAGE}/{noor}/changes/2/undo")
    assert again.toast == "Noor Aziz has been changed again since."
    assert only(practice).focus == "teenagers"


def test_the_notes_lie_sealed_before_and_after_a_change(practice: Practice, desk: Desk, noor: int) -> None:
    desk.does(f"{PAGE}/{noor}", **NOOR | {"notes": "Slow on email."})

    assert among(["Ring before nine.", "Slow on email."], stolen(practice)) == []


@pytest.mark.parametrize(
    ("role", "sees_notes"),
    [
        (Role.COORDINATOR, True),
        (Role.CLINICIAN, True),
        (Role.READ_ONLY, True),
        (Role.ASSISTANT, False),
    ],
)
def test_all_see_the_directory_and_the_assistant_no_notes(
    desk: Desk, noor: int, staff: Staff, role: Role, *, sees_notes: bool
) -> None:
    browser = staff.browser(role)

    page = browser.get(PAGE).text

    assert "Noor Aziz" in page
    assert ("Ring before nine." in page) is sees_notes
    assert ("Add a colleague" in page) is (role is Role.COORDINATOR)
    changed = browser.post(f"{PAGE}/{noor}", data=NOOR).status_code
    assert changed == (303 if role is Role.COORDINATOR else 403)

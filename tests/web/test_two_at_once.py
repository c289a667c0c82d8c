"""Two in the practice are about the same person: the second is told what changed, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.rules.roles import Role
from tests.practice import Practice
from tests.web.desk import DIALOG, Desk
from tests.web.reading import Page, read
from tests.web.staff import Staff

MAYA = "maya.o@example.com"


@pytest.fixture
def maya(practice: Practice) -> int:
    maya = practice.receives_inquiry(f"Maya Okafor <{MAYA}>", "Hello.", phone="+12135550148")
    practice.advance(minutes=5)
    return maya


@pytest.fixture
def june(staff: Staff) -> FlaskClient:
    return staff.browser(Role.COORDINATOR)


def hidden(page: Page, form: str) -> dict[str, Any]:
    """What the form says by itself."""
    inputs = page.root.find(f"{form} input")
    return {
        each.attributes["name"]: each.attributes["value"] or ""
        for each in inputs
        if each.attributes.get("type") == "hidden" and each.attributes["name"] != "csrf_token"
    }


def stage_of(practice: Practice, lead_id: int) -> str:
    with practice.reading():
        return str(practice.lead(lead_id).stage)


def moves(practice: Practice, june: FlaskClient, lead_id: int, stage: str = "consult_done") -> None:
    practice.advance(minutes=1)
    assert june.post(f"/people/{lead_id}/stage", data={"stage": stage}).status_code == 303
    practice.advance(minutes=1)


def test_a_move_from_a_page_of_before_moves_nobody_and_says_who_was_first(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen = hidden(desk.opens(f"/people/{maya}"), "#stages form")
    moves(practice, june, maya)

    page = desk.does(f"/people/{maya}/stage", stage="client", **seen)

    assert page.toast is not None
    assert page.toast.startswith("June moved Maya to Consult done today at ")
    assert page.toast.endswith("Here is how it looks now.")
    assert stage_of(practice, maya) == "consult_done"
    page = desk.does(f"/people/{maya}/stage", stage="client", **hidden(page, "#stages form"))
    assert page.toast == "Maya is in Client."


def test_a_card_of_a_board_of_before_moves_nobody(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen = hidden(desk.opens("/people"), "[data-move]")
    moves(practice, june, maya)

    page = desk.does(f"/people/{maya}/stage", "/people", stage="client", **seen)

    assert page.toast is not None
    assert "June moved Maya to Consult done" in page.toast
    assert stage_of(practice, maya) == "consult_done"


def test_a_letter_waits_while_a_colleague_has_written_and_keeps_every_word(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen = hidden(desk.opens(f"/people/{maya}"), ".composer")
    practice.advance(minutes=1)
    june.post(f"/people/{maya}/replies", data={"words": "June here.", "after": "nothing"})
    practice.advance(minutes=1)

    answer = desk.sends(f"/people/{maya}/replies", words="Would Thursday suit you?", **seen)
    page = read(answer, 409)

    assert answer.status_code == 409
    assert page.text(".composer .notice").startswith("June wrote to Maya today at ")
    assert page.text("#words") == "Would Thursday suit you?"
    practice.advance(minutes=1)
    assert practice.outbox.subjects_to(MAYA).count("Re: I got your note") == 1
    page = desk.does(f"/people/{maya}/replies", words="Would Thursday suit you?", **hidden(page, ".composer"))
    assert page.toast is not None
    assert page.toast.startswith("Sent to Maya.")


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("closure", {"reason": "not_a_fit"}),
        ("referral", {"wanted": "grief"}),
        ("booking", {"date": "2026-03-12", "time": "10:15", "medium": "phone"}),
    ],
)
def test_a_dialog_says_what_a_colleague_did_and_goes_through_at_the_second_press(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int, act: str, typed: dict[str, str]
) -> None:
    seen = hidden(desk.opens(f"/people/{maya}/{act}/new"), "form.form")
    moves(practice, june, maya)

    answer = desk.sends(f"/people/{maya}/{act}", DIALOG, **typed | seen)
    page = read(answer, 409)

    assert answer.status_code == 409
    assert page.text(".notice").startswith("June moved Maya to Consult done")
    assert stage_of(practice, maya) == "consult_done"
    again = desk.sends(f"/people/{maya}/{act}", **typed | hidden(page, "form.form"))
    assert again.status_code == 303
    assert stage_of(practice, maya) != "consult_done"


def test_ones_own_act_and_one_that_was_taken_back_stop_nobody(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen = hidden(desk.opens(f"/people/{maya}"), "#stages form")
    practice.advance(minutes=1)
    desk.does(f"/people/{maya}/stage", stage="contacted")
    moves(practice, june, maya)
    undo = read(june.get(f"/people/{maya}")).attribute(".toast form", "action")
    june.post(str(undo))
    practice.advance(minutes=1)

    page = desk.does(f"/people/{maya}/stage", stage="client", **seen)

    assert page.toast is not None
    assert page.toast.startswith("Maya is in Client.")


def while_june_corrects_the_number(
    practice: Practice, desk: Desk, june: FlaskClient, lead_id: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Connor's page, opened before, says by itself; and what stands in its fields."""
    seen = hidden(desk.opens(f"/people/{lead_id}/contact"), "#contact")
    was = {name.removeprefix("shown_"): value for name, value in seen.items()}
    practice.advance(minutes=1)
    june.post(f"/people/{lead_id}/contact", data=was | {"phone": "213 555 0199"})
    practice.advance(minutes=1)
    return seen, was


def test_two_correct_a_contact_and_both_corrections_stay(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen, was = while_june_corrects_the_number(practice, desk, june, maya)

    typed = was | {"name": "Maya Okafor-Lee"}
    page = desk.does(f"/people/{maya}/contact", **seen | typed)

    assert page.toast == "Maya’s name changed."
    with practice.reading():
        lead = practice.lead(maya)
        assert (lead.name, lead.phone) == ("Maya Okafor-Lee", "+12135550199")


def test_two_change_one_field_and_the_second_is_asked(
    practice: Practice, desk: Desk, june: FlaskClient, maya: int
) -> None:
    seen, was = while_june_corrects_the_number(practice, desk, june, maya)

    typed = was | {"phone": "213 555 0111"}
    answer = desk.sends(f"/people/{maya}/contact", **seen | typed)
    page = read(answer, 409)

    assert answer.status_code == 409
    assert page.text("#phone-error").startswith("June changed this to “(213) 555-0199” today at ")
    assert page.attribute("#phone", "value") == "213 555 0111"
    page = desk.does(f"/people/{maya}/contact", **hidden(page, "#contact") | typed)
    assert page.toast == "Maya’s phone number changed."

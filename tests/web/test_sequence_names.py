"""Making a sequence in the browser, and calling it something else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.models import EmailTemplate, Sequence
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

SEQUENCES = "/follow-ups/sequences"


@pytest.fixture
def text(practice: Practice) -> int:
    with practice.reading():
        return db.session.scalars(sa.select(EmailTemplate.id).where(EmailTemplate.key == "still_here")).one()


def makes(desk: Desk, text: int, **changed: object) -> Page:
    fields: dict[str, object] = {"name": "After a talk", "trigger": "by_hand", "email": text}
    return desk.does(SEQUENCES, "", **{"first": "later"} | fields | changed)


def test_a_new_sequence_begins_with_one_email_and_is_off(desk: Desk, text: int) -> None:
    page = makes(desk, text)

    assert page.heading == "After a talk"
    assert page.toast == "“After a talk” is there, and off. Add what follows, then turn it on."
    assert page.texts(".step h3") == ["Still here, if it’s useful"]
    assert page.attribute("#emails-0-count", "value") == "5"
    assert page.text(".switch") == "Off"


def test_its_first_email_can_go_right_away(desk: Desk, text: int) -> None:
    page = makes(desk, text, first="now")

    assert page.text(".steps .wait") == "Right away, at any hour"


def test_it_has_a_first_version_with_the_name_of_who_made_it(desk: Desk, text: int) -> None:
    makes(desk, text)
    with desk._practice.reading():
        made = db.session.scalars(sa.select(Sequence).where(Sequence.name == "After a talk")).one()

    page = desk.opens(f"{SEQUENCES}/{made.id}/versions")

    assert page.text("li p").endswith("Connor")


def test_one_that_starts_at_the_same_moment_as_another_says_so(desk: Desk, text: int) -> None:
    page = makes(desk, text, trigger="inquiry")

    assert page.text(".notice") == (
        "New inquiry starts at the same moment, and is on. "
        "Nobody comes into this one until you turn that off."
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "A sequence needs a name."),
        ({"name": "New inquiry"}, "There is a sequence of that name already."),
        ({"trigger": ""}, "Choose what starts it."),
        ({"name": "x" * 200}, "That is too long for a name."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(
    desk: Desk, text: int, changed: dict[str, str], said: str
) -> None:
    fields: dict[str, object] = {"name": "After a talk", "trigger": "by_hand", "email": text, "first": "now"}

    answer = desk.sends(SEQUENCES, **fields | changed)

    assert answer.status_code == 422
    assert said in Page(answer.text).texts(".error")
    assert len(desk.opens(SEQUENCES).texts("li h2")) == 4


def test_an_unknown_text_is_refused(desk: Desk, text: int) -> None:
    answer = desk.sends(SEQUENCES, name="After a talk", trigger="by_hand", email=text + 999, first="now")

    assert answer.status_code == 422


def test_a_sequence_is_renamed(desk: Desk) -> None:
    page = desk.does(f"{SEQUENCES}/1/name", name="  First   letters ")

    assert page.heading == "First letters"
    assert page.toast == "It is called “First letters” now."


def test_a_name_that_is_taken_is_refused(desk: Desk) -> None:
    answer = desk.sends(f"{SEQUENCES}/1/name", name="No-show")

    assert answer.status_code == 422
    assert "There is a sequence of that name already." in answer.text
    assert desk.opens(f"{SEQUENCES}/1").heading == "New inquiry"

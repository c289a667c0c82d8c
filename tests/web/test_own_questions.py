"""A form asks as many of the owner's own questions of one kind as he likes."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import FORM, MAYA, hidden, inquiries
from tests.web.reading import read
from tests.web.test_forms import sends
from tests.web.test_forms_editor import FIRST, labels, typed


def asks(desk: Desk, label: str) -> None:
    """The owner adds a question of his own, and saves."""
    drafted = read(desk.sends(f"{FIRST}/draft", **typed(desk.opens(FIRST)) | {"do": "add", "added": "short"}))
    last = len(labels(drafted)) - 1
    desk.does(FIRST, **typed(drafted) | {f"questions-{last}-label": label})


def test_a_second_question_of_his_own_of_one_kind_can_be_asked(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    for label in ("Who sent you?", "Where do you live?"):
        assert "Your own: a short answer" in desk.opens(FIRST).texts("#added option")
        asks(desk, label)

    sends(visitor, "/consultation", **MAYA, q1="Lena", q2="Echo Park")

    assert inquiries(practice)[0].more == {"Who sent you?": "Lena", "Where do you live?": "Echo Park"}


def test_an_answer_to_a_question_that_was_taken_out_never_stands_under_a_new_one(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    """From a page that somebody wrote into his site himself: it says nothing of its version."""
    asks(desk, "Who sent you?")
    page = desk.opens(FIRST)
    drafted = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": f"out-{len(labels(page))}"}))
    desk.does(FIRST, **typed(drafted))
    asks(desk, "Where do you live?")
    token = hidden(visitor.get(FORM).text, "token")

    visitor.post(FORM, data={"token": token, **MAYA, "q1": "Lena"})

    assert inquiries(practice)[0].more == {}

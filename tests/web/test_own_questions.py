"""A form asks as many of the owner's own questions of one kind as he likes."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.door import MAYA, inquiries
from tests.web.reading import read
from tests.web.test_forms import sends
from tests.web.test_forms_editor import FIRST, labels, typed


def test_a_second_question_of_his_own_of_one_kind_can_be_asked(
    practice: Practice, desk: Desk, visitor: FlaskClient
) -> None:
    for label in ("Who sent you?", "Where do you live?"):
        page = desk.opens(FIRST)
        assert "Your own: a short answer" in page.texts("#added option")
        drafted = read(desk.sends(f"{FIRST}/draft", **typed(page) | {"do": "add", "added": "short"}))
        last = len(labels(drafted)) - 1
        desk.does(FIRST, **typed(drafted) | {f"questions-{last}-label": label})

    sends(visitor, "/consultation", **MAYA, q1="Lena", q2="Echo Park")

    assert inquiries(practice)[0].more == {"Who sent you?": "Lena", "Where do you live?": "Echo Park"}

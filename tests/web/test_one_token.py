"""One page of the form, kept by somebody's cache and shown to many: each of their notes is stored."""

from __future__ import annotations

from functools import partial

from crm.rules.stages import Stage
from tests.at_once import at_once
from tests.practice import Practice
from tests.web.door import FORM, MAYA, Visitor, inquiries, people


def test_who_sends_one_page_at_the_same_moment_loses_nothing(practice: Practice) -> None:
    token = Visitor(practice.app.test_client()).token
    notes = [
        MAYA | {"email": f"maya{n}@example.org", "message": f"Note number {n}.", "token": token}
        for n in range(8)
    ]

    answers = at_once(*(partial(practice.app.test_client().post, FORM, data=note) for note in notes))

    assert [each.status_code for each in answers] == [303] * len(notes)
    assert {each.message for each in inquiries(practice)} == {note["message"] for note in notes}
    assert len({each.nonce for each in inquiries(practice)}) == len(notes)
    assert {each.stage for each in people(practice)} == {Stage.NEW}

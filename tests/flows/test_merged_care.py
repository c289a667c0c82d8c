"""With whom a person is, when two records become one and two again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.db import db
from crm.flows import marking
from crm.models import Account
from crm.rules.merging import Whose
from tests.flows.merged import all_rows, merge, part
from tests.practice import Practice


@pytest.mark.parametrize(
    ("theirs", "others", "chosen", "after"),
    [
        ("June", "Connor", Whose.OTHER, "Connor"),
        ("June", None, Whose.OTHER, None),
        (None, "June", Whose.KEPT, None),
        (None, "June", None, "June"),  # as usual: whoever has somebody
        ("June", None, None, "June"),
    ],
)
def test_in_whose_care_they_are_is_chosen_and_taken_apart_exactly(
    practice: Practice,
    theirs: str | None,
    others: str | None,
    chosen: Whose | None,
    after: str | None,
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    samuel = practice.receives_inquiry("Samuel Rivers <sam.rivers@example.net>")
    with practice.at_work():
        june = Account.create("june@springstreet.example", "June", "a long enough password", practice.now)
        db.session.flush()
        ids = {"June": june.id, "Connor": 1, None: None}
        marking.assign(sam, ids[theirs], 1, practice.now)
        marking.assign(samuel, ids[others], 1, practice.now)
    before = all_rows(practice)
    practice.at(practice.now + timedelta(minutes=1))

    merge_id = merge(practice, sam, samuel, **({"care": chosen} if chosen else {}))

    with practice.reading():
        assert marking.whose([sam]).get(sam) == after
    assert part(practice, merge_id)
    assert all_rows(practice) == before

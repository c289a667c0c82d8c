"""How a sequence was planned before, and going back to it with its effect in sight."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.models import EmailTemplate, Sequence
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.test_sequences import FOURTH, SECOND, changes, subjects, typed

MAYA = "Maya Okafor <maya.o@example.com>"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


@pytest.fixture
def address(practice: Practice) -> str:
    with practice.reading():
        found = db.session.scalars(sa.select(Sequence.id).where(Sequence.key == "new_inquiry")).one()
    return f"/follow-ups/sequences/{found}"


def test_what_it_came_with_is_the_first_version(desk: Desk, address: str) -> None:
    page = desk.opens(f"{address}/versions")

    assert page.texts("li h2") == ["Four emails over eighteen days."]
    assert page.text("li p").endswith("as it came")
    assert page.text(".tag") == "In use"
    assert f"After 3 days: “{SECOND}”" in page.texts("li li")


def test_every_save_is_a_version_that_says_who_changed_what(desk: Desk, address: str) -> None:
    desk.does(address, **typed(desk.opens(address), **{"emails-1-count": "6"}))
    desk.does(address, **typed(desk.opens(address), **{"emails-1-count": "6"}))

    page = desk.opens(f"{address}/versions")

    assert page.texts("li h2") == [
        "Changed the wait before email 2 from 3 days to 6.",
        "Four emails over eighteen days.",
    ]
    assert page.text("li p") == "Tue, March 10, 1:52 pm, Connor"


def test_an_earlier_version_is_restored_with_its_effect_in_sight(
    practice: Practice, desk: Desk, address: str
) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    out = typed(changes(desk, address, do="out-4"))
    desk.does(address, **out)

    draft = desk.opens(address, version=1)
    still = desk.opens(address)
    restored = desk.does(address, **typed(draft))

    assert draft.text(".notice p").startswith(
        f"You added “{FOURTH}” as email 4. The one person in it changes: 1 gets one more."
    )
    assert len(subjects(still)) == 3
    assert subjects(restored)[3] == FOURTH
    assert desk.opens(f"{address}/versions").texts("li h2")[0] == f"Added “{FOURTH}” as email 4."


def test_an_archived_email_of_an_earlier_version_is_left_out_and_said(
    practice: Practice, desk: Desk, address: str
) -> None:
    desk.does(address, **typed(changes(desk, address, do="out-4")))
    with practice.at_work():
        for template in db.session.scalars(EmailTemplate.in_use()):
            if template.name == FOURTH:
                template.archive(practice.now)

    page = desk.opens(address, version=1)

    assert page.text(".notice") == f"“{FOURTH}” is archived, and so left out here."
    assert len(subjects(page)) == 3


def test_a_version_that_is_not_there_is_a_404(desk: Desk, address: str) -> None:
    assert desk.gets(address, version=99).status_code == 404
    assert desk.gets("/follow-ups/sequences/99999/versions").status_code == 404

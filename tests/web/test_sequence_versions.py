"""How a sequence was planned before, and going back to it with its effect in sight."""

from __future__ import annotations

from crm.db import db
from crm.models import EmailTemplate
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.test_sequences import FOURTH, SECOND, changes, subjects, typed

MAYA = "Maya Okafor <maya.o@example.com>"


def test_what_it_came_with_is_the_first_version(desk: Desk, plan_at: str) -> None:
    page = desk.opens(f"{plan_at}/versions")

    assert page.texts("li h2") == ["Four emails over eighteen days."]
    assert page.text("li p").endswith("as it came")
    assert page.text(".tag") == "In use"
    assert f"After 3 days: “{SECOND}”" in page.texts("li li")


def test_every_save_is_a_version_that_says_who_changed_what(desk: Desk, plan_at: str) -> None:
    desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-1-count": "6"}))
    desk.does(plan_at, **typed(desk.opens(plan_at), **{"emails-1-count": "6"}))

    page = desk.opens(f"{plan_at}/versions")

    assert page.texts("li h2") == [
        "Changed the wait before email 2 from 3 days to 6.",
        "Four emails over eighteen days.",
    ]
    assert page.text("li p") == "Tue, March 10, 1:52 pm, Connor"


def test_an_earlier_version_is_restored_with_its_effect_in_sight(
    practice: Practice, desk: Desk, plan_at: str
) -> None:
    practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    out = typed(changes(desk, plan_at, do="out-4"))
    desk.does(plan_at, **out)

    draft = desk.opens(plan_at, version=1)
    still = desk.opens(plan_at)
    restored = desk.does(plan_at, **typed(draft))

    assert draft.text(".notice p").startswith(
        f"You added “{FOURTH}” as email 4. The one person in it changes: 1 gets one more."
    )
    assert len(subjects(still)) == 3
    assert subjects(restored)[3] == FOURTH
    assert desk.opens(f"{plan_at}/versions").texts("li h2")[0] == f"Added “{FOURTH}” as email 4."


def test_an_archived_email_of_an_earlier_version_is_left_out_and_said(
    practice: Practice, desk: Desk, plan_at: str
) -> None:
    desk.does(plan_at, **typed(changes(desk, plan_at, do="out-4")))
    with practice.at_work():
        for template in db.session.scalars(EmailTemplate.in_use()):
            if template.name == FOURTH:
                template.archive(practice.now)

    page = desk.opens(plan_at, version=1)

    assert page.text(".notice") == f"“{FOURTH}” is archived, and so left out here."
    assert len(subjects(page)) == 3


def test_a_version_that_is_not_there_is_a_404(desk: Desk, plan_at: str) -> None:
    assert desk.gets(plan_at, version=99).status_code == 404
    assert desk.gets("/follow-ups/sequences/99999/versions").status_code == 404

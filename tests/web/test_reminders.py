"""A reminder: what the owner means to do for someone, which brings them back to Today when it is time."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import transaction
from crm.models import Note, NoteKind
from tests.practice import Practice
from tests.web.desk import DIALOG, Desk
from tests.web.reading import read

CALL = "Call about the waitlist"


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote and was answered: she waits for nothing."""
    maya = practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "Hello.")
    practice.advance(minutes=1)
    practice.answers(maya)
    practice.advance(minutes=1)
    return maya


def reminds(desk: Desk, lead_id: int, **fields: object) -> str:
    asked = {"words": CALL, "moment": "tomorrow"} | fields
    return desk.does(f"/people/{lead_id}/reminder", "", **asked).toast


def test_someone_who_waits_for_nothing_is_back_on_today_when_the_reminder_is_due(
    practice: Practice, desk: Desk, maya: int
) -> None:
    toast = reminds(desk, maya)
    before = desk.opens("/today")

    practice.advance(days=1)
    today = desk.opens("/today")

    assert toast == "Maya is back on Today tomorrow at 8:30 am, with your reminder."
    assert before.heading == "Nobody is waiting for you."
    assert today.text(".row-why") == "You set a reminder · Contacted"
    assert today.text(".row-words") == CALL
    assert CALL in today.text("#panel #reminder")


def test_a_reminder_that_is_done_leaves_today_and_can_be_taken_back(
    practice: Practice, desk: Desk, maya: int
) -> None:
    reminds(desk, maya)
    practice.advance(days=1)

    done = desk.does(f"/people/{maya}/reminder/settlement")
    gone = desk.opens("/today").heading
    desk.does(done.undo)

    assert done.toast == "Your reminder for Maya is ticked off."
    assert gone == "Nobody is waiting for you."
    assert desk.opens("/today").text(".row-words") == CALL


def test_a_new_reminder_takes_the_place_of_the_one_before_until_it_is_taken_back(
    practice: Practice, desk: Desk, maya: int
) -> None:
    reminds(desk, maya)
    page = desk.does(f"/people/{maya}/reminder", words="Send the form", moment="monday")

    changed = desk.opens(f"/people/{maya}").text("#reminder .words")
    desk.does(page.undo)

    assert changed == "Send the form"
    assert desk.opens(f"/people/{maya}").text("#reminder .words") == CALL


def test_who_waits_can_be_off_today_until_then_and_is_back_when_they_write(
    practice: Practice, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", "Hello.")
    practice.advance(minutes=1)

    reminds(desk, sam, off="y")
    off = desk.opens("/today").heading
    practice.hears_back(sam, "Are you there?")

    assert off == "Nobody is waiting for you."
    assert desk.opens("/today").text(".row-why").startswith("Wrote back")


def test_the_story_keeps_what_was_meant_and_that_it_was_done(
    practice: Practice, desk: Desk, maya: int
) -> None:
    reminds(desk, maya)
    desk.does(f"/people/{maya}/reminder/settlement")

    story = desk.opens(f"/people/{maya}").text("#story")

    assert "You set a reminder for Wed, March 11, 8:30 am" in story
    assert CALL in story
    assert "You ticked off your reminder" in story


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"words": " "}, "Write a word or two, so that you know what it was."),
        ({"words": "x" * 201}, "At most 200 letters, please. A note holds more."),
        ({"moment": "", "day": "2026-03-09"}, "Choose a day to come."),
        ({"moment": "someday"}, "Choose a day to come."),
    ],
)
def test_a_reminder_that_cannot_be_set_says_why_and_keeps_what_was_typed(
    desk: Desk, maya: int, fields: dict[str, str], error: str
) -> None:
    sent = {"words": CALL, "moment": "tomorrow", **fields}

    page = read(desk.sends(f"/people/{maya}/reminder", DIALOG, **sent), 422)

    assert error in page.text(".error")
    assert page.attribute("#words", "value") == sent["words"].strip()


def test_a_day_counts_more_than_the_moment_that_is_chosen_already(
    practice: Practice, desk: Desk, maya: int
) -> None:
    assert "March 20" in reminds(desk, maya, day="2026-03-20")


def test_spam_never_comes_back_for_a_reminder(practice: Practice, desk: Desk, maya: int) -> None:
    reminds(desk, maya)
    desk.does(f"/people/{maya}/spam")

    practice.advance(days=1)

    assert desk.opens("/today").heading == "Nobody is waiting for you."


def test_one_person_has_one_reminder_at_a_time(practice: Practice, desk: Desk, maya: int) -> None:
    reminds(desk, maya)

    second = {"lead_id": maya, "kind": NoteKind.REMINDER, "text": "Another"}
    at = {"created_at": practice.now, "due_at": practice.now}
    with (
        practice.app.app_context(),
        transaction() as session,
        pytest.raises(sa.exc.IntegrityError),
        session.begin_nested(),
    ):
        session.add(Note(**second, **at))

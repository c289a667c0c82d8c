"""Follow-ups started for many, and others who act on the same people meanwhile."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Practice as PracticeRow
from crm.models import Sequence, Trigger
from tests.interruption import interrupted
from tests.practice import Practice, sign_in
from tests.web.desk import Desk
from tests.web.many import LIST, looks, running, sent_so_far, shown, stages, sweeps_them, told, undo_of
from tests.worker import takes_what_is_due


@pytest.fixture
def three(practice: Practice) -> list[int]:
    """Anna, Ben and Cleo, who have their first answer and follow-ups to come."""
    people = [practice.receives_inquiry(f"{name} {name}son <{name}@example.com>", "Hello.")
              for name in ("Anna", "Ben", "Cleo")]  # fmt: skip
    practice.advance(minutes=1)
    return people


def test_started_for_many_nothing_leaves_at_once_but_one_by_one(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    sent = sent_so_far(practice)
    sequence = by_hand_sequence(practice)

    page = sweeps_them(desk, "start", three, sequence=sequence)
    practice.advance(minutes=9)

    assert told(page).startswith("“We have a place” has begun for three people.")
    assert sent_so_far(practice) == sent
    practice.advance(minutes=4)
    assert sent_so_far(practice) == sent + 3
    first, second, third = [practice.messages(each)[-2].sent_at for each in three]
    assert first
    assert second
    assert third
    assert len({first, second, third}) == 3


def test_started_at_night_it_waits_for_the_hours(practice: Practice, desk: Desk, three: list[int]) -> None:
    practice.advance(hours=12)
    sent = sent_so_far(practice)

    sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))
    practice.advance(hours=4)

    assert sent_so_far(practice) == sent


def by_hand_sequence(practice: Practice) -> int:
    """One whose first email goes at once."""
    with practice.at_work() as session:
        asked = Sequence.for_trigger(Trigger.INQUIRY)
        assert asked is not None
        asked.name = "We have a place"
        session.flush()
        return asked.id


def test_who_can_get_no_follow_ups_is_left_out_and_named(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    with practice.at_work():
        practice.lead(three[2]).email = None

    page = sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))

    assert "Left out, because they can’t get follow-ups now: Cleo Cleoson." in told(page)


def test_starting_can_be_taken_back_before_anything_has_left(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    due = [practice.open_message(each).due_at for each in three]
    undo = undo_of(sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice)))
    practice.advance(minutes=9)

    page = desk.does(undo)

    assert page.toast == "Undone for three people."
    assert [practice.open_message(each).due_at for each in three] == due


def test_two_sweeps_over_the_same_people_never_write_over_one_another(
    practice: Practice, desk: Desk, client: FlaskClient, three: list[int]
) -> None:
    people = shown(looks(desk, "move", three))
    other = practice.app.test_client()
    sign_in(practice, other)

    def waitlists_them() -> None:
        other.post("/people/sweeps", data={"act": "move", "person": people, "stage": "waitlisted"})

    with interrupted(practice, "UPDATE lead", waitlists_them):
        client.post("/people/sweeps", data={"act": "move", "person": people, "stage": "client"})

    assert stages(practice, three) == ["client"] * 3
    said = [line for each in three for line in practice.story(each) if line.startswith("stage_moved")]
    assert said == ["stage_moved: client"] * 3


def test_a_worker_that_takes_an_email_meanwhile_sends_it_to_nobody_who_was_moved(
    practice: Practice, desk: Desk, client: FlaskClient, three: list[int]
) -> None:
    practice.at(practice.open_message(three[0]).due_at)
    people = shown(looks(desk, "move", three))
    sent = sent_so_far(practice)

    with interrupted(practice, "UPDATE message", lambda: takes_what_is_due(practice)):
        client.post("/people/sweeps", data={"act": "move", "person": people, "stage": "client"})
    practice.advance(days=30)

    assert stages(practice, three) == ["client"] * 3
    assert sent_so_far(practice) == sent
    assert running(practice, three) == 0


def test_the_practice_keeps_going_where_a_person_is_gone(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    people = [*shown(looks(desk, "tag", three)), "999999:00000000", "x:y", "7"]

    page = desk.does("/people/sweeps", act="tag", person=people, next=LIST, name="evenings")

    assert told(page).startswith("“evenings” put on three people.")


def test_what_is_held_stays_held_for_those_who_are_started(
    practice: Practice, desk: Desk, three: list[int]
) -> None:
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    sent = sent_so_far(practice)

    sweeps_them(desk, "start", three, sequence=by_hand_sequence(practice))
    practice.advance(hours=2)

    assert sent_so_far(practice) == sent

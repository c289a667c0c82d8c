"""Changing a sequence while people are in it: no second copy, nothing at once, nobody forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import sequences
from crm.flows.foresight import emails_for, foresee, people_in, plan_of
from crm.flows.steering import pause
from crm.mail.transport import Unsure
from crm.models import EmailTemplate, Enrollment, Sequence
from crm.rules.consequence_words import sentence
from crm.rules.plans import Plan
from crm.rules.sending import EnrollmentState
from crm.rules.windows import Wait
from crm.rules.wording import Wording
from tests.practice import Practice

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
MAYA, ADDRESS = "Maya Okafor <maya.o@example.com>", "maya.o@example.com"
FIRST, SECOND, THIRD, FOURTH = (
    "I got your note",
    "Still here, if it’s useful",
    "About cost, plainly",
    "The door stays open",
)


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote a moment ago; her second email goes on Friday."""
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    return maya


def the_sequence() -> Sequence:
    return db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()


def saves(practice: Practice, change: Callable[[Plan], Plan]) -> str:
    """The owner saves a changed plan. Returns what was foreseen."""
    with practice.at_work():
        sequence = the_sequence()
        plan = change(plan_of(sequence))
        foreseen = foresee(sequence, plan, people_in(sequence), practice.now)
        sequences.save(sequence, plan, practice.now, 1)
        return sentence(foreseen)


def waiting(position: int, days: int) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        emails = list(plan.emails)
        emails[position] = replace(emails[position], wait=Wait(days))
        return replace(plan, emails=tuple(emails))

    return change


def with_a_new_email(practice: Practice) -> Callable[[Plan], Plan]:
    with practice.at_work():
        template = EmailTemplate.write(Wording("One more thing", "", "Hi {first name}."), practice.now)
        db.session.flush()
        template_id = template.id

    def change(plan: Plan) -> Plan:
        known = emails_for(the_sequence())
        return plan.with_email(known[-template_id])

    return change


def local(instant: datetime) -> str:
    return f"{instant.astimezone(LOS_ANGELES):%a %d %H:%M}"


def test_a_longer_wait_moves_the_email_that_waits(practice: Practice, maya: int) -> None:
    foreseen = saves(practice, waiting(1, 6))

    assert foreseen.startswith("The one person in it changes: 1 later.")
    assert local(practice.open_message(maya).due_at) == "Mon 16 13:52"


def test_what_became_overdue_goes_next_morning_and_not_at_once(practice: Practice, maya: int) -> None:
    practice.advance(days=2, hours=1)

    saves(practice, waiting(1, 1))
    practice.advance(hours=3)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]
    assert local(practice.open_message(maya).due_at) == "Fri 13 08:30"


def test_an_email_that_is_not_touched_keeps_its_moment(practice: Practice, maya: int) -> None:
    before = practice.open_message(maya)

    saves(practice, waiting(3, 30))

    after = practice.open_message(maya)
    assert (after.id, after.due_at, after.message_id) == (before.id, before.due_at, before.message_id)


def test_a_step_taken_out_makes_room_for_the_next(practice: Practice, maya: int) -> None:
    saves(practice, lambda plan: plan.without(1))
    practice.advance(days=30)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, THIRD, FOURTH]


def test_an_email_sent_once_never_goes_again_wherever_it_is_moved(practice: Practice, maya: int) -> None:
    practice.advance(days=4)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]

    saves(practice, lambda plan: plan.moved(1, +1))
    saves(practice, lambda plan: plan.moved(2, +1))
    practice.advance(days=60)

    assert sorted(practice.outbox.subjects_to(ADDRESS)) == sorted(set(practice.outbox.subjects_to(ADDRESS)))


def test_taking_out_all_that_is_left_begins_the_quiet_time(practice: Practice, maya: int) -> None:
    foreseen = saves(practice, lambda plan: plan.without(3).without(2).without(1))

    assert foreseen.startswith("The one person in it changes: 1 ends.")
    with practice.reading():
        (enrollment,) = practice.lead(maya).enrollments
        assert enrollment.open_message is None
        assert enrollment.closes_at is not None
        assert local(enrollment.closes_at) == "Tue 24 13:52"


def test_an_email_put_back_is_sent_after_all_and_only_once(practice: Practice, maya: int) -> None:
    with practice.reading():
        second = plan_of(the_sequence()).emails[1]
    saves(practice, lambda plan: plan.without(3).without(2).without(1))

    saves(practice, lambda plan: plan.with_email(second))
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]


def test_a_new_last_email_also_reaches_someone_in_the_quiet_time(practice: Practice, maya: int) -> None:
    practice.advance(days=25)
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND, THIRD, FOURTH]

    foreseen = saves(practice, with_a_new_email(practice))
    practice.advance(hours=1)
    assert len(practice.outbox.subjects_to(ADDRESS)) == 4
    practice.advance(days=4)

    assert foreseen.startswith("The one person in it changes: 1 goes on.")
    assert practice.outbox.subjects_to(ADDRESS)[4:] == ["One more thing"]


def test_what_was_edited_for_one_person_goes_as_it_is(practice: Practice, maya: int) -> None:
    with practice.at_work():
        message = practice.lead(maya).messages[-1]
        message.reword(Wording("For Maya alone", "", "Hi."))

    saves(practice, waiting(1, 20))
    practice.advance(days=4)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, "For Maya alone"]


def test_an_uncertain_email_is_left_alone(practice: Practice, maya: int) -> None:
    practice.outbox.failures = [Unsure("the line dropped")]
    practice.advance(days=3, minutes=1)
    uncertain = practice.open_message(maya)

    saves(practice, lambda plan: plan.without(1))

    assert practice.open_message(maya).step_id == uncertain.step_id


def test_a_changed_quiet_time_moves_the_closing(practice: Practice, maya: int) -> None:
    practice.advance(days=25)

    saves(practice, lambda plan: replace(plan, quiet_days=40))

    with practice.reading():
        closes_at = practice.lead(maya).enrollments[0].closes_at
        assert closes_at is not None
        assert closes_at > practice.now + timedelta(days=30)


def test_without_a_quiet_time_nobody_is_closed(practice: Practice, maya: int) -> None:
    practice.advance(days=25)

    saves(practice, lambda plan: replace(plan, quiet_days=None))
    practice.advance(days=60)

    with practice.reading():
        assert practice.lead(maya).enrollments[0].state is EnrollmentState.FINISHED
        assert practice.lead(maya).stage == "new"


def test_what_was_foreseen_is_what_saving_does(practice: Practice, maya: int) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(days=4)

    foreseen = saves(practice, lambda plan: plan.without(2))

    assert foreseen.startswith("2 of 2 people change: 2 get another email.")
    with practice.reading():
        nexts = [practice.lead(each).messages[-1].wording.subject for each in (maya, sam)]
    assert nexts == [FOURTH, FOURTH]


def test_turning_it_off_can_hold_the_people_in_it(practice: Practice, maya: int) -> None:
    with practice.at_work():
        held = sequences.turn_off(the_sequence(), practice.now, 1, hold=True)
    practice.advance(days=10)
    practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(minutes=1)

    assert held == 1
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]
    assert practice.outbox.subjects_to("sam@example.org") == []


def test_turning_it_off_can_let_them_finish(practice: Practice, maya: int) -> None:
    with practice.at_work():
        sequences.turn_off(the_sequence(), practice.now, 1, hold=False)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND, THIRD, FOURTH]


def test_turning_it_on_lets_overdue_emails_leave_one_by_one(practice: Practice, maya: int) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(hours=1)
    with practice.at_work():
        sequences.turn_off(the_sequence(), practice.now, 1, hold=True)
    practice.advance(days=6)

    with practice.at_work():
        sequences.turn_on(the_sequence(), practice.now, 1)

    due = [practice.open_message(each).due_at for each in (maya, sam)]
    assert due[1] - due[0] == timedelta(minutes=1)
    assert due[0] > practice.now


def test_turning_it_on_lets_only_those_carry_on_whom_it_held(practice: Practice, maya: int) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(hours=1)
    with practice.at_work():
        pause(practice.lead(sam), 1, practice.now)
    practice.advance(minutes=5)
    with practice.at_work():
        sequences.turn_off(the_sequence(), practice.now, 1, hold=True)
    practice.advance(days=2)

    with practice.at_work():
        carried_on = sequences.turn_on(the_sequence(), practice.now, 1)

    assert carried_on == 1
    with practice.reading():
        states = {e.lead_id: e.state for e in db.session.scalars(sa.select(Enrollment))}
    assert states == {maya: EnrollmentState.ACTIVE, sam: EnrollmentState.PAUSED}

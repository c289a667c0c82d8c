"""Saving a plan while workers send: nobody gets anything twice, and nothing goes at that moment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db, transaction
from crm.flows import sequences, triage
from crm.flows.foresight import foresee, people_in, plan_of
from crm.models import CallResult, Event, EventKind, Sequence
from crm.models import Practice as PracticeRow
from crm.rules.consequences import Kind
from crm.rules.plans import Plan
from crm.rules.sending import MessageState
from crm.rules.stages import Stage
from crm.rules.stops import StopRules
from crm.rules.windows import Wait
from tests.interruption import interrupted
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SAM, ADDRESS = "Sam Rivers <sam@example.org>", "sam@example.org"
FIRST, SECOND, THIRD, FOURTH = (
    "I got your note",
    "Still here, if it’s useful",
    "About cost, plainly",
    "The door stays open",
)
Change = Callable[[Plan], Plan]


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose second email is due now. The owner wants no notices."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    lead_id = practice.receives_inquiry(SAM)
    practice.advance(minutes=1)
    practice.at(practice.open_message(lead_id).due_at)
    return lead_id


def the_sequence() -> Sequence:
    return db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()


def saves(practice: Practice, change: Change) -> None:
    with practice.at_work():
        sequences.save(the_sequence(), change(plan_of(the_sequence())), practice.now, 1)


def saver(practice: Practice, change: Change) -> Callable[[], None]:
    """The owner in another window: saves, in a thread of his own."""

    def act() -> None:
        with practice.app.app_context(), transaction():
            sequences.save(the_sequence(), change(plan_of(the_sequence())), practice.now, 1)

    return act


def a_worker(practice: Practice) -> Callable[[], None]:
    def claim() -> None:
        takes_what_is_due(practice)

    return claim


def without_the_second(plan: Plan) -> Plan:
    return plan.without(1)


def with_waits(*days: int) -> Change:
    def change(plan: Plan) -> Plan:
        first, *others = plan.emails
        later = [replace(each, wait=Wait(n)) for each, n in zip(others, days, strict=True)]
        return replace(plan, emails=(first, *later))

    return change


def stopping(rules: StopRules) -> Change:
    return lambda plan: replace(plan, stops=rules)


def allowed_late(hours: int) -> Change:
    def change(plan: Plan) -> Plan:
        return replace(plan, emails=tuple(replace(each, max_late_hours=hours) for each in plan.emails))

    return change


def once_each(practice: Practice) -> bool:
    return max(Counter(practice.outbox.subjects_to(ADDRESS)).values()) == 1


def test_what_a_worker_has_just_claimed_goes_as_it_is_and_once(practice: Practice, sam: int) -> None:
    (job,) = takes_what_is_due(practice)

    saves(practice, without_the_second)

    message = practice.open_message(sam)
    assert message.id == job.message_id
    assert message.state is MessageState.SENDING
    assert may_hand_over(practice, job)


def test_what_a_dying_worker_had_claimed_still_goes_once(practice: Practice, sam: int) -> None:
    takes_what_is_due(practice)

    saves(practice, without_the_second)
    practice.advance(minutes=30)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND, THIRD, FOURTH]


@pytest.mark.parametrize("change", [without_the_second, with_waits(9, 5, 10), with_waits(1, 1, 1)])
def test_a_worker_takes_the_email_in_the_middle_of_a_save(
    practice: Practice, sam: int, change: Change
) -> None:
    with interrupted(practice, "UPDATE step", a_worker(practice)):
        saves(practice, change)
    practice.advance(minutes=30)
    practice.advance(days=60)

    assert once_each(practice)
    assert practice.outbox.subjects_to(ADDRESS)[-1] == FOURTH


@pytest.mark.parametrize("change", [without_the_second, with_waits(9, 5, 10)])
def test_the_plan_is_saved_while_a_worker_takes_the_email(
    practice: Practice, sam: int, change: Change
) -> None:
    with interrupted(practice, "UPDATE message", saver(practice, change)):
        practice.work()
    practice.advance(days=60)

    assert once_each(practice)
    assert practice.outbox.subjects_to(ADDRESS)[-1] == FOURTH


def test_someone_stops_in_the_middle_of_a_save(practice: Practice, visitor: FlaskClient, sam: int) -> None:
    with practice.reading():
        token = practice.lead(sam).unsubscribe_token

    with interrupted(practice, "UPDATE step", lambda: visitor.post(f"/stop/{token}")):
        saves(practice, with_waits(9, 5, 10))
    practice.advance(days=60)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_a_dozen_saves_at_any_time_send_nothing_twice_and_nothing_at_once(
    practice: Practice, sam: int
) -> None:
    others = [practice.receives_inquiry(f"P{n} <p{n}@example.org>", client_key=f"{n}") for n in range(4)]
    dice = random.Random(7)

    for _ in range(12):
        practice.advance(hours=dice.randint(1, 90))
        before = len(practice.outbox.received)
        waits = with_waits(*(dice.randint(1, 8) for _ in range(3)))
        position = dice.randint(1, 2)
        saves(practice, lambda plan, waits=waits, position=position: waits(plan).moved(position, +1))  # type: ignore[misc]
        practice.work()
        assert len(practice.outbox.received) == before
    practice.advance(days=60)

    assert len(others) == 4
    mails = Counter((mail.recipient, mail.subject) for mail in practice.outbox.received)
    assert max(mails.values()) == 1
    days = Counter(
        (m.recipient, m.mail["Date"][:16]) for m in practice.outbox.received if m.subject not in (FIRST, "")
    )
    assert max(days.values()) == 1


def test_what_became_overdue_for_many_leaves_one_by_one(practice: Practice, sam: int) -> None:
    practice.advance(minutes=1)
    for n in range(3):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>", client_key=f"{n}")
    practice.advance(days=2, hours=20)

    saves(practice, with_waits(1, 1, 1))

    with practice.reading():
        due = sorted(
            message.due_at.astimezone(LOS_ANGELES)
            for enrollment in people_in(the_sequence())
            if (message := enrollment.open_message)
        )
    assert due[0] > practice.now
    assert all(later - sooner >= timedelta(minutes=1) for sooner, later in pairwise(due))


def test_a_call_lets_the_emails_go_on_where_the_owner_wants_it(practice: Practice, sam: int) -> None:
    saves(practice, stopping(StopRules(on_call=False)))

    practice.logs_call(sam, CallResult.VOICEMAIL)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND, THIRD, FOURTH]


def test_a_move_lets_the_emails_go_on_where_the_owner_wants_it(practice: Practice, sam: int) -> None:
    saves(practice, stopping(StopRules(on_move=False)))

    with practice.at_work():
        triage.move(practice.lead(sam), Stage.WAITLISTED, 1, practice.now)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND, THIRD, FOURTH]


@pytest.mark.parametrize("stage", [Stage.CLIENT, Stage.SPAM, Stage.REFERRED_OUT])
def test_a_move_that_settles_it_stops_under_any_rules(practice: Practice, sam: int, stage: Stage) -> None:
    saves(practice, stopping(StopRules(on_call=False, on_move=False)))

    with practice.at_work():
        triage.move(practice.lead(sam), stage, 1, practice.now)
    practice.advance(days=40)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]
    assert "follow_ups_stopped: stage_changed" in practice.story(sam)


def test_a_shorter_patience_is_foreseen_and_leaves_the_email_out(practice: Practice, sam: int) -> None:
    with practice.at_work():
        message = practice.lead(sam).messages[-1]
        message.put_off(message.due_at + timedelta(hours=20))
        change = allowed_late(6)(plan_of(the_sequence()))
        foreseen = foresee(the_sequence(), change, people_in(the_sequence()), practice.now)

    saves(practice, allowed_late(6))
    practice.advance(days=40)

    assert [each.kind for each in foreseen.changed] == [Kind.LEFT_OUT]
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, THIRD, FOURTH]
    with practice.reading():
        skipped = sa.select(Event.reason).where(Event.kind == EventKind.MESSAGE_SKIPPED)
        assert db.session.scalars(skipped).all() == ["too_late"]

"""A plan that asks the owner first, turned on and off while people are in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import sequences, steering
from crm.flows.foresight import foresee, people_in, plan_of
from crm.models import Account, Message, Sequence
from crm.rules.consequence_words import sentence
from crm.rules.plans import Plan
from crm.rules.sending import MessageState
from crm.rules.windows import Wait
from tests.practice import Practice

MAYA, ADDRESS = "Maya Okafor <maya.o@example.com>", "maya.o@example.com"
FIRST, SECOND = "I got your note", "Still here, if it’s useful"
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def maya(practice: Practice) -> int:
    """Maya, who wrote a moment ago; her second email goes on Friday."""
    maya = practice.receives_inquiry(MAYA)
    practice.advance(minutes=1)
    return maya


def saves(practice: Practice, change: Callable[[Plan], Plan]) -> None:
    with practice.at_work():
        sequence = db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()
        sequences.save(sequence, change(plan_of(sequence)), practice.now, 1)


def asking(plan: Plan) -> Plan:
    return replace(plan, asks_first=True)


def not_asking(plan: Plan) -> Plan:
    return replace(plan, asks_first=False)


def sends_now(practice: Practice, message: Message) -> None:
    with practice.at_work():
        found, owner = db.session.get_one(Message, message.id), Account.owner()
        assert owner is not None
        assert found.lead is not None
        steering.send_now(found.lead, found, owner.id, practice.now)


def test_what_is_planned_already_waits_for_a_yes_and_keeps_its_time(practice: Practice, maya: int) -> None:
    before = practice.open_message(maya)

    saves(practice, asking)

    draft = practice.open_message(maya)
    assert (draft.id, draft.due_at) == (before.id, before.due_at)
    assert draft.is_draft
    assert draft.expires_at == before.due_at + timedelta(days=3)


def test_without_a_yes_nothing_goes_but_the_answer_that_goes_at_once(practice: Practice) -> None:
    saves(practice, asking)

    practice.receives_inquiry(MAYA)
    practice.advance(days=5)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_one_email_alone_can_ask_first(practice: Practice, maya: int) -> None:
    saves(
        practice,
        lambda p: replace(p, emails=(*p.emails[:2], replace(p.emails[2], asks_first=True), *p.emails[3:])),
    )

    practice.advance(days=9)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]
    assert practice.open_message(maya).is_draft


def test_turned_off_a_draft_goes_when_it_was_to_go(practice: Practice, maya: int) -> None:
    saves(practice, asking)

    saves(practice, not_asking)
    practice.advance(days=3)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]


def test_turned_off_late_drafts_go_next_morning_one_by_one(practice: Practice) -> None:
    people = [
        practice.receives_inquiry(f"Person {n} <person{n}@example.com>", client_key=f"place {n}")
        for n in range(3)
    ]
    practice.advance(minutes=1)
    saves(practice, asking)
    practice.advance(days=5)

    saves(practice, not_asking)

    due = [practice.open_message(each).due_at.astimezone(LOS_ANGELES) for each in people]
    assert [f"{each:%a %H:%M}" for each in due] == ["Mon 08:30", "Mon 08:31", "Mon 08:32"]


def test_a_plan_that_changes_under_a_draft_moves_it(practice: Practice, maya: int) -> None:
    saves(practice, asking)
    before = practice.open_message(maya)

    saves(
        practice,
        lambda p: replace(p, emails=(p.emails[0], replace(p.emails[1], wait=Wait(6)), *p.emails[2:])),
    )

    draft = practice.open_message(maya)
    assert draft.is_draft
    assert draft.due_at - before.due_at == timedelta(days=3)
    assert draft.expires_at == draft.due_at + timedelta(days=3)


def late_by(hours: int) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        second = replace(plan.emails[1], max_late_hours=hours)
        return replace(plan, emails=(plan.emails[0], second, *plan.emails[2:]))

    return change


def foresees(practice: Practice, change: Callable[[Plan], Plan]) -> str:
    with practice.reading():
        sequence = db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()
        return sentence(foresee(sequence, change(plan_of(sequence)), people_in(sequence), practice.now))


@pytest.mark.parametrize(("hours", "days"), [(120, 5), (48, 2), (1, 1)])
def test_how_late_an_email_may_go_also_holds_for_the_drafts_that_wait(
    practice: Practice, maya: int, hours: int, days: int
) -> None:
    saves(practice, asking)
    due_at = practice.open_message(maya).due_at

    told = foresees(practice, late_by(hours))
    saves(practice, late_by(hours))

    draft = practice.open_message(maya)
    assert draft.is_draft
    assert (draft.due_at, draft.expires_at) == (due_at, due_at + timedelta(days=days))
    assert told.startswith("The one person in it changes: 1 waits for your yes until another time.")


def test_saving_sends_no_draft_and_leaves_none_out(practice: Practice, maya: int) -> None:
    saves(practice, asking)
    practice.advance(days=5)

    saves(practice, late_by(24))
    practice.advance(hours=23)

    assert practice.open_message(maya).is_draft
    assert practice.outbox.subjects_to(ADDRESS) == [FIRST]


def test_a_draft_whose_time_is_longer_now_is_not_left_out_at_the_old_one(
    practice: Practice, maya: int
) -> None:
    saves(practice, asking)
    before = practice.open_message(maya)

    saves(practice, late_by(24 * 7))
    practice.advance(days=9)

    assert practice.open_message(maya).id == before.id


def test_a_yes_was_for_that_email_and_not_for_the_one_that_takes_its_place(
    practice: Practice, maya: int
) -> None:
    saves(practice, asking)
    with practice.at_work():
        db.session.get_one(Message, practice.open_message(maya).id).approve(practice.now)

    saves(practice, lambda plan: plan.without(1))

    assert practice.open_message(maya).is_draft


def test_what_the_owner_sends_himself_asks_nothing(practice: Practice, maya: int) -> None:
    sends_now(practice, practice.open_message(maya))

    saves(practice, asking)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(ADDRESS) == [FIRST, SECOND]


def test_a_worker_loses_what_now_asks_first(practice: Practice, maya: int) -> None:
    practice.at(practice.open_message(maya).due_at)
    with practice.at_work():
        message = db.session.get_one(Message, practice.open_message(maya).id)
        message.state, message.claim_token = MessageState.SENDING, "a worker's"
        message.claimed_at = message.lease_until = practice.now

    saves(practice, asking)

    draft = practice.open_message(maya)
    assert draft.is_draft
    assert draft.claim_token is None

"""What was changed in a sequence, and what saving it would do to the people inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.rules.foresight import Standing, coming, effect
from crm.rules.pacing import Pace
from crm.rules.plans import Plan, PlanEmail, changes, length_in_words, told
from crm.rules.schedule import Forecast, PlanStep, plan_step
from crm.rules.terms import Terms
from crm.rules.windows import SendingWindow, Wait, WaitUnit

TERMS = Terms(
    SendingWindow(ZoneInfo("America/Los_Angeles"), frozenset(range(5)), time(8, 30), time(18)), Pace(1, 7)
)
NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)

NOTE = PlanEmail(1, 1, "I got your note", Wait(0), at_once=True)
STILL = PlanEmail(2, 2, "Still here", Wait(3))
COST = PlanEmail(3, 3, "About cost", Wait(4))
DOOR = PlanEmail(4, 4, "The door", Wait(10))
PLAN = Plan((NOTE, STILL, COST, DOOR), 14)


def with_wait(plan: Plan, position: int, days: int) -> Plan:
    emails = list(plan.emails)
    emails[position] = replace(emails[position], wait=Wait(days))
    return replace(plan, emails=tuple(emails))


def waiting_for(position: int, name: str = "Maya", since: datetime = NOW) -> Standing:
    """Someone whose next email is the one at this position of PLAN."""
    step = PLAN.steps[position]
    done = frozenset(each.id for each in PLAN.steps[:position])
    return Standing(name, TERMS, since, done, Forecast(step, plan_step(step, since, TERMS)))


def test_a_longer_wait_is_told_with_both_numbers() -> None:
    assert changes(PLAN, with_wait(PLAN, 2, 5)) == ["You changed the wait before email 3 from 4 days to 5"]


def test_another_unit_is_told_in_full() -> None:
    hours = replace(PLAN, emails=(NOTE, replace(STILL, wait=Wait(1, WaitUnit.BUSINESS_DAYS)), COST, DOOR))

    assert changes(PLAN, hours) == ["You changed the wait before email 2 from 3 days to 1 business day"]


def test_what_was_taken_out_added_and_reordered_is_told() -> None:
    new = PlanEmail(-1, 9, "One more thing", Wait(2))
    after = PLAN.without(3).with_email(new).moved(1, +1)

    assert changes(PLAN, after) == [
        "You took out “The door”",
        "You added “One more thing” as email 4",
        "You changed the order",
    ]
    assert told(changes(PLAN, after)) == "You made three changes."


def test_the_first_email_stays_first() -> None:
    assert PLAN.moved(1, -1) == PLAN
    assert PLAN.moved(0, +1) == PLAN


def test_an_email_at_the_edge_cannot_be_moved_over_it() -> None:
    assert PLAN.moved(3, +1) == PLAN


@pytest.mark.parametrize(
    ("quiet", "said"),
    [
        (10, "You changed the quiet time from 14 days to 10"),
        (None, "Nobody is closed after the last email any more"),
    ],
)
def test_a_changed_quiet_time_is_told(quiet: int | None, said: str) -> None:
    assert changes(PLAN, replace(PLAN, quiet_days=quiet)) == [said]


def test_a_plan_is_as_long_as_its_waits() -> None:
    assert length_in_words(PLAN) == "four emails over 17 days"


def test_saving_says_who_gets_which_email_when() -> None:
    people = [waiting_for(2, name) for name in ("Maya", "Sam", "Lena", "Kofi")]

    said = effect(PLAN, with_wait(PLAN, 2, 7), people, NOW)

    assert said == (
        "Saving moves “About cost” one day later for four people who haven’t had it yet. "
        "Nobody gets an email twice."
    )


def test_people_who_have_had_the_email_are_not_affected() -> None:
    said = effect(PLAN, with_wait(PLAN, 1, 6), [waiting_for(3)], NOW)

    assert said == "Nobody who is in it now is affected."


def test_few_people_are_named() -> None:
    said = effect(PLAN, PLAN.without(2), [waiting_for(2), waiting_for(2, "Sam")], NOW)

    assert said == "“The door” comes next, not “About cost”, for Maya and Sam. Nobody gets an email twice."


def test_taking_out_all_that_is_left_is_told() -> None:
    said = effect(PLAN, PLAN.without(3), [waiting_for(3)], NOW)

    assert said == "Nothing more goes to Maya. Nobody gets an email twice."


def test_a_new_last_email_also_reaches_those_who_had_all_the_others() -> None:
    quiet = Standing("Maya", TERMS, NOW, frozenset({1, 2, 3, 4}))
    longer = PLAN.with_email(PlanEmail(-1, 9, "One more thing", Wait(2)))

    said = effect(PLAN, longer, [quiet], NOW)

    assert said.startswith("“One more thing” now also goes to Maya, who had the last email already.")


def test_what_became_overdue_waits_for_the_next_morning() -> None:
    five_days_ago = NOW - timedelta(days=3, hours=23)
    (next_email, *_) = coming(with_wait(PLAN, 2, 1).steps, waiting_for(2, since=five_days_ago), NOW)

    assert next_email.planned.due_at == datetime(2026, 3, 11, 15, 30, tzinfo=UTC)


def test_what_the_change_does_not_touch_keeps_its_moment() -> None:
    put_off = Forecast(PLAN.steps[1], plan_step(PLAN.steps[2], NOW, TERMS))
    standing = Standing("Maya", TERMS, NOW, frozenset({1}), put_off)

    assert coming(with_wait(PLAN, 3, 2).steps, standing, NOW)[0] == put_off


def test_an_email_sent_by_hand_goes_as_it_is() -> None:
    by_hand = replace(waiting_for(2), settled=True)

    assert coming(PLAN.without(2).steps, by_hand, NOW)[0] == by_hand.on_its_way


def test_an_email_moved_in_front_of_one_that_has_gone_is_not_made_up_for() -> None:
    assert coming(PLAN.moved(3, -1).steps, waiting_for(3), NOW) == []


def test_a_step_that_goes_at_once_never_goes_at_the_moment_of_saving() -> None:
    steps = [PlanStep(7, Wait(0), at_once=True)]
    standing = Standing("Maya", TERMS, NOW - timedelta(days=2), frozenset())

    assert coming(steps, standing, NOW)[0].planned.due_at > NOW + timedelta(hours=12)


def test_asking_first_is_told_for_all_and_for_one() -> None:
    one = replace(PLAN, emails=(NOTE, STILL, replace(COST, asks_first=True), DOOR))

    assert changes(PLAN, replace(PLAN, asks_first=True)) == ["Every email in it now asks you first"]
    assert changes(PLAN, one) == ["Email 3 now asks you first"]
    assert changes(one, PLAN) == ["Email 3 goes without asking you"]
    assert PLAN.mark != one.mark != replace(PLAN, asks_first=True).mark


def test_what_answers_at_once_never_asks_first() -> None:
    steps = replace(PLAN, asks_first=True).steps

    assert [step.asks_first for step in steps] == [False, True, True, True]


def test_asking_first_moves_nobody_and_says_whom_it_is_about() -> None:
    after = replace(PLAN, asks_first=True)
    maya = waiting_for(1)

    assert coming(after.steps, maya, NOW)[0] == maya.on_its_way
    assert effect(PLAN, after, [maya], NOW) == (
        "“Still here” waits for your yes before it goes to Maya. Nobody gets an email twice."
    )


def test_an_email_the_owner_has_agreed_to_asks_no_more() -> None:
    agreed = replace(waiting_for(3), agreed=True)

    told_now = effect(PLAN, replace(PLAN, asks_first=True), [agreed], NOW)

    assert told_now == "Nobody who is in it now is affected."

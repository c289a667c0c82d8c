"""A sequence while it is edited, and what was changed in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.rules.plan_changes import changes, told
from crm.rules.plan_record import kept, plan_from
from crm.rules.plans import length_in_words
from crm.rules.stops import StopRules
from crm.rules.windows import Wait, WaitUnit
from tests.rules.plans import MORE, PLAN, STILL, with_email, with_wait


def test_a_longer_wait_is_told_with_both_numbers() -> None:
    assert changes(PLAN, with_wait(PLAN, 2, 5)) == ["changed the wait before email 3 from 4 days to 5"]
    assert told(changes(PLAN, with_wait(PLAN, 2, 5))) == (
        "You changed the wait before email 3 from 4 days to 5."
    )


def test_another_unit_is_told_in_full() -> None:
    after = with_email(PLAN, 1, wait=Wait(1, WaitUnit.BUSINESS_DAYS))

    assert changes(PLAN, after) == ["changed the wait before email 2 from 3 days to 1 business day"]


def test_what_was_taken_out_added_and_reordered_is_told() -> None:
    after = PLAN.without(3).with_email(MORE).moved(1, +1)

    assert changes(PLAN, after) == [
        "took out “The door”",
        "added “One more thing” as email 4",
        "changed the order",
    ]
    assert told(changes(PLAN, after)) == "You made three changes."


@pytest.mark.parametrize(("hours", "words"), [(120, "5 days"), (36, "36 hours"), (1, "1 hour")])
def test_how_late_an_email_may_go_is_told_in_days_where_it_can_be(hours: int, words: str) -> None:
    after = with_email(PLAN, 2, max_late_hours=hours)

    assert changes(PLAN, after) == [f"changed how late email 3 may go from 3 days to {words}"]


def test_changed_stop_rules_are_told() -> None:
    loose = replace(PLAN, stops=StopRules(on_call=False))

    assert changes(PLAN, loose) == ["let the emails go on after a logged call"]
    assert changes(loose, PLAN) == ["made a logged call stop the emails"]


def test_the_first_email_stays_first() -> None:
    assert PLAN.moved(1, -1) == PLAN
    assert PLAN.moved(0, +1) == PLAN


def test_an_email_at_the_edge_cannot_be_moved_over_it() -> None:
    assert PLAN.moved(3, +1) == PLAN


@pytest.mark.parametrize(
    ("quiet", "said"),
    [
        (10, "changed the quiet time from 14 days to 10"),
        (None, "turned off moving silent people to Closed"),
    ],
)
def test_a_changed_quiet_time_is_told(quiet: int | None, said: str) -> None:
    assert changes(PLAN, replace(PLAN, quiet_days=quiet)) == [said]


def test_a_plan_is_as_long_as_its_waits() -> None:
    assert length_in_words(PLAN) == "four emails over seventeen days"


@pytest.mark.parametrize(
    "after",
    [
        with_wait(PLAN, 1, 9),
        with_email(PLAN, 1, max_late_hours=5),
        replace(PLAN, quiet_days=None),
        replace(PLAN, stops=StopRules(on_move=False)),
        PLAN.without(2),
        PLAN.moved(1, +1),
    ],
)
def test_every_change_gives_another_mark_and_can_be_told(after: object) -> None:
    assert isinstance(after, type(PLAN))
    assert after.mark != PLAN.mark
    assert changes(PLAN, after) != []
    assert plan_from(kept(after)) == after


def test_a_plan_kept_before_there_was_a_choice_stops_at_everything() -> None:
    record = kept(PLAN)
    for name in ("stops_on_call", "stops_on_move"):
        del record[name]
    for email in record["emails"]:
        del email["max_late_hours"]

    assert plan_from(record) == PLAN


def test_the_same_email_twice_is_objected_to() -> None:
    twice = replace(PLAN, emails=(*PLAN.emails, STILL))

    assert twice.objection == "The same email is in it twice."


def test_asking_first_is_told_for_all_and_for_one() -> None:
    one = with_email(PLAN, 2, asks_first=True)

    assert changes(PLAN, replace(PLAN, asks_first=True)) == ["made every email ask first"]
    assert changes(PLAN, one) == ["made email 3 ask first"]
    assert changes(one, PLAN) == ["let email 3 go without asking"]
    assert PLAN.mark != one.mark != replace(PLAN, asks_first=True).mark


def test_what_answers_at_once_never_asks_first() -> None:
    steps = replace(PLAN, asks_first=True).steps

    assert [step.asks_first for step in steps] == [False, True, True, True]

"""The one planner, and what is still to come when a plan is edited under someone's feet."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.schedule import PlanStep, earliest, forecast, plan_step, remaining
from crm.rules.terms import Terms
from crm.rules.windows import Planned, Shift, Wait, WaitUnit
from tests.rules.times import OFFICE_HOURS, at

ACKNOWLEDGEMENT = PlanStep(1, Wait(0), at_once=True)
NEW_INQUIRY = [ACKNOWLEDGEMENT, PlanStep(2, Wait(3)), PlanStep(3, Wait(5)), PlanStep(4, Wait(10))]


def due(started: str, steps: list[PlanStep] = NEW_INQUIRY) -> list[datetime]:
    return [each.planned.due_at for each in forecast(steps, at(started), Terms(OFFICE_HOURS))]


@pytest.mark.parametrize(
    ("started", "days"),
    [
        # Monday evening: at once, then Friday morning, because Thursday 8:14 pm is night, and on.
        (
            "2026-03-02 20:14",
            ["2026-03-02 20:14", "2026-03-06 08:30", "2026-03-11 08:30", "2026-03-23 08:30"],
        ),
        (
            "2026-03-09 17:48",
            ["2026-03-09 17:48", "2026-03-12 17:48", "2026-03-17 17:48", "2026-03-27 17:48"],
        ),
        # Across the change to winter time the clock on the wall stays.
        (
            "2026-10-29 10:00",
            ["2026-10-29 10:00", "2026-11-02 08:30", "2026-11-09 08:30", "2026-11-19 08:30"],
        ),
        (
            "2026-10-30 10:00",
            ["2026-10-30 10:00", "2026-11-02 10:00", "2026-11-09 08:30", "2026-11-19 08:30"],
        ),
    ],
)
def test_each_email_is_counted_from_the_one_before(started: str, days: list[str]) -> None:
    assert due(started) == [at(each) for each in days]


def test_the_first_email_ignores_sending_hours_and_no_other_does() -> None:
    first, second, *_ = forecast(NEW_INQUIRY, at("2026-03-14 03:00"), Terms(OFFICE_HOURS))

    assert first.planned.due_at == at("2026-03-14 03:00")
    assert first.planned.shift is None
    assert second.planned.due_at == at("2026-03-17 08:30")
    assert second.planned.shift is Shift.NIGHT


@pytest.mark.parametrize("settled", ["2026-03-13 09:00", "2026-03-13 15:20", "2026-03-13 19:30"])
def test_a_no_show_hears_from_him_the_next_business_morning(settled: str) -> None:
    planned = plan_step(PlanStep(9, Wait(1, WaitUnit.BUSINESS_MORNINGS)), at(settled), Terms(OFFICE_HOURS))

    assert planned == Planned(at("2026-03-16 08:30"), at("2026-03-16 08:30"))


def test_a_business_day_keeps_the_time_of_day() -> None:
    planned = plan_step(
        PlanStep(9, Wait(1, WaitUnit.BUSINESS_DAYS)), at("2026-03-13 19:30"), Terms(OFFICE_HOURS)
    )

    assert planned.due_at == at("2026-03-17 08:30")
    assert planned.wished_at == at("2026-03-16 19:30")


def test_a_plan_without_emails_forecasts_nothing() -> None:
    assert due("2026-03-10 12:00", []) == []


@pytest.mark.parametrize(
    ("order", "done", "left"),
    [
        ([1, 2, 3, 4], set(), [1, 2, 3, 4]),
        ([1, 2, 3, 4], {1}, [2, 3, 4]),
        ([1, 2, 3, 4], {1, 2, 3}, [4]),
        ([1, 2, 3, 4], {1, 2, 3, 4}, []),
        ([1, 3, 2, 4], {1, 3}, [2, 4]),  # reordered before it was sent
        ([3, 1, 2, 4], {1, 2}, [4]),  # a step moved to the front is not made up for
        ([1, 5, 2, 3], {1, 2}, [3]),  # nor one inserted before the last that went
        ([1, 2, 5, 3], {1, 2}, [5, 3]),  # one inserted after it goes
        ([1, 2, 3], {9}, [1, 2, 3]),  # a removed step leaves no trace
        ([1, 2, 3], {3}, []),
        ([], {1}, []),
        ([1, 2, 3, 4], {1, 3}, [4]),  # a skipped one stays skipped
    ],
)
def test_nobody_gets_an_email_out_of_turn(order: list[int], done: set[int], left: list[int]) -> None:
    steps = [PlanStep(number, Wait(1)) for number in order]

    assert [step.id for step in remaining(steps, frozenset(done))] == left


@given(order=st.permutations(range(8)), done=st.frozensets(st.integers(0, 9)))
def test_whatever_the_edit_nothing_goes_twice_and_the_order_is_kept(
    order: list[int], done: frozenset[int]
) -> None:
    left = [step.id for step in remaining([PlanStep(number, Wait(1)) for number in order], done)]

    assert not set(left) & done
    assert left == order[len(order) - len(left) :]


@given(
    wait=st.builds(Wait, st.integers(0, 20), st.sampled_from(WaitUnit)),
    minutes=st.integers(0, 60 * 24 * 30),
    at_once=st.booleans(),
)
def test_no_email_goes_before_the_earliest_it_could(wait: Wait, minutes: int, at_once: bool) -> None:  # noqa: FBT001
    step, since = PlanStep(2, wait, at_once=at_once), at("2026-03-02 20:14") + timedelta(minutes=minutes)

    due_at = plan_step(step, since, Terms(OFFICE_HOURS)).due_at

    assert earliest(step, since, OFFICE_HOURS) <= due_at

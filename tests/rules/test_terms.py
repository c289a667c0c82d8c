"""How often one person may hear: the pace, on their own clock, over all sequences together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.pacing import Pace
from crm.rules.schedule import PlanStep, after, forecast, plan_step
from crm.rules.terms import Terms
from crm.rules.windows import Shift, Wait, WaitUnit
from tests.rules.times import OFFICE_HOURS, at

ONE_A_DAY = Terms(OFFICE_HOURS, Pace(1, 3))
NEW_YORK = replace(OFFICE_HOURS, zone=ZoneInfo("America/New_York"))


def having_got(*instants: str, pace: Pace = ONE_A_DAY.pace) -> Terms:
    return Terms(OFFICE_HOURS, pace, tuple(at(each) for each in instants))


@pytest.mark.parametrize(
    ("got", "asked", "goes"),
    [
        ([], "2026-03-10 10:00", "2026-03-10 10:00"),
        (["2026-03-10 09:00"], "2026-03-10 10:00", "2026-03-11 08:30"),
        (["2026-03-09 17:59"], "2026-03-10 08:30", "2026-03-10 08:30"),
        (["2026-03-13 09:00"], "2026-03-13 17:00", "2026-03-16 08:30"),
        (
            ["2026-03-09 09:00", "2026-03-10 09:00", "2026-03-11 09:00"],
            "2026-03-12 09:00",
            "2026-03-16 09:00",
        ),
        (["2026-03-06 09:00", "2026-03-07 09:00"], "2026-03-09 09:00", "2026-03-09 09:00"),
        (["2026-03-07 12:00"], "2026-03-08 12:00", "2026-03-09 08:30"),
    ],
)
def test_a_follow_up_waits_for_the_persons_pace(got: list[str], asked: str, goes: str) -> None:
    assert having_got(*got).next_chance(at(asked)) == at(goes)


def test_a_gap_of_several_days_counts_local_days() -> None:
    terms = having_got("2026-03-06 17:00", pace=Pace(3, 7))

    assert terms.too_soon(at("2026-03-08 23:59"))
    assert not terms.too_soon(at("2026-03-09 08:30"))


def test_what_counts_as_a_day_is_the_persons_own() -> None:
    late_in_new_york = at("2026-03-10 20:30")

    here = Terms(OFFICE_HOURS, Pace(1, 7), (late_in_new_york,))
    there = replace(here, window=NEW_YORK)

    assert here.too_soon(at("2026-03-10 23:30"))
    assert not there.too_soon(at("2026-03-10 23:30"))


def test_one_that_went_while_the_clock_was_a_day_fast_still_counts() -> None:
    terms = having_got("2026-03-11 10:00")

    assert terms.next_chance(at("2026-03-11 09:00")) == at("2026-03-12 08:30")
    assert terms.next_chance(at("2026-03-10 09:00")) == at("2026-03-10 09:00")


def test_the_planner_says_where_the_pace_puts_an_email() -> None:
    planned = plan_step(PlanStep(2, Wait(1)), at("2026-03-10 10:00"), having_got("2026-03-11 09:00"))

    assert (planned.due_at, planned.shift) == (at("2026-03-12 08:30"), Shift.PACE)
    assert planned.wished_at == at("2026-03-11 10:00")


def test_each_email_of_a_forecast_counts_for_those_after_it() -> None:
    soon = Wait(1, WaitUnit.HOURS)
    hourly = [PlanStep(1, Wait(0), at_once=True), *(PlanStep(n, soon) for n in range(2, 6))]

    goes = [each.planned.due_at for each in forecast(hourly, at("2026-03-10 10:00"), ONE_A_DAY)]

    days = [
        "2026-03-10 10:00",
        "2026-03-10 11:00",
        "2026-03-11 08:30",
        "2026-03-12 08:30",
        "2026-03-17 11:00",
    ]
    assert goes == [at(each) for each in days]


def test_an_email_on_its_way_counts_for_those_that_follow() -> None:
    (first,) = forecast([PlanStep(2, Wait(1))], at("2026-03-09 10:00"), ONE_A_DAY)
    two_a_week = replace(ONE_A_DAY, pace=Pace(2, 7))

    _, second = after(first, [PlanStep(3, Wait(1))], two_a_week)

    assert second.planned.due_at == at("2026-03-12 08:30")


@given(
    st.lists(st.integers(-20 * 24, 20 * 24), max_size=8),
    st.integers(-48, 48),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_a_next_chance_is_open_and_allowed(got: list[int], asked: int, gap: int, cap: int) -> None:
    middle: datetime = at("2026-03-08 02:30")
    earlier = tuple(middle + timedelta(hours=each) for each in got)
    terms = Terms(OFFICE_HOURS, Pace(gap, cap), earlier)
    since = middle + timedelta(hours=asked)

    goes = terms.next_chance(since)

    assert goes >= since
    assert OFFICE_HOURS.contains(goes)
    assert not terms.too_soon(goes)
    assert not terms.week_full(goes)

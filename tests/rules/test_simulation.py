"""If someone wrote then: which days, and why an email moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from crm.rules.hours import hours_in_words, nothing_goes_out, weekdays_in_words
from crm.rules.plans import Plan, PlanEmail
from crm.rules.schedule import PlanStep, forecast
from crm.rules.simulation import Wrote, month, waited, why_moved, wrote_at
from crm.rules.terms import Terms
from crm.rules.what_if import Then, simulate
from crm.rules.windows import SendingWindow, Wait

ZONE = ZoneInfo("America/Los_Angeles")
WINDOW = SendingWindow(ZONE, frozenset(range(5)), time(8, 30), time(18), frozenset({date(2026, 5, 25)}))
NOW = datetime(2026, 3, 10, 20, 52, tzinfo=UTC)
NOTE = PlanEmail(1, 1, "I got your note", Wait(0), at_once=True)
PLAN = Plan((NOTE, *(PlanEmail(n, n, "", Wait(w)) for n, w in ((2, 3), (3, 5), (4, 10)))), 14)


def test_the_month_of_the_picture() -> None:
    silent = simulate(PLAN, NOW, Then.SILENT, Terms(WINDOW))

    days = {day.date: day for day in month(silent, NOW, WINDOW)}

    assert min(days) == date(2026, 3, 9)
    assert len(days) == 28
    assert {d.day: e.emails for d, e in days.items() if e.emails} == {10: (1,), 13: (2,), 18: (3,), 30: (4,)}
    assert days[date(2026, 3, 28)].missed
    assert days[date(2026, 3, 28)].shut
    assert not days[date(2026, 3, 20)].shut


def test_the_list_says_why_an_email_moves() -> None:
    *_, last = forecast(PLAN.steps, NOW, Terms(WINDOW))

    assert why_moved(last.planned, WINDOW) == "Saturday 28 is outside your hours"
    assert waited(last.planned, ZONE) == "waited for Monday"


def test_a_note_at_night_waits_for_the_morning() -> None:
    friday = wrote_at(Wrote.FRIDAY_EVENING, NOW, ZONE)
    (second,) = forecast([PlanStep(2, Wait(3))], friday, Terms(WINDOW))

    assert friday == datetime(2026, 3, 13, 19, 20, tzinfo=ZONE)
    assert waited(second.planned, ZONE) == "waited for the morning"
    assert why_moved(second.planned, WINDOW) == "Monday 16, 7:20 pm, is outside your hours"


def test_a_date_means_its_noon_and_sunday_night_the_coming_one() -> None:
    assert wrote_at(Wrote.DATE, NOW, ZONE, date(2026, 5, 22)) == datetime(2026, 5, 22, 12, tzinfo=ZONE)
    assert wrote_at(Wrote.SUNDAY_NIGHT, NOW, ZONE).date() == date(2026, 3, 15)


def test_a_holiday_is_named() -> None:
    (held_up,) = forecast([PlanStep(2, Wait(3))], datetime(2026, 5, 22, 12, tzinfo=ZONE), Terms(WINDOW))

    assert why_moved(held_up.planned, WINDOW) == "Monday 25 is a holiday"


def test_the_hours_in_words() -> None:
    assert (
        hours_in_words(WINDOW) == "Monday to Friday, 8:30 am to 6:00 pm, Los Angeles time. Never on holidays."
    )
    assert nothing_goes_out(WINDOW) == "Nothing goes out at night, on weekends, or on holidays."


def test_odd_days_are_listed() -> None:
    assert weekdays_in_words(frozenset({0, 2, 4})) == "Monday, Wednesday and Friday"
    assert weekdays_in_words(frozenset(range(7))) == "Every day"
    odd = SendingWindow(ZONE, frozenset({0, 1, 3, 4}), time(9), time(17))
    assert nothing_goes_out(odd) == "Nothing goes out at night, on weekends, or on Wednesdays."

"""The sending hours in words: when emails may go out, and when nothing does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from crm.rules.telling import clock, listed
from crm.rules.windows import SendingWindow

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = frozenset(range(7))
WEEKEND = frozenset({5, 6})


def hours_in_words(window: SendingWindow) -> str:
    """Monday to Friday, 8:30 am to 6:00 pm, Los Angeles time. Never on holidays."""
    city = str(window.zone).rpartition("/")[2].replace("_", " ")
    hours = f"{wall_time(window.opens)} to {wall_time(window.closes)}"
    never = " Never on holidays." if window.holidays else ""
    return f"{weekdays_in_words(window.weekdays)}, {hours}, {city} time.{never}"


def weekdays_in_words(weekdays: frozenset[int]) -> str:
    """Monday to Friday; Monday, Wednesday and Friday; Every day."""
    if weekdays == EVERY_DAY:
        return "Every day"
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    return listed([DAYS[day] for day in days])


def nothing_goes_out(window: SendingWindow) -> str:
    """Nothing goes out at night, on weekends, or on holidays."""
    shut = EVERY_DAY - window.weekdays
    when = ["at night"]
    if shut >= WEEKEND:
        when.append("on weekends")
        shut -= WEEKEND
    when += [f"on {DAYS[day]}s" for day in sorted(shut)]
    when += ["on holidays"] if window.holidays else []
    return f"Nothing goes out {_either(when)}."


def _either(when: list[str]) -> str:
    if len(when) < 3:
        return " or ".join(when)
    return f"{', '.join(when[:-1])}, or {when[-1]}"


def wall_time(hour: time) -> str:
    """8:30 am"""
    return clock(datetime.combine(date(2000, 1, 1), hour, tzinfo=UTC), UTC)

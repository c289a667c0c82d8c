"""What the owner promised: by when a person hears from him, exactly for him and in words for them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.telling import moment, things
from crm.rules.windows import Wait, WaitUnit, after_wait

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from crm.rules.windows import SendingWindow


class Promise(StrEnum):
    """How soon the practice says it answers."""

    SAME_DAY = "same_day"
    ONE_BUSINESS_DAY = "one_business_day"
    TWO_BUSINESS_DAYS = "two_business_days"
    THREE_BUSINESS_DAYS = "three_business_days"


SCREEN_WORDS = {
    Promise.SAME_DAY: "the same business day",
    Promise.ONE_BUSINESS_DAY: "one business day",
    Promise.TWO_BUSINESS_DAYS: "two business days",
    Promise.THREE_BUSINESS_DAYS: "three business days",
}

_BUSINESS_DAYS = {
    Promise.SAME_DAY: 0,
    Promise.ONE_BUSINESS_DAY: 1,
    Promise.TWO_BUSINESS_DAYS: 2,
    Promise.THREE_BUSINESS_DAYS: 3,
}

WARNED_BEFORE = timedelta(hours=2)
"""So much of his open time before a promise ends he is warned: there is a pause between sessions in it."""
NOON = time(12)
EVENING = time(17)


def reply_by(received_at: datetime, promise: Promise, window: SendingWindow) -> datetime:
    """The instant the promise names. It runs from the next opening: a note at night counts from morning."""
    counts_from = window.next_opening(received_at)
    days = _BUSINESS_DAYS[promise]
    if days:
        return after_wait(counts_from, Wait(days, WaitUnit.BUSINESS_DAYS), window)
    local = counts_from.astimezone(window.zone)
    return datetime.combine(local.date(), window.closes, tzinfo=window.zone)


def is_close(promised_at: datetime, by: datetime, now: datetime, window: SendingWindow) -> bool:
    """Whether it is time to warn of this promise: little is left of it, and it is not too late.

    Two open hours; of a promise that was shorter than four from the beginning, half.
    """
    left = window.open_time(now, by)
    return now < by and left <= min(WARNED_BEFORE, window.open_time(promised_at, by) / 2)


def told_until(now: datetime, window: SendingWindow) -> datetime:
    """The promises a warning of this day speaks of: all whose own would still fall into it."""
    return window.after_open_time(window.midnight_after(now), WARNED_BEFORE)


def warning_words(ends: Sequence[datetime], now: datetime, zone: tzinfo) -> str:
    """For the owner, with the first of these instants: counts and a clock only, nothing of a person."""
    by = moment(ends[0], now, zone)
    if len(ends) == 1:
        return f"You said you’d answer someone by {by}."
    return f"You said you’d answer {things(len(ends), 'person', 'people')}, the first by {by}."


def by_when_in_words(by: datetime, zone_window: SendingWindow) -> str:
    """For the person who wrote, "Tuesday evening": a weekday and a part of the day, never a clock."""
    local = by.astimezone(zone_window.zone)
    part = "midday" if local.time() < NOON else "afternoon" if local.time() < EVENING else "evening"
    return f"{local:%A} {part}"

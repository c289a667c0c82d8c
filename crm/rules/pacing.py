"""How often one person may be written to, and how much one account may send. Both over all sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crm.rules.windows import SendingWindow

WEEK = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPREAD = timedelta(minutes=1)
"""The distance between two follow-ups that something has delayed: an outage, a hold, a changed plan."""
RESERVED = 10
"""One in so many of an account's mails is kept for who has just written and for personal letters."""
TRIES = 60
"""Each try of `next_allowed` moves at least to another day or past one earlier email."""


@dataclass(frozen=True)
class Pace:
    """At most one follow-up in `gap_days` local days, and `weekly_cap` in any seven days."""

    gap_days: int = 1
    weekly_cap: int = 3


@dataclass(frozen=True)
class Limits:
    """What the sending account takes in any hour and in any 24 hours; None is no limit."""

    hourly: int | None = None
    daily: int | None = None


@dataclass(frozen=True)
class Usage:
    """How many mails went, or are going, in the last hour and the last 24 hours; and how many follow-ups."""

    hour: int = 0
    day: int = 0
    follow_ups_hour: int = 0
    follow_ups_day: int = 0


def too_soon(at: datetime, earlier: Sequence[datetime], pace: Pace, zone: ZoneInfo) -> bool:
    """Whether another follow-up is too few local days from `at`. `earlier` are instants, in any order."""
    return bool(_too_near(at, earlier, pace, zone))


def week_full(at: datetime, earlier: Sequence[datetime], pace: Pace) -> bool:
    """Whether the seven days before `at` already have as many follow-ups as a person gets."""
    return len(_within_a_week(at, earlier)) >= pace.weekly_cap


def next_allowed(at: datetime, earlier: Sequence[datetime], pace: Pace, window: SendingWindow) -> datetime:
    """The first instant at or after `at` in the window at which the pace allows a follow-up.

    Raises ValueError when the window never opens.
    """
    at = window.next_opening(at)
    for _ in range(TRIES):
        if too_soon(at, earlier, pace, window.zone):
            near = max(_too_near(at, earlier, pace, window.zone))
            at = window.next_opening(_gap_over(near, pace, window.zone))
        elif week_full(at, earlier, pace):
            at = window.next_opening(sorted(_within_a_week(at, earlier))[-pace.weekly_cap] + WEEK)
        else:
            break
    return at


def room(usage: Usage, limits: Limits, *, urgent: bool) -> int | None:
    """How many mails the account still takes now; None is no limit. Only `urgent` ones use the reserve."""
    left = [
        most - used if urgent else min(most - used, share(most) - follow_ups)
        for most, used, follow_ups in (
            (limits.hourly, usage.hour, usage.follow_ups_hour),
            (limits.daily, usage.day, usage.follow_ups_day),
        )
        if most is not None
    ]
    return max(0, min(left)) if left else None


def share(most: int) -> int:
    """How many of an account's mails may be follow-ups."""
    return most - most // RESERVED


def last_of(count: int, first: datetime, window: SendingWindow, limits: Limits) -> datetime:
    """When the last of so many follow-ups leaves, a minute apart from `first` on, within hours and limits.

    As if the account had nothing else to send. Raises ValueError when the window never opens.
    """
    apart = [SPREAD]
    if limits.hourly is not None:
        apart.append(HOUR / max(1, share(limits.hourly)))
    if limits.daily is not None:
        apart.append(window.a_day / max(1, share(limits.daily)))
    return window.after_open_time(first, (count - 1) * max(apart))


def _too_near(at: datetime, earlier: Sequence[datetime], pace: Pace, zone: ZoneInfo) -> list[datetime]:
    """One that seems to lie ahead went while the machine's clock was fast: it counts like any other."""
    return [sent for sent in earlier if at < _gap_over(sent, pace, zone) and sent < _gap_over(at, pace, zone)]


def _gap_over(sent: datetime, pace: Pace, zone: ZoneInfo) -> datetime:
    day = sent.astimezone(zone).date() + timedelta(days=pace.gap_days)
    return datetime.combine(day, time(), tzinfo=zone)


def _within_a_week(at: datetime, earlier: Sequence[datetime]) -> list[datetime]:
    return [sent for sent in earlier if at - WEEK < sent <= at]

"""When the nightly backup is made, and which of them are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NIGHT = range(2, 6)
"""Hours on the practice's clock in which nobody works."""
A_NIGHT, TOO_OLD = timedelta(hours=18), timedelta(hours=30)
TRY_AGAIN = timedelta(hours=1)


def is_due(last: datetime | None, tried: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether one is to be made now. `tried`: when it was begun last, however that ended.

    A machine that is off at night makes it by day, once the last one is too old. One that failed is tried
    again in an hour. An instant that lies ahead was written by a fast clock and counts for nothing.
    """
    if tried is not None and timedelta() <= now - tried < TRY_AGAIN:
        return False
    if last is None or last > now or now - last >= TOO_OLD:
        return True
    return now - last >= A_NIGHT and now.astimezone(zone).hour in NIGHT


def to_keep(made: Collection[datetime], daily: int, weekly: int) -> set[datetime]:
    """The newest of each of the last days that have one, and of each of the last weeks. Never none."""
    newest_first = sorted(made, reverse=True)
    days = {at.date(): at for at in reversed(newest_first)}
    weeks = {at.isocalendar()[:2]: at for at in reversed(newest_first)}
    kept = [days[day] for day in sorted(days, reverse=True)[:daily]]
    kept += [weeks[week] for week in sorted(weeks, reverse=True)[:weekly]]
    return {*kept, *newest_first[:1]}

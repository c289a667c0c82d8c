"""When a nightly backup is made, and which of them are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.rules.rotation import is_due, to_keep

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NIGHT = datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
"""3:30 in the morning there."""
NOON = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "tried", "now", "due"),
    [
        (None, None, NOON, True),
        (NIGHT - 24 * HOUR, None, NIGHT, True),
        (NIGHT - 24 * HOUR, NIGHT - 24 * HOUR, NIGHT, True),
        (NIGHT - 1 * HOUR, NIGHT - 1 * HOUR, NIGHT, False),
        (NOON - 24 * HOUR, None, NOON, False),
        (NOON - 30 * HOUR, None, NOON, True),
        (NIGHT - 24 * HOUR, NIGHT - 0.5 * HOUR, NIGHT, False),
        (NIGHT - 24 * HOUR, NIGHT - 1 * HOUR, NIGHT, True),
        (NIGHT + 90 * HOUR, NIGHT + 90 * HOUR, NIGHT, True),
    ],
)
def test_it_is_made_at_night_or_once_the_last_one_is_too_old(
    last: datetime | None,
    tried: datetime | None,
    now: datetime,
    due: bool,  # noqa: FBT001 - a table's last column
) -> None:
    assert is_due(last, tried, now, LOS_ANGELES) is due


def test_seven_days_and_four_weeks_are_kept() -> None:
    nights = [NIGHT - timedelta(days=n) for n in range(60)]

    kept = to_keep(nights, daily=7, weekly=4)

    assert set(nights[:7]) <= kept
    assert sorted({(NIGHT - at).days for at in kept - set(nights[:7])}) == [9, 16]
    assert len(kept) == 9


def test_of_several_in_a_day_the_newest_is_kept() -> None:
    morning, evening = NIGHT, NIGHT + 9 * HOUR

    assert to_keep([evening, morning], daily=7, weekly=0) == {evening}


def test_days_without_one_use_up_no_place() -> None:
    rare = [NIGHT - timedelta(days=n * 20) for n in range(10)]

    assert to_keep(rare, daily=7, weekly=0) == set(rare[:7])


def test_the_newest_is_kept_whatever_is_wanted() -> None:
    assert to_keep([NIGHT], daily=0, weekly=0) == {NIGHT}
    assert to_keep([], daily=7, weekly=4) == set()

"""What the notes about calls say of their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.rules.call_words import Occasion

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "1:30 am PDT"),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "1:30 am PST"),
        (datetime(2026, 11, 1, 10, 30, tzinfo=UTC), "2:30 am"),
    ],
)
def test_a_time_that_comes_twice_that_night_says_which(starts_at: datetime, words: str) -> None:
    occasion = Occasion(starts_at, timedelta(minutes=15), LOS_ANGELES, "Pacific Time")

    assert occasion.moment == f"Sunday, November 1 at {words} (Pacific Time)"
    assert occasion.brief == f"Sun, November 1, {words}"

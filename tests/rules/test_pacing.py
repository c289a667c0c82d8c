"""How long many follow-ups take that leave one by one."""

from __future__ import annotations

import pytest

from crm.rules.pacing import Limits, last_of
from tests.rules.times import OFFICE_HOURS, at


@pytest.mark.parametrize(
    ("count", "hourly", "daily", "last"),
    [
        (1, None, None, "2026-03-10 16:00"),
        (61, None, None, "2026-03-10 17:00"),
        (61, 100, 5000, "2026-03-10 17:00"),  # ninety an hour: a minute apart is slower
        (11, 20, None, "2026-03-10 16:33:20"),  # eighteen an hour
        (
            151,
            None,
            None,
            "2026-03-11 09:00",
        ),  # half an hour of the next morning, of whose day it is the rest
        (3000, 100, 450, "2026-03-20 10:20:49"),  # 405 a day: more than a week of sending days
    ],
)
def test_the_last_of_many_leaves_within_hours_and_limits(
    count: int, hourly: int | None, daily: int | None, last: str
) -> None:
    found = last_of(count, at("2026-03-10 16:00"), OFFICE_HOURS, Limits(hourly, daily))

    assert abs(found - at(last)).total_seconds() < 60

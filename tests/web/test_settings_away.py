"""Settings, Sending hours: the times he is away. What would fall into them waits until the morning after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.reading import Page

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
AWAY = "/settings/hours/absences"
SPRING = {"away_from": "2026-03-12", "away_until": "2026-03-20"}
SUMMER = {"away_from": "2026-08-03", "away_until": "2026-08-14"}


def refused(desk: Desk, **fields: object) -> Page:
    answer = desk.sends(AWAY, **fields)
    assert answer.status_code == 422
    return Page(answer.text)


@pytest.fixture
def sam(practice: Practice) -> Callable[[], datetime]:
    """Someone whose next email is planned for Friday, March 13, 1:52 pm: when it goes, as told here."""
    lead_id = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(minutes=1)
    return lambda: practice.open_message(lead_id).due_at.astimezone(LOS_ANGELES)


def test_while_he_is_away_follow_ups_wait_until_the_morning_after(
    practice: Practice, desk: Desk, sam: Callable[[], datetime]
) -> None:
    page = desk.does(AWAY, **SPRING)

    assert "One planned email moved" in page.toast
    assert sam() == datetime(2026, 3, 23, 8, 30, tzinfo=LOS_ANGELES)
    assert page.texts("#away .days") == ["March 12 to March 20"]

    page = desk.does(f"{AWAY}/removal", first="2026-03-12", last="2026-03-20")

    assert "One planned email moved" in page.toast
    assert sam() == datetime(2026, 3, 13, 13, 52, tzinfo=LOS_ANGELES)
    assert page.texts("#away li") == []


def test_he_can_be_away_several_times(desk: Desk, sam: Callable[[], datetime]) -> None:
    desk.does(AWAY, **SUMMER)
    desk.does(AWAY, **SPRING)
    desk.does(AWAY, **SPRING)

    page = desk.does(AWAY, away_from="2026-03-23", away_until="2026-03-23")

    assert page.texts("#away .days") == [
        "March 12 to March 20",
        "March 23",
        "August 3 to August 14",
    ]
    assert sam() == datetime(2026, 3, 24, 8, 30, tzinfo=LOS_ANGELES)


def test_times_that_are_over_fade_and_are_gone_after_a_month(practice: Practice, desk: Desk) -> None:
    desk.does(AWAY, away_from="2026-03-02", away_until="2026-03-06")

    page = desk.opens("/settings/hours")
    with practice.at_work():
        practice_row = PracticeRow.current()
        practice_row.absences = [["2026-01-05", "2026-01-09"], *practice_row.absences]
    later = desk.opens("/settings/hours")

    assert page.texts("#away .faint .days") == ["March 2 to March 6, over"]
    assert later.texts("#away .days") == ["March 2 to March 6, over"]


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ({}, "Say the first and the last day you’re away."),
        ({"away_from": "2026-03-20", "away_until": "2026-03-12"}, "The last day is before"),
        ({"away_from": "2026-03-20", "away_until": "2029-03-12"}, "more than a year"),
        ({"away_from": "soon", "away_until": "2026-03-12"}, "Say the first and the last day you’re away."),
    ],
)
def test_days_away_that_cannot_be_are_told(desk: Desk, away: dict[str, object], told: str) -> None:
    page = refused(desk, **away)

    assert told in " ".join(page.texts("#away .error"))


def test_times_away_may_not_shut_the_practice_for_good(practice: Practice, desk: Desk) -> None:
    desk.does(AWAY, away_from="2026-04-01", away_until="2027-03-20")

    page = refused(desk, away_from="2027-03-21", away_until="2027-12-01")

    assert "no sending day for more than a year" in " ".join(page.texts("#away .error"))
    with practice.reading():
        assert len(PracticeRow.current().absences) == 1


def test_an_absence_nobody_named_is_not_found(desk: Desk) -> None:
    assert desk.sends(f"{AWAY}/removal", first="soon").status_code == 404

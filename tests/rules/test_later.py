"""Until when someone is put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from crm.rules.later import Later, offers, on, until
from crm.rules.windows import SendingWindow

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
WINDOW = SendingWindow(LOS_ANGELES, frozenset(range(5)), time(8, 30), time(18))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOS_ANGELES).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-03-10 13:52", ["This evening, 6:00 pm", "Tomorrow, 8:30 am", "Monday, 8:30 am"]),
        ("2026-03-10 18:00", ["Tomorrow, 8:30 am", "Monday, 8:30 am"]),
        ("2026-03-15 09:00", ["This evening, 6:00 pm", "Tomorrow, 8:30 am"]),
        ("2026-03-16 20:00", ["Tomorrow, 8:30 am", "Monday, 8:30 am"]),
    ],
)
def test_only_what_lies_ahead_is_offered_and_no_day_twice(now: str, words: list[str]) -> None:
    assert [offer.words for offer in offers(at(now), WINDOW)] == words


def test_on_a_monday_the_next_monday_is_meant() -> None:
    offered = {offer.choice: offer.until for offer in offers(at("2026-03-16 09:00"), WINDOW)}

    assert offered[Later.MONDAY] == at("2026-03-23 08:30")


def test_a_picked_day_begins_with_the_hours_across_a_change_of_clocks() -> None:
    assert on(date(2026, 3, 7), WINDOW) == at("2026-03-07 08:30")
    assert on(date(2026, 3, 9), WINDOW) == at("2026-03-09 08:30")


@pytest.mark.parametrize(
    ("choice", "instant"),
    [
        ("evening", "2026-03-10 18:00"),
        ("monday", "2026-03-16 08:30"),
        ("2026-03-24", "2026-03-24 08:30"),
        ("2026-03-10", None),
        ("2026-03-09", None),
        ("9999-12-31", "9999-12-31 08:30"),
        ("0001-01-01", None),
        ("some day", None),
        ("", None),
    ],
)
def test_a_choice_or_a_day_to_come_names_an_instant(choice: str, instant: str | None) -> None:
    assert until(choice, at("2026-03-10 13:52"), WINDOW) == (at(instant) if instant else None)

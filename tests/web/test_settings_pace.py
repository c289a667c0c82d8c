"""Settings: how often one person hears from the practice, and how much its account takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.desk import Desk


def test_the_pace_is_saved_and_shown(practice: Practice, desk: Desk) -> None:
    page = desk.does("/settings/hours/pace", gap_days="2", weekly_cap="1")

    assert page.toast == "Saved."
    with practice.reading():
        assert (PracticeRow.current().gap_days, PracticeRow.current().weekly_cap) == (2, 1)


def test_a_slower_pace_moves_what_is_planned_and_a_quicker_one_brings_it_back(
    practice: Practice, desk: Desk
) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(days=4)
    planned = practice.open_message(sam).due_at

    slower = desk.does("/settings/hours/pace", gap_days="10", weekly_cap="3")
    later = practice.open_message(sam).due_at
    desk.does("/settings/hours/pace", gap_days="1", weekly_cap="3")

    assert slower.toast == "Saved. One planned email moved to fit."
    assert later - planned >= timedelta(days=4)
    assert practice.open_message(sam).due_at == planned


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"gap_days": "0", "weekly_cap": "2"}, "It should be a number from 1 to 60."),
        ({"gap_days": "soon", "weekly_cap": "2"}, "It should be a whole number, such as 3."),
        ({"gap_days": "1", "weekly_cap": "9"}, "It should be a number from 1 to 7."),
    ],
)
def test_a_pace_that_cannot_be_is_told_and_kept(
    practice: Practice, desk: Desk, typed: dict[str, str], told: str
) -> None:
    answer = desk.sends("/settings/hours/pace", **typed)

    assert answer.status_code == 422
    assert told in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values())
    with practice.reading():
        assert PracticeRow.current().gap_days == 1


def test_limits_are_saved_and_an_empty_one_is_none(practice: Practice, desk: Desk) -> None:
    desk.does("/settings/sending/limits", hourly_limit="", daily_limit=" 500 ")

    with practice.reading():
        assert PracticeRow.current().hourly_limit is None
        assert PracticeRow.current().daily_limit == 500


def test_a_limit_that_cannot_be_is_told_and_kept(desk: Desk) -> None:
    answer = desk.sends("/settings/sending/limits", hourly_limit="-4", daily_limit="many")

    assert answer.status_code == 422
    assert "It should be 1 or more, or empty for no limit." in answer.text
    assert "It should be a whole number, such as 3." in answer.text
    assert 'value="many"' in answer.text

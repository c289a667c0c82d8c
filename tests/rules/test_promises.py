"""By when a person hears from him: exactly for him, and in words for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.rules.promises import SCREEN_WORDS, Promise, by_when_in_words, reply_by
from crm.rules.windows import Absence
from tests.rules.times import BERLIN, KOLKATA, OFFICE_HOURS, at, day

FOURTH_OF_JULY = replace(OFFICE_HOURS, holidays=frozenset({day("2026-07-03")}))


@pytest.mark.parametrize(
    ("received", "promise", "by"),
    [
        ("2026-03-09 17:48", Promise.ONE_BUSINESS_DAY, "2026-03-10 17:48"),  # the picture's Maya
        ("2026-03-10 09:41", Promise.ONE_BUSINESS_DAY, "2026-03-11 09:41"),  # and its Daniel
        ("2026-03-10 09:41", Promise.SAME_DAY, "2026-03-10 18:00"),
        ("2026-03-10 09:41", Promise.TWO_BUSINESS_DAYS, "2026-03-12 09:41"),
        ("2026-03-10 09:41", Promise.THREE_BUSINESS_DAYS, "2026-03-13 09:41"),
        ("2026-03-09 23:00", Promise.ONE_BUSINESS_DAY, "2026-03-11 08:30"),  # night counts from the morning
        ("2026-03-09 05:00", Promise.ONE_BUSINESS_DAY, "2026-03-10 08:30"),
        ("2026-03-09 23:00", Promise.SAME_DAY, "2026-03-10 18:00"),
        ("2026-03-13 16:00", Promise.ONE_BUSINESS_DAY, "2026-03-16 16:00"),  # Friday to Monday
        ("2026-03-13 19:00", Promise.ONE_BUSINESS_DAY, "2026-03-17 08:30"),
        ("2026-03-14 12:00", Promise.ONE_BUSINESS_DAY, "2026-03-17 08:30"),
        ("2026-03-14 12:00", Promise.SAME_DAY, "2026-03-16 18:00"),
        ("2026-03-06 16:00", Promise.ONE_BUSINESS_DAY, "2026-03-09 16:00"),  # into summer time
        ("2026-10-30 16:00", Promise.ONE_BUSINESS_DAY, "2026-11-02 16:00"),  # and out of it
        ("2026-07-02 16:00", Promise.ONE_BUSINESS_DAY, "2026-07-06 16:00"),  # over the holiday
    ],
)
def test_a_promise_runs_in_business_days_from_the_next_opening(
    received: str, promise: Promise, by: str
) -> None:
    assert reply_by(at(received), promise, FOURTH_OF_JULY) == at(by)


def test_a_promise_waits_while_he_is_away() -> None:
    away = replace(OFFICE_HOURS, absences=(Absence(day("2026-08-03"), day("2026-08-14")),))

    assert reply_by(at("2026-08-05 12:00"), Promise.ONE_BUSINESS_DAY, away) == at("2026-08-18 08:30")


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("2026-03-10 08:30", "Tuesday midday"),
        ("2026-03-10 11:59", "Tuesday midday"),
        ("2026-03-10 12:00", "Tuesday afternoon"),
        ("2026-03-10 16:59", "Tuesday afternoon"),
        ("2026-03-10 17:00", "Tuesday evening"),
        ("2026-03-13 18:00", "Friday evening"),
    ],
)
def test_a_person_is_told_a_part_of_a_day_and_never_a_clock(by: str, words: str) -> None:
    assert by_when_in_words(at(by), OFFICE_HOURS) == words


@pytest.mark.parametrize(("zone", "words"), [(BERLIN, "Tuesday evening"), (KOLKATA, "Tuesday evening")])
def test_the_words_are_of_the_practices_own_day(zone: object, words: str) -> None:
    window = replace(OFFICE_HOURS, zone=zone)  # type: ignore[arg-type]  # both rows are zones

    assert by_when_in_words(at("2026-03-10 17:48", window.zone), window) == words


def test_every_promise_has_words_on_screen() -> None:
    assert SCREEN_WORDS.keys() == set(Promise)

"""How times, counts and lists are said. It is 1:52 pm on Tuesday, March 10, 2026, as in the pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules import telling
from crm.rules.telling import Pressing
from tests.rules.times import BERLIN, KOLKATA, LOS_ANGELES, at, day

NOW = at("2026-03-10 13:52")


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("14:10", "2:10 pm"),
        ("09:05", "9:05 am"),
        ("00:00", "12:00 am"),
        ("00:30", "12:30 am"),
        ("12:00", "12:00 pm"),
        ("12:59", "12:59 pm"),
        ("23:59", "11:59 pm"),
    ],
)
def test_a_clock_reads_as_people_say_it(wall: str, words: str) -> None:
    assert telling.clock(at(f"2026-03-10 {wall}"), LOS_ANGELES) == words


def test_a_clock_is_the_practices_own() -> None:
    assert telling.clock(at("2026-03-10 14:10"), BERLIN) == "10:10 pm"
    assert telling.clock(at("2026-03-10 14:10"), KOLKATA) == "2:40 am"


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("2026-03-10 00:00", "today"),
        ("2026-03-10 23:59", "today"),
        ("2026-03-11 00:00", "tomorrow"),
        ("2026-03-09 23:59", "yesterday"),
        ("2026-03-12 09:00", "Thursday"),
        ("2026-03-16 23:59", "Monday"),  # six days ahead
        ("2026-03-17 00:00", "March 17"),  # a week ahead would be Tuesday again
        ("2026-03-06 12:00", "Friday"),
        ("2026-03-04 00:00", "Wednesday"),  # six days back
        ("2026-03-03 23:59", "March 3"),
        ("2026-12-31 23:59", "December 31"),
        ("2027-01-01 00:00", "January 1, 2027"),
        ("2025-12-31 23:00", "December 31, 2025"),
    ],
)
def test_a_day_is_named_by_how_near_it_is(wall: str, words: str) -> None:
    assert telling.day_words(at(wall), NOW, LOS_ANGELES) == words


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        ("2026-03-08 00:30", "2026-03-08 23:30", "today"),  # a day of 23 hours
        ("2026-03-07 23:30", "2026-03-08 03:30", "tomorrow"),
        ("2026-11-01 00:30", "2026-11-01 23:30", "today"),  # and one of 25
        ("2026-11-01 23:30", "2026-11-02 00:30", "tomorrow"),
        ("2025-12-31 12:00", "2026-01-01 09:00", "tomorrow"),
    ],
)
def test_a_day_is_a_day_of_the_calendar_not_24_hours(now: str, then: str, words: str) -> None:
    assert telling.day_words(at(then), at(now), LOS_ANGELES) == words


@pytest.mark.parametrize(
    ("wall", "moment", "brief", "on_day"),
    [
        ("2026-03-10 14:10", "today at 2:10 pm", "today, 2:10 pm", "today"),
        ("2026-03-11 11:15", "tomorrow at 11:15 am", "Wed 11:15 am", "tomorrow"),
        ("2026-03-09 17:48", "yesterday at 5:48 pm", "Mon 5:48 pm", "yesterday"),
        ("2026-03-12 17:48", "Thursday at 5:48 pm", "Thu 5:48 pm", "on Thursday"),
        ("2026-03-24 08:30", "March 24 at 8:30 am", "March 24, 8:30 am", "on March 24"),
        ("2027-03-02 08:30", "March 2, 2027 at 8:30 am", "March 2, 2027, 8:30 am", "on March 2, 2027"),
    ],
)
def test_a_moment_in_sentences_and_in_tags(wall: str, moment: str, brief: str, on_day: str) -> None:
    assert telling.moment(at(wall), NOW, LOS_ANGELES) == moment
    assert telling.brief_moment(at(wall), NOW, LOS_ANGELES) == brief
    assert telling.on_day(at(wall), NOW, LOS_ANGELES) == on_day


@pytest.mark.parametrize(
    ("wall", "after", "words"),
    [
        ("2026-03-02 20:14", None, "Mon, March 2, 8:14 pm"),
        ("2026-03-02 20:14", "2026-03-02 20:13", "8:14 pm"),
        ("2026-03-03 08:05", "2026-03-02 20:14", "Tue, March 3, 8:05 am"),
        ("2025-03-02 20:14", None, "Sun, March 2, 2025, 8:14 pm"),
    ],
)
def test_a_story_names_the_day_once(wall: str, after: str | None, words: str) -> None:
    before = at(after) if after else None

    assert telling.stamp(at(wall), NOW, LOS_ANGELES, before) == words


def test_headings_and_dates() -> None:
    today = day("2026-03-10")

    assert telling.day_heading(today, today) == "Today, March 10"
    assert telling.day_heading(day("2026-03-11"), today) == "Wednesday, March 11"
    assert telling.date_words(day("2027-03-02"), today) == "March 2, 2027"
    assert telling.day_of_year(at("2026-03-09 23:30"), LOS_ANGELES) == "March 9"


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=-5), "0 min"),  # two clocks rarely agree to the second
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=22), "22 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=20, minutes=4), "20 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, hours=23), "1 day"),
        (timedelta(days=40), "40 days"),
    ],
)
def test_how_long_someone_waits(waited: timedelta, words: str) -> None:
    assert telling.ago(NOW - waited, NOW) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=-20), "In a moment"),
        (timedelta(seconds=20), "In a moment"),
        (timedelta(minutes=1), "In 1 minute"),
        (timedelta(minutes=18, seconds=59), "In 18 minutes"),
        (timedelta(hours=1, minutes=59), "In 1 hour"),
        (timedelta(hours=3), "In 3 hours"),
        (timedelta(days=2, hours=5), "In 2 days"),
    ],
)
def test_how_long_until_an_email_goes(left: timedelta, words: str) -> None:
    assert telling.until(NOW + left, NOW) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "no"),
        (1, "one"),
        (7, "seven"),
        (12, "twelve"),
        (13, "thirteen"),
        (20, "twenty"),
        (21, "21"),
        (1234, "1,234"),
        (-1, "-1"),
    ],
)
def test_counts_are_words_up_to_twenty(count: int, words: str) -> None:
    assert telling.count_words(count) == words


@pytest.mark.parametrize(
    ("count", "people", "emails"),
    [
        (0, "no people", "no emails"),
        (1, "one person", "one email"),
        (2, "two people", "two emails"),
        (17, "seventeen people", "seventeen emails"),
        (21, "21 people", "21 emails"),
    ],
)
def test_people_and_things_are_counted(count: int, people: str, emails: str) -> None:
    assert telling.people(count) == people
    assert telling.things(count, "email") == emails


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], ""),
        (["Maya"], "Maya"),
        (["Maya", "Priya"], "Maya and Priya"),
        (["Maya", "Priya", "Daniel"], "Maya, Priya and Daniel"),
    ],
)
def test_a_list_reads_as_a_sentence(items: list[str], words: str) -> None:
    assert telling.listed(items) == words


def test_a_sentence_begins_large_and_leaves_names_alone() -> None:
    assert telling.opening("tomorrow at 2:10 pm with McKenna") == "Tomorrow at 2:10 pm with McKenna"
    assert telling.opening("") == ""


@pytest.mark.parametrize(
    ("by", "text", "pressing"),
    [
        ("2026-03-10 17:48", "Reply by 5:48 pm today", Pressing.TODAY),
        ("2026-03-10 13:52", "Reply by 1:52 pm today", Pressing.TODAY),  # this very minute is not too late
        ("2026-03-11 09:41", "Reply by 9:41 am tomorrow", Pressing.CALM),
        ("2026-03-13 09:41", "Reply by 9:41 am on Friday", Pressing.CALM),
        ("2026-03-20 09:41", "Reply by 9:41 am on March 20", Pressing.CALM),
        ("2026-03-10 09:41", "Promised by 9:41 this morning", Pressing.PASSED),
        ("2026-03-10 13:51", "Promised by 1:51 this afternoon", Pressing.PASSED),
        ("2026-03-10 02:00", "Promised by 2:00 am today", Pressing.PASSED),
        ("2026-03-09 17:48", "Promised by 5:48 pm yesterday", Pressing.PASSED),
        ("2026-03-06 09:41", "Promised by 9:41 am on Friday", Pressing.PASSED),
        ("2026-02-20 09:41", "Promised by 9:41 am on February 20", Pressing.PASSED),
    ],
)
def test_a_promise_is_told_and_pressed_on_its_day(by: str, text: str, pressing: Pressing) -> None:
    line = telling.promise_line(at(by), NOW, LOS_ANGELES)

    assert (line.text, line.pressing) == (text, pressing)
    assert str(line) == text


def test_a_promise_of_this_evening_has_passed_at_night() -> None:
    line = telling.promise_line(at("2026-03-10 18:00"), at("2026-03-10 22:00"), LOS_ANGELES)

    assert line.text == "Promised by 6:00 this evening"


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("04:00", "Good morning, Connor."),
        ("11:59", "Good morning, Connor."),
        ("12:00", "Good afternoon, Connor."),
        ("13:52", "Good afternoon, Connor."),
        ("16:59", "Good afternoon, Connor."),
        ("17:00", "Good evening, Connor."),
        ("23:59", "Good evening, Connor."),
        ("01:00", "Good evening, Connor."),
    ],
)
def test_he_is_greeted_by_the_time_of_day(wall: str, words: str) -> None:
    assert telling.greeting(at(f"2026-03-10 {wall}"), LOS_ANGELES, "Connor") == words


def test_someone_without_a_name_is_greeted_too() -> None:
    assert telling.greeting(NOW, LOS_ANGELES) == "Good afternoon."


@given(
    first=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(LOS_ANGELES)),  # noqa: DTZ001
    second=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(LOS_ANGELES)),  # noqa: DTZ001
)
def test_any_two_moments_can_be_told(first: datetime, second: datetime) -> None:
    words = [
        telling.moment(first, second, LOS_ANGELES),
        telling.brief_moment(first, second, LOS_ANGELES),
        telling.stamp(first, second, LOS_ANGELES),
        telling.promise_line(first, second, LOS_ANGELES).text,
    ]

    assert all(each.endswith(("am", "pm")) or " this " in each or each[-1].isalnum() for each in words)
    assert not any("None" in each or "  " in each for each in words)


@pytest.mark.parametrize("name", ["Maya", "Zoë Novák", "Åsa", "山田", "👩‍👩‍👧‍👦", ""])
def test_a_name_that_reads_as_the_sentence_does_stands_in_it_as_it_is(name: str) -> None:
    assert telling.isolated(name) == name


@pytest.mark.parametrize("name", ["מאיה", "ليلى", "Maya \u202eRivers", "Leyla ليلى"])
def test_a_name_from_right_to_left_is_closed_in_so_that_it_turns_nothing_round(name: str) -> None:
    assert telling.isolated(name) == f"\u2068{name}\u2069"


def test_only_the_first_name_is_called_and_closed_in() -> None:
    assert telling.called("מאיה אוקאפור") == "\u2068מאיה\u2069"
    assert telling.called("Maya אוקאפור") == "Maya"
    assert telling.first_name("מאיה אוקאפור") == "מאיה"

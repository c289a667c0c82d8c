"""Hours of a day as people write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.hour_words import NotRead, hours_words, read_hours
from crm.rules.slots import Hours


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("9 am to 12 pm, 2 pm to 5:30 pm", "09:00-12:00 14:00-17:30"),
        ("9am-12pm", "09:00-12:00"),
        ("9-12", "09:00-12:00"),
        ("9 to 5 pm", "09:00-17:00"),
        ("2 to 5 pm", "14:00-17:00"),
        ("9 to 11 am", "09:00-11:00"),
        ("12 to 1 pm", "12:00-13:00"),
        ("12:30–1 pm", "12:30-13:00"),
        ("11:30 to 1 pm", "11:30-13:00"),
        ("14:00 - 17:30; 8.15-9", "08:15-09:00 14:00-17:30"),
        ("6:30-8", "06:30-08:00"),
        ("10 a.m. until noon and 5 p.m. to 6 p.m.", "10:00-12:00 17:00-18:00"),
        ("17:15-17:45\n9-10", "09:00-10:00 17:15-17:45"),
        ("9-10, 10-11", "09:00-10:00 10:00-11:00"),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, read: str) -> None:
    found = read_hours(text)

    assert " ".join(f"{each.opens:%H:%M}-{each.closes:%H:%M}" for each in found) == read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mornings", "“mornings” can’t be read as hours."),
        ("9", "“9” can’t be read"),
        ("2-5", "in the morning or in the afternoon?"),
        ("9-5", "in the morning or in the afternoon?"),
        ("5 pm to 9 am", "ends before it begins"),
        ("9 am to 9 am", "ends before it begins"),
        ("25:00-26:00", "no such time of day"),
        ("9:75-10", "no such time of day"),
        ("9-12, 11:30-13:00", "9 am to 12 pm and 11:30 am to 1 pm overlap."),
        ("9-12 9-12", "can’t be read"),
    ],
)
def test_what_cannot_be_read_says_what_could(text: str, words: str) -> None:
    with pytest.raises(NotRead, match=re.escape(words)):
        read_hours(text)


walls = st.times().map(lambda wall: time(wall.hour, wall.minute))


@given(st.tuples(walls, walls).filter(lambda pair: pair[0] < pair[1]))
def test_what_is_shown_can_be_read_again(pair: tuple[time, time]) -> None:
    assert read_hours(hours_words([Hours(*pair)])) == [Hours(*pair)]


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    with suppress(NotRead):
        assert read_hours(text) == sorted(read_hours(text))

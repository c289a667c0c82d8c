"""What a submitted form holds, and how it is cleaned."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.intake import (
    FIELD_LIMIT,
    MESSAGE_LIMIT,
    NAME_LIMIT,
    PAGE_LIMIT,
    Submission,
    clean,
    clean_line,
    content_key,
    tidied,
)
from tests.rules.times import day

MAYA = Submission(
    name="Maya Okafor",
    email="maya.o@example.com",
    message="I read your piece about not going to therapy and it put words to something.",
    seconds_to_fill=94.0,
)
TODAY = day("2026-03-10")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"nonce": "another"},
        {"client_key": "another network"},
        {"name": "M. Okafor"},
        {"email": " Maya.O@EXAMPLE.com"},
        {"message": f"  {MAYA.message.upper()}\r\n\r\n"},
        {"message": MAYA.message.replace(" ", "  ").replace("piece", "piece\u0000")},
    ],
)
def test_the_same_words_of_the_same_person_are_one_inquiry(change: dict[str, str]) -> None:
    assert content_key(replace(MAYA, **change), TODAY) == content_key(MAYA, TODAY)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    "change",
    [
        {"message": "And one more thing."},
        {"message": ""},
        {"email": "maya@example.com"},
        {"email": "", "phone": "+12135550148"},
        {"phone": "+12135550148"},
        {"free_times": "Evenings"},
    ],
)
def test_other_words_or_another_person_are_another_inquiry(change: dict[str, str]) -> None:
    assert content_key(replace(MAYA, **change), TODAY) != content_key(MAYA, TODAY)  # type: ignore[arg-type]  # as above


def test_the_same_words_on_another_day_are_a_new_inquiry() -> None:
    assert content_key(MAYA, TODAY) != content_key(MAYA, day("2026-03-11"))


def test_two_people_without_an_address_are_told_apart_by_phone() -> None:
    one = replace(MAYA, email="", phone="+1 (213) 555-0148")
    same = replace(MAYA, email="", phone="+12135550148")
    other = replace(MAYA, email="", phone="+12135550149")

    assert content_key(one, TODAY) == content_key(same, TODAY)
    assert content_key(one, TODAY) != content_key(other, TODAY)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plain", "plain"),
        ("  around  ", "around"),
        ("one\r\ntwo\rthree\ntwo", "one\ntwo\nthree\ntwo"),
        ("one\u2028two\u0085three", "one\ntwo\nthree"),
        ("nul\x00 bell\x07 escape\x1b delete\x7f", "nul bell escape delete"),
        ("tab\tstays", "tab\tstays"),
        ("e\u0301", "\u00e9"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("👋🏽 stays", "👋🏽 stays"),
        ("\u202eright to left stays", "\u202eright to left stays"),
        ("\x00", ""),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_stored(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_a_line_is_one_line() -> None:
    assert clean_line(" Maya \r\n Okafor\tof\u00a0LA ") == "Maya Okafor of LA"


@pytest.mark.parametrize(
    ("field", "limit"),
    [("name", NAME_LIMIT), ("message", MESSAGE_LIMIT), ("page", PAGE_LIMIT), ("free_times", FIELD_LIMIT)],
)
def test_every_field_has_its_bound(field: str, limit: int) -> None:
    long = tidied(replace(MAYA, **{field: "a" * 30_000}))  # type: ignore[arg-type]  # as above

    assert len(getattr(long, field)) == limit


def test_what_cannot_be_stored_is_in_no_field() -> None:
    everywhere = {
        field.name: "a\x00\ud800b"
        for field in fields(Submission)
        if isinstance(getattr(MAYA, field.name), str)
    }

    kept = tidied(replace(MAYA, **everywhere))  # type: ignore[arg-type]  # as above

    stored = set(everywhere) - {"client_key", "honeypot", "network_key", "token_problem"}
    assert {getattr(kept, name) for name in stored} == {"ab"}


@given(st.text(max_size=300))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean(text).encode().decode() == clean(text)


def test_letters_that_become_two_push_nothing_off_the_end() -> None:
    said = "\u0958\ufb2a \u05d0\u05d7\u05ea"

    (kept,) = tidied(replace(MAYA, more=(("Your own words", said),))).more

    assert kept == ("Your own words", "\u0915\u093c\u05e9\u05c1 \u05d0\u05d7\u05ea")

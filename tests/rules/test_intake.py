"""What a submitted form holds, how it is cleaned, and when it looks like a machine."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.intake import (
    FIELD_LIMIT,
    MESSAGE_LIMIT,
    NAME_LIMIT,
    Limits,
    Submission,
    TokenProblem,
    clean,
    clean_line,
    content_key,
    suspicions,
    tidied,
)
from tests.rules.times import day

MAYA = Submission(
    name="Maya Okafor",
    email="maya.o@example.com",
    message="I read your piece about not going to therapy and it put words to something.",
    seconds_to_fill=94.0,
)
LIMITS = Limits(min_seconds=2.0)
TODAY = day("2026-03-10")

GENUINE = [
    "I lost a lot of money gambling and my wife doesn’t know. Can we talk?",
    "My debts are over $40,000 and I can’t sleep.",
    "We have sexual problems since the baby. Is this something you work with?",
    "I take Viagra and Xanax and feel ashamed of both.",
    "I work in crypto and burned out. FREE most evenings!!!",
    "Casino shifts, nights only. Could we do mornings?",
    "Is there a discount for students? What does it cost?",
    "I found you at https://springstreet.example/articles/peanuts and it hit home.",
    "My page is https://a.example, my work https://b.example, just so you know who writes.",
    "URGENT please call me, I can’t click through another insurance website.",
    "Necesito ayuda, ¿atiende en español?",
    "ok",
    "",
    "Hi :) my ex posted things about me on www.example.com and I am falling apart",
    "I want to lose weight and gain confidence. I’ve won nothing in life so far.",
    "100% burned out. Act now or never, I told myself.",
    "My mother died in the fall and I have been “managing”.",
    "Я ищу терапевта, который говорит по-русски.",
    "我想预约一次咨询。",
    "Do you take payment plans? I can pay cash, no insurance.",
]


@pytest.mark.parametrize("message", GENUINE)
def test_no_words_make_a_genuine_inquiry_suspect(message: str) -> None:
    assert suspicions(replace(MAYA, message=message), LIMITS) == []


@pytest.mark.parametrize(
    "name",
    [
        "Maya Okafor",
        "M.",
        "Dr. J. R. Smith Jr.",
        "Ana-Lucía O’Hara",
        "李雷",
        "maya.o@example.com",  # typed into the wrong field
        "Sam (they/them)",
        "Mary.Ann",
        "",
    ],
)
def test_people_may_be_called_anything(name: str) -> None:
    assert suspicions(replace(MAYA, name=name), LIMITS) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"honeypot": "https://spam.example"}, "it filled in a field that people can’t see"),
        ({"seconds_to_fill": 0.4}, "it was sent faster than anyone can type"),
        ({"seconds_to_fill": 0.0}, "it was sent faster than anyone can type"),
        ({"seconds_to_fill": -3.0}, "it was sent faster than anyone can type"),
        ({"token_problem": "missing"}, "it didn’t come from your form"),
        ({"token_problem": TokenProblem.FORGED}, "it didn’t come from your form"),
        ({"name": "Claim it http://spam.example"}, "there is a link in the name"),
        ({"name": "www.spam.example"}, "there is a link in the name"),
        ({"name": "You won! best-pills.com"}, "there is a link in the name"),
        ({"name": "Cheap.ru cheap.cn cheap.top"}, "there is a link in the name"),
        ({"name": '<a href="//spam.example">Hi</a>'}, "there is a link in the name"),
        ({"message": "http://a http://b http://c http://d"}, "its message is full of links"),
        ({"message": "hello [url=spam.example]click[/url]"}, "its message holds links as code"),
        ({"message": 'hello <A  HREF="x">click</a>'}, "its message holds links as code"),
    ],
)
def test_a_machine_is_known_by_its_structure(change: dict[str, object], words: str) -> None:
    suspect = replace(MAYA, **change)  # type: ignore[arg-type]  # a table of changes has no narrower type

    assert suspicions(suspect, LIMITS) == [words]


@pytest.mark.parametrize(
    "change",
    [
        {"honeypot": "   "},
        {"seconds_to_fill": 2.0},
        {"seconds_to_fill": None},  # a form without our clock, such as the plain fallback
        {"token_problem": None},
        {"token_problem": TokenProblem.EXPIRED},  # a tab left open overnight
        {"token_problem": "expired"},
    ],
)
def test_what_a_person_may_well_do_is_no_suspicion(change: dict[str, object]) -> None:
    assert suspicions(replace(MAYA, **change), LIMITS) == []  # type: ignore[arg-type]  # as above


def test_every_suspicion_is_told() -> None:
    machine = replace(MAYA, name="http://spam.example", honeypot="x", seconds_to_fill=0.1)

    assert len(suspicions(machine, LIMITS)) == 3


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
    [("name", NAME_LIMIT), ("message", MESSAGE_LIMIT), ("page", FIELD_LIMIT), ("free_times", FIELD_LIMIT)],
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

    stored = set(everywhere) - {"client_key", "honeypot", "token_problem"}
    assert {getattr(kept, name) for name in stored} == {"ab"}


@given(st.text(max_size=300))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean(text).encode().decode() == clean(text)

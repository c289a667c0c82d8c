"""What pages and letters of a person say: in each language the same, and in Spanish nothing in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_time

from crm.rules import day_words, sheet_words
from crm.rules.call_letter_words import CALL_LETTERS
from crm.rules.call_notes import CallNote
from crm.rules.call_words import CallPages, HowToTalk, Occasion, how, note_wording, where
from crm.rules.frame_words import FRAMES
from crm.rules.pages import PAGES
from crm.rules.sheets import FormLanguage
from crm.rules.wording import filled

EN, ES = FormLanguage.ENGLISH, FormLanguage.SPANISH
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
ENGLISH_WORDS = re.compile(
    r"\b(the|your?|call|choose|time|times|and|with|this|that|of|to|is|are|for|not|my|we|I|at|an|or|it)\b"
)
BLANKS = re.compile(r"\{\{.*?\}\}|\{[^}]*\}|<[a-z]+>|[\[\]]|\([^)]*<[a-z]+>\)")


def sentences(words: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each sentence, by where it stands."""
    if isinstance(words, str):
        yield path, words
    elif isinstance(words, dict):
        for key, each in words.items():
            yield from sentences(each, f"{path}.{key}")
    elif isinstance(words, tuple):
        for at, each in enumerate(words):
            yield from sentences(each, f"{path}.{at}")
    elif is_dataclass(words):
        for each in fields(words):
            yield from sentences(getattr(words, each.name), f"{path}.{each.name}")


def blanks(words: str) -> list[str]:
    return sorted(re.findall(r"\{[a-z ]+\}|<[a-z]+>|\[", words))


TABLES = {"pages": PAGES, "letters": CALL_LETTERS, "frames": FRAMES, "forms": sheet_words.WORDS}


@pytest.mark.parametrize("table", TABLES)
def test_every_sentence_is_there_in_every_language_with_the_same_blanks(table: str) -> None:
    english, spanish = (dict(sentences(TABLES[table][each])) for each in (EN, ES))  # type: ignore[index]

    assert set(english) == set(spanish)
    assert [at for at in spanish if not spanish[at].strip()] == []
    named = {".hello"}  # its blank has a value of its own for whom nobody knows the name of
    assert [at for at in english if at not in named and blanks(english[at]) != blanks(spanish[at])] == []


@pytest.mark.parametrize("table", TABLES)
def test_nothing_in_spanish_is_english(table: str) -> None:
    said = sentences(TABLES[table][ES])  # type: ignore[index]

    assert [(at, each) for at, each in said if ENGLISH_WORDS.search(BLANKS.sub(" ", each))] == []


def test_days_and_times_are_those_of_cldr() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(366)):
        assert day_words.full_day(ES, day) == format_date(day, "EEEE d 'de' MMMM", locale="es")
        assert day_words.short_day(ES, day) == format_date(day, "EEE d", locale="es")
    for hour, minute in product(range(24), (0, 5, 30)):
        at = datetime(2026, 3, 12, hour, minute, tzinfo=UTC)
        told = format_time(time(hour, minute), "h:mm a", locale="es_US")
        assert day_words.clock(ES, at, UTC) == told.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("hour", "words"),
    [(17, "jueves 12 de marzo a las 10:00 a.m."), (20, "jueves 12 de marzo a la 1:00 p.m.")],
)
def test_one_o_clock_is_a_la_una(hour: int, words: str) -> None:
    assert day_words.at_clock(ES, datetime(2026, 3, 12, hour, tzinfo=UTC), LOS_ANGELES) == words


@pytest.mark.parametrize(
    ("first", "last", "english", "spanish"),
    [
        (date(2026, 3, 11), date(2026, 3, 17), "March 11 to 17", "11 al 17 de marzo"),
        (date(2026, 3, 30), date(2026, 4, 3), "March 30 to April 3", "30 de marzo al 3 de abril"),
        (date(2026, 3, 11), date(2026, 3, 11), "March 11", "11 de marzo"),
        (
            date(2026, 12, 30),
            date(2027, 1, 4),
            "December 30 to January 4, 2027",
            "30 de diciembre al 4 de enero de 2027",
        ),
    ],
)
def test_a_span_of_days(first: date, last: date, english: str, spanish: str) -> None:
    told = [day_words.span(each, first, last, date(2026, 3, 1)) for each in (EN, ES)]

    assert told == [english, spanish]


@pytest.mark.parametrize("note", CallNote)
@pytest.mark.parametrize("medium", ["phone", "video", "in_person"])
def test_no_letter_about_a_call_is_half_english(note: CallNote, medium: str) -> None:
    at = datetime(2026, 9, 30, 17, tzinfo=UTC)
    occasion = Occasion(at, timedelta(minutes=15), LOS_ANGELES, "hora del Pacífico", ES)
    wording = note_wording(note, occasion, CallPages("https://x.test/a", "https://x.test/b"))
    talk = HowToTalk(medium)
    said = [wording.subject, wording.preview, wording.body, how(talk, ES), where(talk, ES), occasion.moment]

    assert [each for each in said if ENGLISH_WORDS.search(BLANKS.sub(" ", each.replace("](", " ")))] == []
    assert len(wording.subject) <= 50


def test_what_is_filled_in_leaves_the_blanks_of_a_letter_alone() -> None:
    assert filled("<a> {my name} <b>", a="1", b=2) == "1 {my name} 2"

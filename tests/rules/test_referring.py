"""Whom to name to somebody who is not for us, and what the letter says of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crm.rules.referring import Candidate, Card, Draft, freshest_first, is_stale, lines_of
from tests.rules.times import at

NOW = at("2026-03-10 13:52")
NOOR = Card(
    "Noor Aziz",
    focus="children and teenagers",
    payers="Blue Shield, Käiser",
    fees="$160",
    phone="(213) 555-0142",
    email="noor@aziz.example",
    notes="Ring before nine.",
)
ADE = Card("Dr. Ade Okoye", site="okoye.example")
LETTER = Draft("Hi Maya,\n\nThese are people I trust.\n", "\n\nWarmly,\nConnor\n")


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("", True),
        ("teen", True),
        ("TEENAGERS child", True),
        ("kaiser", True),
        ("Aziz, Noor", True),
        ("teenagers couples", False),
        ("hildren", False),
        ("160", False),
        ("nine", False),
    ],
)
def test_every_word_asked_for_begins_a_word_of_theirs(wanted: str, *, fits: bool) -> None:
    assert NOOR.fits(wanted) is fits


def test_a_letter_says_who_they_are_and_how_to_reach_them_and_nothing_else() -> None:
    assert lines_of([NOOR, ADE]) == (
        "Noor Aziz, children and teenagers\n(213) 555-0142, noor@aziz.example\n\nDr. Ade Okoye\nokoye.example"
    )


@pytest.mark.parametrize(
    ("openings_at", "stale"),
    [
        (None, True),
        (NOW, False),
        (NOW - timedelta(days=60), False),
        (NOW - timedelta(days=60, minutes=1), True),
    ],
)
def test_what_was_said_of_openings_holds_for_sixty_days(openings_at: datetime | None, *, stale: bool) -> None:
    assert is_stale(openings_at, NOW) is stale


def test_who_said_last_that_they_have_openings_stands_first() -> None:
    known = [
        Candidate(1, Card("Bea")),
        Candidate(2, Card("abel")),
        Candidate(3, Card("Cy"), NOW - timedelta(days=70)),
        Candidate(4, Card("Di"), NOW),
    ]

    assert [each.card.name for each in freshest_first(known)] == ["Di", "Cy", "abel", "Bea"]


def test_names_stand_where_the_gap_is_and_none_leave_no_gap() -> None:
    assert LETTER.naming("Noor") == "Hi Maya,\n\nThese are people I trust.\n\nNoor\n\nWarmly,\nConnor\n"
    assert LETTER.naming("") == "Hi Maya,\n\nThese are people I trust.\n\nWarmly,\nConnor\n"


def test_other_names_take_the_place_of_those_before_and_keep_what_was_typed() -> None:
    typed = LETTER.naming("Noor").replace("Hi Maya", "Dear Maya").replace("Warmly", "All good wishes")

    assert LETTER.renamed(typed, "Noor", "Ade\n\nBea") == (
        "Dear Maya,\n\nThese are people I trust.\n\nAde\n\nBea\n\nAll good wishes,\nConnor\n"
    )
    assert LETTER.renamed(typed, "Noor", "") == (
        "Dear Maya,\n\nThese are people I trust.\n\nAll good wishes,\nConnor\n"
    )


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (LETTER.naming("") + "\nPS: courage.", LETTER.naming("Noor") + "\nPS: courage.\n"),
        ("Dear Maya.\n\nWarmly,\nConnor", "Dear Maya.\n\nNoor\n\nWarmly,\nConnor\n"),
        ("All my own.\n\nBye.", "All my own.\n\nNoor\n\nBye.\n"),
        ("One line.", "Noor\n\nOne line.\n"),
        ("", "Noor\n"),
    ],
)
def test_first_names_go_where_the_gap_was_or_before_the_last_paragraph(typed: str, named: str) -> None:
    assert LETTER.renamed(typed, "", "Noor") == named


def test_a_text_without_a_gap_gets_names_before_its_end() -> None:
    assert Draft("Hi.\n\nBye.\n").naming("Noor") == "Hi.\n\nBye.\n\nNoor\n"

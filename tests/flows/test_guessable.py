"""What thieves try first is no password here."""

from __future__ import annotations

import pytest

from crm.flows.guessable import ON_A_LIST, weakness


@pytest.mark.parametrize(
    "password",
    [
        "1qaz2wsx3edc",
        "qazwsxedcrfv",
        "monkeymonkey",
        "dragonmaster",
        "sunshine12345",
        "iloveyouforever",
        "michaeljordan23",
        "jesuschrist1",
        "mailcreated5240",
    ],
)
def test_a_stolen_password_is_refused(password: str) -> None:
    assert weakness(password) == ON_A_LIST


@pytest.mark.parametrize(
    "password",
    [
        "four words of hers",
        "my cat sits on the moon",
        "ünïcödé is fine here",
        "x7 lantern, plum? rail",
        "words that go on and on. " * 39,
    ],
)
def test_a_few_words_that_do_not_belong_together_are_fine(password: str) -> None:
    assert weakness(password, "Connor", "Spring Street Therapy", "connor@springstreet.example") is None


def test_our_own_rules_come_first() -> None:
    assert weakness("short") == "Use at least twelve characters. A few words in a row work well."


def test_names_of_the_practice_are_as_good_as_on_a_list() -> None:
    assert weakness("SpringStreet2026", "Spring Street Therapy") is not None

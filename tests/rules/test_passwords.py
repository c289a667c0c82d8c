"""A new password is long, and not one of those that are tried first."""

from __future__ import annotations

import pytest

from crm.rules.passwords import weakness

KNOWN = ("Connor", "Spring Street Therapy", "connor@springstreet.example")


@pytest.mark.parametrize(
    "password",
    [
        "lantern gravel oboe",
        "twelve chars",
        "ünïcode wörds hier",
        "qX7#fLp9!zRw",
        "the street where I met Connor first",
        "a" * 990 + "bcdefghijk",
    ],
)
def test_a_long_password_that_is_nobody_elses_is_fine(password: str) -> None:
    assert weakness(password, *KNOWN) is None


@pytest.mark.parametrize("password", ["", "short", "elevenchars"])
def test_a_short_one_is_told_how_long_is_long_enough(password: str) -> None:
    assert weakness(password) == "Use at least twelve characters. A few words in a row work well."


def test_an_endless_one_is_told_where_the_end_is() -> None:
    assert "A thousand characters" in (weakness("lantern gravel " * 100) or "")


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaa",
        "121212121212",
        "123456789012",
        "passwordpassword",
        "Password123456!",
        "P4ssw0rd-2026",
        "qwertyuiop1234",
        "Welcome2026!!",
        "correct horse battery staple",
        "SpringStreetTherapy",
        "Spring Street 2026",
        "connor@springstreet.example",
        "connorconnor1",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert weakness(password, *KNOWN) == (
        "That one is easy to guess. A few words that don’t belong together work well."
    )

"""Numbers as people type them are understood, and one that can't be is shown as it was typed."""

from __future__ import annotations

import pytest

from crm.web.forms.checks import e164, national


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("213.555.0101", "+12135550101", "(213) 555-0101"),
        ("1 (213) 555-0101 ext. 12", "+12135550101", "(213) 555-0101"),
        ("٢١٣٥٥٥٠١٠١", "+12135550101", "(213) 555-0101"),
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("011 44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("0044 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        (" 00 1 213 555 0101", "+12135550101", "(213) 555-0101"),
    ],
)
def test_a_number_is_understood_in_any_format(typed: str, number: str, shown: str) -> None:
    assert e164(typed) == number
    assert national(number) == shown


@pytest.mark.parametrize("typed", ["call 213 555 0101 after 6", "213 555 01", "ask my sister", "00"])
def test_what_is_no_number_stays_as_it_was_typed(typed: str) -> None:
    assert e164(typed) is None
    assert national(typed) == typed

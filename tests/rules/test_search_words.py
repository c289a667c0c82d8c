"""What somebody is found by, and what a search asks for."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm.rules.excerpts import Excerpt, excerpt
from crm.rules.search_words import Findable, Place, Sought, Written, fold, keys_of, sought


def fits(person: Findable, query: str) -> bool:
    """As the index would say."""
    asked, keys = sought(query), keys_of(person)
    return bool(asked.words) and all(word in keys for word in asked.words)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("MAYA", "maya"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("STRASSE straße", "strasse strasse"),
        ("Łódź, Øster, Æsop, İzmir, ılık", "lodz, oster, aesop, izmir, ilik"),
        ("ﬁne ｆｕｌｌ", "fine full"),
        ("مَريَم", "مريم"),
        ("٠١٢٣", "0123"),
        ("ma\u200fya soft\u00adly", "maya softly"),
        ("김민수", "김민수"),
    ],
)
def test_case_accents_and_invisible_signs_make_no_difference(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("query", "words", "whole"),
    [
        ("maya oka", ("maya", "oka"), None),
        ("  Maya,  MAYA ", ("maya",), None),
        ("maya o", ("maya",), None),
        ("o", ("o",), None),
        ("Maya.O@Example.org", ("maya", "example", "org"), "=maya.o@example.org"),
        ("maya@", ("maya",), None),
        ("(213) 555-0148", ("21355", "50148"), "=2135550148"),
        ("+1 213 555 0148", ("12135", "55014", "50148"), "=12135550148"),
        ("0049 30 123456", ("49301", "23456"), "=4930123456"),
        ("030 123456", ("30123", "23456"), "=30123456"),
        ("0148", ("0148",), None),
        ("12", ("12",), None),
        ("extraordinarily", ("extraordin",), None),
        ("山田太郎", ("山田", "田太", "太郎"), None),
        ("山", ("山",), None),
        ("a b c", ("a", "b", "c"), None),
        ("one two three four five six seven eight nine", None, None),
        ("% _ \\ '", (), None),
        ("", (), None),
    ],
)
def test_what_a_search_asks_for(query: str, words: tuple[str, ...] | None, whole: str | None) -> None:
    asked = sought(query)

    assert asked.whole == whole
    assert asked.words == words if words is not None else len(asked.words) == 8


MAYA = Findable(
    "Maya O’Brien-Okafor",
    "maya.o+call@example.org",
    "+12135550148",
    (
        Written(Place.MESSAGE, "I can’t sleep before Wednesdays. Ring 310-555-0199, after 5pm."),
        Written(Place.NOTE, "Wednesdays are full."),
    ),
)


@pytest.mark.parametrize(
    "query",
    [
        "maya", "ma", "brien", "obrien", "o’brien", "o'brien", "okafor maya", "mayA OKA",
        "maya.o+call@example.org", "@example.org",
        "example", "call@ex", "2135550148", "+12135550148", "1 213", "555", "550148", "0148",
        "sleep", "wedn", "wednesdays sleep maya", "can’t", "3105550199",
        "(310) 555-0199", "0199", "5pm", "full",
    ],
)  # fmt: skip
def test_a_person_is_found_by(query: str) -> None:
    assert fits(MAYA, query)


@pytest.mark.parametrize(
    "query",
    [
        "aya",
        "mayaa",
        "maya@example.org sam",
        "rivers",
        "slee px",
        "wed",
        "0149",
        "2135550149",
        "213 777 0199",
    ],
)
def test_a_person_is_not_found_by(query: str) -> None:
    assert not fits(MAYA, query)


def test_a_word_counts_where_it_stands_best() -> None:
    keys = keys_of(MAYA)

    assert keys["maya"] is Place.NAME
    assert keys["example"] is Place.CONTACT
    assert keys["=maya.o+call@example.org"] is keys["=2135550148"] is Place.WHOLE
    assert keys["wednesdays"] is Place.MESSAGE
    assert keys["full"] is Place.NOTE


def test_however_much_was_written_the_words_of_a_person_are_bounded() -> None:
    letters = "abcdefghij"
    words = (f"{a}{b}{c}{a}{b}{c}" for a in letters for b in letters for c in letters)
    text = " ".join(words)
    texts = tuple(Written(Place.MESSAGE, text[at:]) for at in range(0, len(text), 700))

    many = keys_of(
        Findable("x" * 300, "y" * 300, "1" * 40, (Written(Place.MESSAGE, "word " * 500_000), *texts))
    )

    assert len(many) < 2_200
    assert max(map(len, many)) <= 301


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(NAMES)
def test_whoever_has_a_name_with_a_letter_is_found_by_all_of_it(name: str) -> None:
    assume(sought(name).words)
    assume(not any(letter.isdigit() for letter in name))

    assert fits(Findable(name, "", ""), name)


@given(st.from_regex(r"[a-z]{2,12}( [a-z]{2,12}){0,3}", fullmatch=True), st.data())
def test_a_name_is_found_while_it_is_being_typed(name: str, data: st.DataObject) -> None:
    typed = name[: data.draw(st.integers(2, len(name)))]

    assert fits(Findable(name, "", ""), typed)


@given(st.from_regex(r"\+[1-9][0-9]{9,13}", fullmatch=True), st.data())
def test_a_number_is_found_by_any_of_its_digits_in_a_row(phone: str, data: st.DataObject) -> None:
    size = data.draw(st.integers(3, len(phone) - 1))
    begin = data.draw(st.integers(1, len(phone) - size))
    typed = phone[begin : begin + size]
    spaced = f"({typed[:2]}) {typed[2:]}" if data.draw(st.booleans()) else typed

    assert fits(Findable("", "", phone), spaced)


@given(st.text(max_size=200))
def test_nothing_typed_is_too_strange(query: str) -> None:
    asked = sought(query)

    assert isinstance(asked, Sought)
    assert len(asked.words) <= 8


@pytest.mark.parametrize(
    ("texts", "words", "shown"),
    [
        (["I cannot sleep."], ["sle"], Excerpt("I cannot ", "sleep", ".")),
        (["Zoë\n\nwrote   this"], ["zoe"], Excerpt("", "Zoë", " wrote this")),
        (["first", "then sleep"], ["sleep"], Excerpt("then ", "sleep", "")),
        (["an evening with Robin"], ["an", "robin"], Excerpt("an evening with ", "Robin", "")),
        (["ring 213-555-0199"], ["21355", "50199", "0199"], Excerpt("ring 213-555-", "0199", "")),
        (["我叫山田太郎"], ["太郎"], Excerpt("", "我叫山田太郎", "")),
        (["asleep"], ["sleep"], None),
        ([], ["sleep"], None),
    ],
)
def test_the_words_around_what_was_sought(texts: list[str], words: list[str], shown: Excerpt | None) -> None:
    assert excerpt(texts, words) == shown


def test_a_long_text_is_cut_at_words_on_both_sides() -> None:
    shown = excerpt([f"{'before ' * 60}sleep{' after' * 60}"], ["sleep"])

    assert shown is not None
    assert shown.before.startswith("…before ")
    assert shown.after.endswith(" after…")
    assert len(shown.before + shown.word + shown.after) < 180

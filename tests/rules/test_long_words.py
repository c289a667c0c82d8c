"""A very long letter is folded between two words, and nothing of it is lost."""

from __future__ import annotations

import pytest

from crm.rules.long_words import SHOWN, WORTH_IT, Folded, folded
from crm.rules.next_words import Sentence, Span

WORDS = "word and another, "


def text(paragraphs: tuple[Sentence, ...]) -> str:
    return "".join(span.text for paragraph in paragraphs for span in paragraph)


def test_a_letter_of_a_page_or_two_is_whole() -> None:
    paragraphs = ((Span("x" * SHOWN),), (Span("y" * WORTH_IT),))

    assert folded(paragraphs) == Folded(paragraphs)


@pytest.mark.parametrize("length", [SHOWN - 1, SHOWN, SHOWN + 1, 20_000])
@pytest.mark.parametrize("unit", [WORDS, "W", "å", "👩‍👩‍👧‍👦 "])
def test_nothing_of_a_long_one_is_lost(unit: str, length: int) -> None:
    paragraphs = ((Span(unit * (length // len(unit))),), (Span(WORDS * 100),))

    found = folded(paragraphs)

    assert text(found.first) + text(found.rest) == text(paragraphs)
    assert len(text(found.first)) <= SHOWN
    assert found.rest


def test_it_is_cut_between_two_words() -> None:
    found = folded(((Span(WORDS * 1000),),))

    assert text(found.first).endswith(" ")


def test_words_that_may_mean_danger_are_never_cut_and_never_folded_away_unsaid() -> None:
    paragraph = (Span("w" * (SHOWN - 3)), Span("end it all", strong=True), Span(WORDS * 100))

    found = folded((paragraph,))

    assert found.rest[0][0] == Span("end it all", strong=True)
    assert found.has_marks

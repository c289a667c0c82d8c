"""The few words of a text around the one that was sought, to be shown with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.rules.search_words import TEXT_LENGTH, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE, AFTER = 50, 110
"""Characters shown on either side: two lines of a row."""
WORD_AT_MOST = 60

_WORD = re.compile(r"[^\W_]+|[\u2600-\u27bf\U0001f000-\U0001faff]")


@dataclass(frozen=True)
class Excerpt:
    """One line: what stands before the word, the word, and what follows. Cut ends show an ellipsis."""

    before: str
    word: str
    after: str


def excerpt(texts: Iterable[str], words: Iterable[str]) -> Excerpt | None:
    """Around the longest of these words that one of the texts has; None where they have none of them."""
    cut = [" ".join(text[:TEXT_LENGTH].split()) for text in texts]
    for word in sorted(words, key=len, reverse=True):
        for text in cut:
            if found := next((each for each in _WORD.finditer(text) if _fits(each[0], word)), None):
                return _around(text, found.start(), found.end())
    return None


def _fits(written: str, sought: str) -> bool:
    """As the index has it: from its beginning; within it where there are no spaces, or in a number."""
    folded = fold(written)
    within = sought.isdigit() or not sought.isascii()
    return sought in folded if within else folded.startswith(sought)


def _around(text: str, start: int, end: int) -> Excerpt:
    end = min(end, start + WORD_AT_MOST)
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    if start > BEFORE:
        before = f"…{before.partition(' ')[2] or before}"
    if end + AFTER < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return Excerpt(before, text[start:end], after)

"""Words that suggest danger, found by readable rules that would rather be wrong ten times than miss once.

They order the owner's day and hold automation; they measure nothing and diagnose nobody. The
phrases stand in crisis_english.py and crisis_spanish.py.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain

from crm.rules import crisis_english, crisis_spanish

VERSION = "2026-07"
"""Of the phrases; raise it when they change, so that a story can tell which ones put someone on top."""

MOST_SHOWN = 20
"""A page full of underlining says no more than this many."""

BETWEEN_WORDS = r"[^\w]{1,6}"
UP_TO_FOUR_WORDS = rf"(?:{BETWEEN_WORDS}\w+){{0,4}}?{BETWEEN_WORDS}"
END_OF_THOUGHT = r"(?=[^\w\S]*(?:[^\w\s]|\n|$))"


def crisis_words(text: str) -> list[str]:
    """The exact words of `text` that suggest danger, each once, in their order; empty when none do."""
    plain, places = _plain(text)
    spans = sorted(match.span() for phrase in _phrases() for match in phrase.finditer(plain))
    found = (text[places[start] : places[end - 1] + 1] for start, end in _joined(spans))
    return list(dict.fromkeys(found))[:MOST_SHOWN]


@lru_cache(maxsize=1)
def _phrases() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(phrase) for phrase in chain(crisis_english.ENGLISH, crisis_spanish.SPANISH))


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as written in crisis_english.py, as a regular expression whose every gap is bounded."""
    for name, alternatives in (crisis_english.WORDS | crisis_spanish.WORDS).items():
        phrase = phrase.replace(name, f"(?:{alternatives})")
    phrase = phrase.replace("(", "(?:").replace("(?:?", "(?").replace("*", r"\w{0,12}")
    phrase = phrase.replace(" ... ", UP_TO_FOUR_WORDS).replace(" END", END_OF_THOUGHT)
    return re.compile(rf"(?<!\w){phrase.replace(' ', BETWEEN_WORDS)}(?!\w)")


def _plain(text: str) -> tuple[str, list[int]]:
    """Lower case without accents, apostrophes and invisible signs, and where each letter stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if plain := _plain_letter(letter):
            letters.append(plain)
            places.append(place)
    return "".join(letters), places


@lru_cache(maxsize=2048)
def _plain_letter(letter: str) -> str:
    if letter in "'’‘`´ʼ" or unicodedata.category(letter) in ("Mn", "Cf"):
        return ""
    return unicodedata.normalize("NFKD", letter)[0].lower()[:1]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans as one, so that a sentence is underlined once."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

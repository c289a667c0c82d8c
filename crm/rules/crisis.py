"""Words that suggest danger, found by readable rules that would rather be wrong ten times than miss once.

They order the owner's day and hold automation; they measure nothing and diagnose nobody. The
phrases stand in crisis_english.py and crisis_spanish.py; the owner adds his own, and may switch off
one of ours that is not said outright.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from crm.rules.crisis_phrases import ANY, Language, Pattern, Phrase, pattern, places, plain, shipped

VERSION = "2026-11"
"""Of the phrases we ship; raise it when they change, so that a story can tell which put someone on top."""

MOST_SHOWN = 20
"""A page full of underlining says no more than this many."""
OWN_GROUP = "Your own"
_WORD = re.compile(r"\w+")
NEVER = r"(?!)"


@dataclass(frozen=True)
class CrisisRules:
    """The phrases that are looked for. `edition` counts what the owner changed, 0 before he did."""

    edition: int = 0
    english: tuple[str, ...] = ()
    spanish: tuple[str, ...] = ()
    switched_off: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        """Which rules these are, as a story keeps it."""
        return f"{VERSION}+{self.edition}" if self.edition else VERSION

    @property
    def own(self) -> tuple[Phrase, ...]:
        texts = ((Language.ENGLISH, self.english), (Language.SPANISH, self.spanish))
        return tuple(Phrase(tongue, OWN_GROUP, each, is_own=True) for tongue, own in texts for each in own)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Everything that is on. What is said outright cannot be switched off."""
        kept = (each for each in shipped() if each.is_always_on or each.text not in self.switched_off)
        return (*kept, *self.own)


SHIPPED = CrisisRules()


@dataclass(frozen=True)
class Found:
    """Where in a text a phrase stands: the first letter's place, and one after the last."""

    phrase: Phrase
    start: int
    end: int


def crisis_words(text: str, rules: CrisisRules = SHIPPED) -> list[str]:
    """The exact words of `text` that suggest danger, each once, in their order; empty when none do."""
    spans = sorted((each.start, each.end) for each in crisis_phrases(text, rules))
    return list(dict.fromkeys(text[start:end] for start, end in _joined(spans)))[:MOST_SHOWN]


def crisis_phrases(text: str, rules: CrisisRules = SHIPPED) -> list[Found]:
    """Every phrase that stands in the text, and where: why it is to be read first."""
    bare, shelves = plain(text), _by_first_letter(rules)
    found = [
        (each.phrase, *match.span())
        for at in (word.start() for word in _WORD.finditer(bare))
        for each in shelves.get(bare[at], shelves[""]).at(bare, at)
        if (match := each.regex.match(bare, at))
    ]
    stood = places(text) if found else []
    return [Found(phrase, stood[start], stood[end - 1] + 1) for phrase, start, end in found]


@dataclass(frozen=True)
class _Shelf:
    """Phrases that can begin with one letter. Whether any of them stands somewhere is one look."""

    patterns: tuple[Pattern, ...]

    @cached_property
    def any_of_them(self) -> re.Pattern[str]:
        return re.compile("|".join(each.expression for each in self.patterns) or NEVER)

    def at(self, text: str, place: int) -> tuple[Pattern, ...]:
        """Those that are worth a look here."""
        return self.patterns if self.any_of_them.match(text, place) else ()


@lru_cache(maxsize=4)
def _by_first_letter(rules: CrisisRules) -> dict[str, _Shelf]:
    """Under no letter those that can begin with any."""
    patterns = [pattern(phrase) for phrase in rules.phrases]
    letters = ANY.union(*(each.first for each in patterns))
    return {
        letter: _Shelf(tuple(each for each in patterns if each.first & {letter, *ANY})) for letter in letters
    }


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans as one, so that a sentence is underlined once."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

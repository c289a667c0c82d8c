"""How a phrase of the crisis rules is written, and how it becomes something that can be looked for.

`(a|b)` one of these, `?` may be missing, `*` any ending, ` ... ` up to four words between, ` END` where
the thought ends, a word in capitals one of a list. Every gap is bounded, so no text makes it slow.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from crm.rules import crisis_english, crisis_spanish

OWN_AT_MOST = 200
"""So many phrases of his own in a language."""
OWN_LONGEST = 80

APOSTROPHES = "'’‘`´ʼ"
WITHOUT_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
BETWEEN_WORDS = r"[^\w]{1,6}"
UP_TO_FOUR_WORDS = rf"(?:{BETWEEN_WORDS}\w+){{0,4}}?{BETWEEN_WORDS}"
END_OF_THOUGHT = r"(?=[^\w\S]*(?:[^\w\s]|\n|$))"
ANY = frozenset({""})
"""The first letters of a phrase that may begin with any."""
_OWN = re.compile(r"[^\W_]+\*?(?: (?:\.\.\. )?[^\W_]+\*?)*")


class Language(StrEnum):
    """Whose phrases they are."""

    ENGLISH = "English"
    SPANISH = "Spanish"


@dataclass(frozen=True)
class Phrase:
    """One phrase and where it stands. Those of a first group are said outright, and always on."""

    language: Language
    group: str
    text: str
    is_own: bool = False
    is_always_on: bool = False


@dataclass(frozen=True)
class Pattern:
    """A phrase ready to be looked for, where a word begins: its expression, and its possible first letters."""

    phrase: Phrase
    expression: str
    first: frozenset[str]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.expression)


@lru_cache(maxsize=1)
def shipped() -> tuple[Phrase, ...]:
    """Every phrase we ship, language by language and group by group."""
    books = ((Language.ENGLISH, crisis_english.ENGLISH), (Language.SPANISH, crisis_spanish.SPANISH))
    return tuple(
        Phrase(language, group, text, is_always_on=number == 0)
        for language, book in books
        for number, (group, texts) in enumerate(book.items())
        for text in texts
    )


@lru_cache(maxsize=1024)
def pattern(phrase: Phrase) -> Pattern:
    text = with_lists(phrase.text)
    regex = text.replace("(", "(?:").replace("(?:?", "(?").replace("*", r"\w{0,12}")
    regex = regex.replace(" ... ", UP_TO_FOUR_WORDS).replace(" END", END_OF_THOUGHT)
    return Pattern(phrase, rf"{regex.replace(' ', BETWEEN_WORDS)}(?!\w)", _first_letters(text))


def with_lists(text: str) -> str:
    """The phrase with its words in capitals written out."""
    for name, alternatives in (crisis_english.WORDS | crisis_spanish.WORDS).items():
        text = text.replace(name, f"({alternatives})")
    return text


def own_phrase(typed: str) -> str:
    """What the owner typed, as a phrase: small letters, no accents or apostrophes, single spaces."""
    text = plain(typed.replace("…", "..."))
    return " ".join(text.replace("...", " ... ").split())


def why_not(own: str) -> str | None:
    """What is wrong with a phrase of his own, in words; None when it can be looked for."""
    if len(own) > OWN_LONGEST:
        return f"“{own[:20]}…” is long for a phrase. Keep it under {OWN_LONGEST} letters."
    if not _OWN.fullmatch(own):
        return f"“{own}” holds a sign that can’t be looked for. Only words, * for any ending and … for a gap."
    if sum(letter.isalnum() for letter in own) < 3:
        return f"“{own}” is so short that nearly every note would be read first."
    return None


def plain(text: str) -> str:
    """Lower case without accents, apostrophes and invisible signs."""
    if text.isascii():
        return text.translate(WITHOUT_APOSTROPHES).lower()
    return "".join(map(_plain_letter, text))


def places(text: str) -> list[int]:
    """Where each letter of the plain text stood."""
    return [place for place, letter in enumerate(text) if _plain_letter(letter)]


@lru_cache(maxsize=2048)
def _plain_letter(letter: str) -> str:
    if letter in APOSTROPHES or unicodedata.category(letter) in ("Mn", "Cf"):
        return ""
    return unicodedata.normalize("NFKD", letter)[0].lower()[:1]


def _first_letters(text: str) -> frozenset[str]:
    """Each letter one of its matches can begin with; ANY where that is not plain."""
    if not text.startswith("("):
        return frozenset(text[:1]) if text[:1].isalnum() else ANY
    inside, rest = _group(text)
    letters = frozenset().union(*(_first_letters(each) for each in inside))
    if rest.startswith("?"):
        letters |= _first_letters(rest[1:].lstrip())
    return ANY if letters & ANY else letters


def _group(text: str) -> tuple[list[str], str]:
    """The alternatives of the bracket a text begins with, and what follows it."""
    depth, parts, start = 0, [], 1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if (sign == "|" and depth == 1) or depth == 0:
            parts.append(text[start:place])
            start = place + 1
        if depth == 0:
            return parts, text[place + 1 :]
    raise ValueError(f"a bracket of {text!r} is never closed")

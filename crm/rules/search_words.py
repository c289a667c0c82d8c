"""What can be found of a person, as words; and what a search asks for, as the same words.

Nobody types accents, case or a number's dashes the way somebody else did, so both sides are folded
alike. A word is kept with its beginnings, so that it is found while it is still being typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from crm.rules.likeness import near_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSION = 2
"""Of these rules: where they change, what was indexed by older ones is made anew."""

LONGEST = 10
"""Letters of a word that count: two longer words which begin alike are one to a search."""
FIRST_OF_A_NAME, FIRST_OF_A_TEXT = 2, 4
"""The shortest beginning by which a word is found. A shorter word is found whole."""
NAME_WORDS, TEXT_WORDS, TEXT_NUMBERS = 20, 300, 10
"""How many different ones count of a name, and of one text."""
TEXT_KEYS = 2_000
"""Beginnings kept of all texts of one person: a correspondence of years stays bounded."""
TEXT_LENGTH = 20_000
"""Characters looked at of one text."""
SOUGHT_WORDS = 8
"""More words than these narrow nothing down."""
GRAMS = (3, 4, 5)
"""A number is found by any digits in a row, at least three."""
WHOLE_NUMBER = 7
"""So many digits are somebody's number, and not a part of it."""

WHOLE = "="
"""Before a whole address or number: no word begins with it."""
NEAR = "~"
"""Before a key of those who are nearly alike: it is asked for by look-alikes, and never typed."""


class Place(IntEnum):
    """Where a word stands. Who has it in a higher place is shown first."""

    NOTE = 1
    LETTER = 2
    MESSAGE = 3
    CONTACT = 4
    NAME = 5
    WHOLE = 6


@dataclass(frozen=True)
class Written:
    """One text: a message of theirs, a letter to them, a note about them."""

    place: Place
    text: str


@dataclass(frozen=True)
class Findable:
    """Everything by which a person may be found; the texts in the order of their worth."""

    name: str
    email: str
    phone: str
    written: tuple[Written, ...] = ()


@dataclass(frozen=True)
class Sought:
    """What a search asks for: all of `words`, each the beginning of one; `whole` is an address or number."""

    words: tuple[str, ...]
    whole: str | None = None


def keys_of(person: Findable) -> dict[str, Place]:
    """All words by which this person is found, and the best place each stands in."""
    keys: dict[str, Place] = {}
    for place, found in _by_worth(person):
        for key in found:
            keys.setdefault(key, place)
    return keys


def near_words(name: str, email: str) -> list[str]:
    """What someone has in common with who may be the same person by a near address and a near name."""
    return [NEAR + key for key in near_keys(name, email)]


def sought(query: str) -> Sought:
    """What these typed words ask for. Nothing, where there is no letter and no digit among them."""
    folded = fold(query).strip()
    if digits := _number_asked_for(folded):
        whole = WHOLE + digits if len(digits) >= WHOLE_NUMBER else None
        return Sought(tuple(_covering(digits))[:SOUGHT_WORDS], whole)
    asked = _telling(list(_runs(folded)))
    is_address = re.fullmatch(r"[^\s@]+@[^\s@]+", folded)
    return Sought(tuple(islice(asked, SOUGHT_WORDS)), WHOLE + folded if is_address else None)


def _telling(runs: list[str]) -> dict[str, None]:
    """The words of a search. A single letter beside others begins one more, and tells nothing yet."""
    longer = [run for run in runs if len(run) >= FIRST_OF_A_NAME or not run.isascii()]
    return dict.fromkeys(key for run in longer or runs for key in _asking(run))


def fold(text: str) -> str:
    """Without case, accents, vowel marks and invisible signs; digits of any script as 0 to 9."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    kept = "".join(_plain(each) for each in apart if unicodedata.category(each)[0] != "M")
    return unicodedata.normalize("NFKC", kept)


def _by_worth(person: Findable) -> Iterator[tuple[Place, Iterable[str]]]:
    yield Place.WHOLE, _whole(person)
    yield Place.NAME, _of_a_name(fold(person.name))
    yield Place.CONTACT, _of_contact(fold(person.email), _digits(person.phone))
    yield Place.CONTACT, near_words(person.name, person.email)
    left = TEXT_KEYS
    for written in person.written:
        found = list(islice(_of_a_text(fold(written.text[:TEXT_LENGTH])), left))
        left -= len(found)
        yield written.place, found


def _whole(person: Findable) -> Iterator[str]:
    if person.email:
        yield WHOLE + fold(person.email).strip()
    digits = _digits(person.phone)
    yield from (WHOLE + digits[at:] for at in range(len(digits) - WHOLE_NUMBER + 1))


def _of_a_name(folded: str) -> Iterator[str]:
    """Each word; and O'Brien or Mary-Ann written together."""
    for chunk in folded.split()[:NAME_WORDS]:
        runs = list(_runs(chunk))
        for run in [*runs, "".join(runs)] if len(runs) > 1 else runs:
            yield from _beginnings(run, FIRST_OF_A_NAME)


def _of_contact(email: str, digits: str) -> Iterator[str]:
    for run in _runs(email):
        yield from _beginnings(run, FIRST_OF_A_NAME)
    yield from _grams(digits)


def _of_a_text(folded: str) -> Iterator[str]:
    """Each key once."""
    words = islice(dict.fromkeys(_runs(folded)), TEXT_WORDS)
    keys = (key for word in words for key in _beginnings(word, FIRST_OF_A_TEXT))
    numbers = (_digits(each[0]) for each in islice(_NUMBER.finditer(folded), TEXT_NUMBERS))
    grams = (gram for number in numbers for gram in _grams(number))
    yield from dict.fromkeys([*keys, *grams])


def _runs(folded: str) -> Iterator[str]:
    """Words; where a script has no spaces, what stands between two signs."""
    for word in _WORD.finditer(folded):
        yield from _RUN.findall(word[0])


def _beginnings(run: str, first: int) -> Iterator[str]:
    if _UNSPACED.match(run):
        yield from dict.fromkeys(run)
        yield from _pairs(run)
    elif _is_long_number(run):
        yield from _grams(run)
    else:
        yield from (run[:end] for end in range(min(first, len(run)), min(len(run), LONGEST) + 1))


def _asking(run: str) -> Iterable[str]:
    if _UNSPACED.match(run):
        return _pairs(run) if len(run) > 1 else run
    return _covering(run) if _is_long_number(run) else [run[:LONGEST]]


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def _grams(digits: str) -> Iterator[str]:
    return (digits[at : at + size] for size in GRAMS for at in range(len(digits) - size + 1))


def _covering(digits: str) -> Iterator[str]:
    """As few grams as hold every digit."""
    size = min(len(digits), GRAMS[-1])
    for at in range(0, len(digits), size):
        begin = min(at, len(digits) - size)
        yield digits[begin : begin + size]


def _number_asked_for(folded: str) -> str:
    """The digits, where nothing but a number was typed; without the zeros dialled before it."""
    digits = _digits(folded)
    if len(digits) < GRAMS[0] or not _ONLY_A_NUMBER.fullmatch(folded):
        return ""
    if len(digits) < WHOLE_NUMBER:
        return digits
    return digits.removeprefix("00") if digits.startswith("00") else digits.removeprefix("0")


def _digits(text: str) -> str:
    return "".join(each for each in text if each in "0123456789")


def _is_long_number(run: str) -> bool:
    return len(run) > GRAMS[-1] and run.isascii() and run.isdigit()


def _plain(letter: str) -> str:
    if unicodedata.category(letter) == "Cf":
        return ""
    return letter if letter.isascii() or not letter.isdecimal() else str(unicodedata.decimal(letter))


_SPELLED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart."""
_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003134f"
)
_WORD = re.compile(r"[^\W_]+|[\u2600-\u27bf\U0001f000-\U0001faff]")
_RUN = re.compile(f"[{_WITHOUT_SPACES}]+|[^{_WITHOUT_SPACES}]+")
_UNSPACED = re.compile(f"[{_WITHOUT_SPACES}]")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}[0-9]")
_ONLY_A_NUMBER = re.compile(r"[+(]?[+(0-9][0-9 ()./-]*")

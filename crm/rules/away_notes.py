"""Whether a text is a program's note that somebody is away or has got our mail, by its words alone.

A person who is away says so too, and then says more: what nobody programs in advance is never a note.
"""

from __future__ import annotations

from crm.rules.away_words import A_DATE, ANSWERS, CLAUSES, FILLER, SIGNS
from crm.rules.quoting_words import REACHES

LONGEST = 1_500
PLENTY, ENOUGH, FEW = 4, 3, 2
"""So many signs do by themselves; where nothing else is said, fewer with thanks; so many beside a header."""
AT_HEART = ("away", "no access", "received")
"""One of these is what a note is about; who only thanks and promises may be in an emergency of their own."""
NAME_WORDS = 4


def signs(text: str) -> set[str]:
    """Which of the things such notes are made of stand in this text."""
    return {name for name, sign in SIGNS.items() if sign.search(text)}


def is_note(new_text: str) -> bool:
    """`new_text` is what was written, without what is quoted. Who asks something is a person."""
    text = _short(new_text)
    if not any(SIGNS[name].search(text) for name in AT_HEART):
        return False
    found = signs(text)
    if len(found) >= PLENTY:
        return True
    is_likely = len(found) >= ENOUGH or "thanks" in found
    return is_likely and "away" in found and _says_nothing_else(text)


def may_be_note(new_text: str) -> bool:
    """What is enough where a header or the subject speaks for a program as well."""
    text = _short(new_text)
    found = signs(text)
    return len(found) >= FEW or bool(found and _says_nothing_else(text))


def _short(new_text: str) -> str:
    """The text with straight apostrophes; nothing of one that is too long for a note, or asks something."""
    return new_text.replace("’", "'") if len(new_text) <= LONGEST and "?" not in new_text else ""


def _says_nothing_else(text: str) -> bool:
    return all(_belongs(piece.strip(" \t-–—*_()\"'")) for piece in CLAUSES.split(text))


def _belongs(piece: str) -> bool:
    is_noise = FILLER.fullmatch(piece) or A_DATE.fullmatch(piece)
    return not piece or bool(signs(piece) or is_noise or _is_name(piece) or _is_contact(piece))


def _is_name(piece: str) -> bool:
    words = piece.split()
    return len(words) <= NAME_WORDS and not ANSWERS.search(piece) and all(w[0].isupper() for w in words)


def _is_contact(piece: str) -> bool:
    return bool(REACHES.search(piece)) and len(piece.split()) <= 2 * NAME_WORDS

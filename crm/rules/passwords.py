"""Whether a password could be guessed in the tries the sign-in allows (NIST SP 800-63B 3.1.1.2)."""

from __future__ import annotations

import re

SHORTEST, LONGEST = 12, 1000
FEWEST_LETTERS = 5
"""How many different characters keep "aaaaaaaaaaaa" and "121212121212" out."""

_COMMON = re.compile(
    r"(?:(?:my)?pass(?:word|wort|w0rd)|p[a4][s5]{2}w[o0]rd|qwert[yz](?:uiop)?|asdfgh?(?:jkl)?|zxcvbn?m?|letmein"
    r"|iloveyou|welcome|admin|changeme|secret|abcdefg?h?i?j?k?l?|trustno1|correct ?horse ?battery ?staple"
    r"|[0-9]|[!?.#@$*_-])+",
    re.IGNORECASE,
)


def weakness(password: str, *known: str) -> str | None:
    """What is wrong with a new password and what would be right; None when nothing is.

    `known`: words everybody can read about this practice, such as its name and the address.
    """
    if len(password) < SHORTEST:
        return "Use at least twelve characters. A few words in a row work well."
    if len(password) > LONGEST:
        return "That is longer than a password can be here. A thousand characters are the most."
    if len(set(password)) < FEWEST_LETTERS or _COMMON.fullmatch(password) or _is_known(password, known):
        return "That one is easy to guess. A few words that don’t belong together work well."
    return None


def _is_known(password: str, known: tuple[str, ...]) -> bool:
    """Made of nothing but what is written on the door, with digits and signs around it."""
    rest = _bare(password)
    words = {word for phrase in known for word in (_bare(phrase), *map(_bare, re.split(r"[\s@.]+", phrase)))}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 2 else rest
    return not rest


def _bare(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text).casefold()

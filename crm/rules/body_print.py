"""Whether two messages say nearly the same, told from keyed prints that nobody can read back.

Of all pairs of neighbouring words, hashed with a key, a print keeps the few smallest hashes. How many of them
two prints share tells how many pairs their texts share (Broder 1997, minhash). Without the key it is mute.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

LONG_ENOUGH = 12
"""Words. Shorter messages are alike by chance: "Please call me"."""
ALIKE = 0.5
"""Share of common pairs. Texts that have nothing to do with each other share hardly any."""

_LINK = re.compile(r"\b(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_KEPT = 12
A_GLANCE = 3
"""With fewer hashes in common nobody needs to look closer: most pairs of texts have none."""
_DIGITS = 6


def body_print(text: str, key: bytes) -> str:
    """The print of a message, up to twelve hashes of six hex digits; empty for one too short to have any."""
    words = _words(text)
    if len(words) < LONG_ENOUGH:
        return ""
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    hashes = {
        hashlib.blake2b(pair.encode(), key=key[:64], digest_size=_DIGITS // 2).hexdigest() for pair in pairs
    }
    return "".join(sorted(hashes)[:_KEPT])


def are_alike(one: str, other: str) -> bool:
    """Whether these prints are of nearly the same words."""
    mine, theirs = _hashes(one), _hashes(other)
    common = len(mine & theirs)
    if common < A_GLANCE:
        return False
    return common >= ALIKE * len(sorted(mine | theirs)[:_KEPT])


@lru_cache(maxsize=1024)  # a note is compared with the same few hundred as the one before it
def _hashes(print_: str) -> frozenset[str]:
    return frozenset(print_[at : at + _DIGITS] for at in range(0, len(print_), _DIGITS))


def _words(text: str) -> list[str]:
    """Small letters without accents; every link is one and the same word, and so is every number."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall(_NUMBER.sub("0", _LINK.sub("link", bare)))

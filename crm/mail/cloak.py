"""Hides what will be filled later, so that Markdown, the layout and css-inline see plain words only.

Each piece becomes one character of Unicode's private use area: a letter to Markdown, untouched by HTML
parsers, and impossible to type into a text. Markdown after filling would turn a stranger's name into links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm.mail.pieces import Part, Piece

HIDDEN = re.compile("[\ue000-\uf8ff]")
FIRST, LAST = 0xE000, 0xF8FF
_NOT_WORDS = re.compile("[\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Cloak:
    """Remembers which character stands for which piece, for the making of one letter."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def hide(self, parts: Iterable[Part]) -> str:
        """The text with one character in the place of each piece; control characters fall away."""
        return "".join(tidy(part) if isinstance(part, str) else self.character(part) for part in parts)

    def character(self, piece: Piece) -> str:
        """A new character for this piece. Raises ValueError after 6,400 of them."""
        if FIRST + len(self._pieces) > LAST:
            raise ValueError("no characters left")
        self._pieces.append(piece)
        return chr(FIRST + len(self._pieces) - 1)

    def piece(self, character: str) -> Piece | None:
        """What hides behind this character, if anything does."""
        place = ord(character) - FIRST
        return self._pieces[place] if 0 <= place < len(self._pieces) else None

    def pieces(self, text: str) -> list[Piece]:
        """What hides in this text, in order."""
        return [found for each in HIDDEN.findall(text) if (found := self.piece(each))]

    def reveal(self, text: str) -> str:
        """The Jinja source: every piece back in its place."""
        return HIDDEN.sub(lambda found: self._pieces[ord(found[0]) - FIRST].jinja, text)


def tidy(text: str) -> str:
    """Words without control characters, lone surrogates or private use, lines ended by a newline."""
    return _NOT_WORDS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

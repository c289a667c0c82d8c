"""What a story is made of: lines, whose turn they were, and the letters below them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.next_words import Sentence, Span, say

if TYPE_CHECKING:
    from crm.models import Incoming, Message


class Look(StrEnum):
    """Whose turn an item of the story was; the class it wears on the page."""

    THEIRS = "theirs"
    YOURS = "yours"
    NOTE = "note"
    AUTO = "auto"
    PLAIN = "plain"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Letter:
    """Words below a line. `kept` folds what went out by itself; `subject` is empty where none is shown.

    `mail` is what they came in, where they came by mail.
    """

    paragraphs: tuple[Sentence, ...]
    subject: str = ""
    kept: bool = False
    is_inquiry: bool = False
    mail: Incoming | None = None


@dataclass(frozen=True)
class Deed:
    """What can be done about a line, with one button: its words and where it posts."""

    words: str
    action: str


@dataclass(frozen=True)
class Line:
    """One line of the story. `problem` links to where the owner settles it, `email_id` to why it went.

    `merge_id` is of a merge that can be taken apart here.
    """

    look: Look
    mark: str
    words: Sentence
    letter: Letter | None = None
    problem: bool = False
    email_id: int | None = None
    merge_id: int | None = None
    deed: Deed | None = None


def paragraphs(text: str, flagged: list[str] | None = None) -> tuple[Sentence, ...]:
    """Someone's own words by paragraphs, the flagged ones as strong spans."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return tuple(_marked(block, flagged or []) for block in blocks if block)


def written(message: Message) -> Letter:
    """What the owner wrote: as it went, without what our layout puts under it, or as it stands."""
    text = (message.sent_text or "").partition("\n-- ")[0] or message.wording.body
    return Letter(paragraphs(text), subject=message.sent_subject or message.wording.subject)


def sent_by_itself(message: Message) -> Letter | None:
    """The very text that went."""
    return Letter(paragraphs(message.sent_text), kept=True) if message.sent_text else None


def _marked(block: str, flagged: list[str]) -> Sentence:
    if not flagged:
        return say(block)
    pattern = "|".join(re.escape(words) for words in sorted(flagged, key=len, reverse=True))
    pieces = re.split(f"({pattern})", block, flags=re.IGNORECASE)
    return tuple(Span(piece, strong=at % 2 == 1) for at, piece in enumerate(pieces) if piece)

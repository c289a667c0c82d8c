"""What a tag is called, and when two names are one tag."""

from __future__ import annotations

import unicodedata

from crm.rules.intake import clean_line

NAME_LIMIT = 40
TAGS_OF_A_PERSON = 20
TAGS_OF_A_PRACTICE = 300


def tag_name(typed: str) -> str:
    """As it is shown: one clean line without a leading #. May be empty, or longer than NAME_LIMIT."""
    return clean_line(typed, NAME_LIMIT + 1).lstrip("#").strip()


def tag_key(name: str) -> str:
    """Equal for names that look or sound the same: Anxiety, anxiety, ＡＮＸＩＥＴＹ."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())

"""What to call somebody."""

from __future__ import annotations


def first_name(name: str) -> str:
    """The first word of whatever they like to be called."""
    words = name.split(maxsplit=1)
    return words[0] if words else name

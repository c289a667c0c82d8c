"""Choices of a form, from the words the screen has for each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from wtforms.fields.choices import SelectChoice

Value = TypeVar("Value", bound=str)


def picks(words: Mapping[Value, str]) -> list[SelectChoice]:
    """One choice for each value, in the order of the table."""
    return [SelectChoice(str(value), label) for value, label in words.items()]

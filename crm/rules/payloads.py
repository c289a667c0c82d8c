"""Bytes that a program sent, read into plain values: bounded, and at worst `Unreadable`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

DEPTH_AT_MOST = 32
"""Levels of nesting. No form is deeper, and Python's own reader would end in a RecursionError."""

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)


class Unreadable(Exception):  # noqa: N818 - a fact about a body, in a sentence for whoever sent it
    """What is wrong with a body, and what would be right."""


def read_json(body: bytes, *, numbers: Callable[[str], Any] | None = None) -> Any:  # noqa: ANN401 - any JSON
    """The value of a JSON text. Names that stand twice, NaN and deep nesting are refused (RFC 7493).

    `numbers` reads them, where they are to stay as they were written. Raises Unreadable.
    """
    text = as_text(body)
    if depth_of(text) > DEPTH_AT_MOST:
        raise Unreadable(f"This is nested deeper than {DEPTH_AT_MOST} levels.")
    try:
        return json.loads(
            text,
            parse_int=numbers,
            parse_float=numbers,
            parse_constant=_no_number,
            object_pairs_hook=_no_name_twice,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"This is no JSON: {error.msg}, at line {error.lineno}, column {error.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise Unreadable("There is a number in this that is too long to be one.") from None


def as_text(body: bytes) -> str:
    """The text of a body; a byte order mark is no part of it. Raises Unreadable where it is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"This is not UTF-8: byte {error.start} belongs to no letter.") from None


def depth_of(text: str) -> int:
    """How deep its brackets are nested, strings left out. In one pass, whatever the text is."""
    depth = deepest = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        match found[0]:
            case "[" | "{":
                depth += 1
                deepest = max(deepest, depth)
            case "]" | "}":
                depth -= 1
    return deepest


def _no_number(word: str) -> Any:  # noqa: ANN401 - it never returns
    raise Unreadable(f"{word} is no number in JSON.")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("A name stands twice in one object, so it means two things.")
    return found

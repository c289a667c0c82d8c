"""Hours of a day as people write them: 9 am to 12 pm, 14:00-17:30. What can't be read is said, with what would be."""

from __future__ import annotations

import re
from datetime import time
from itertools import pairwise

from crm.rules.slots import Hours

_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])?\.?(?:m\.?)?"
_STRETCH = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until|till)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\band\b|&", re.IGNORECASE)
_NAMES = {"noon": "12 pm", "midday": "12 pm"}
EXAMPLE = "9 am to 12 pm, 2 pm to 5:30 pm"
MORNING = 7
"""An hour before this without am or pm may be either."""


class NotRead(ValueError):  # noqa: N818 - a fact, not an error
    """A sentence that says what can't be read, and what could."""


def read_hours(text: str) -> list[Hours]:
    """Every stretch of a day, the earliest first; none where nothing is written. Raises NotRead."""
    for name, words in _NAMES.items():
        text = re.sub(rf"\b{name}\b", words, text, flags=re.IGNORECASE)
    found = sorted(_stretch(part.strip()) for part in _BETWEEN.split(text) if part.strip())
    for earlier, later in pairwise(found):
        if later.opens < earlier.closes:
            raise NotRead(f"{stretch_words(earlier)} and {stretch_words(later)} overlap.")
    return found


def hours_words(hours: list[Hours] | tuple[Hours, ...]) -> str:
    """As they are shown and can be read again: 9 am to 12 pm, 2 pm to 5:30 pm."""
    return ", ".join(map(stretch_words, hours))


def stretch_words(hours: Hours) -> str:
    """9 am to 12 pm"""
    return f"{_words(hours.opens)} to {_words(hours.closes)}"


def _stretch(part: str) -> Hours:
    found = _STRETCH.fullmatch(part)
    if found is None:
        raise NotRead(f"“{part[:40]}” can’t be read as hours. They look like {EXAMPLE}.")
    from_hour, from_minute, from_half, to_hour, to_minute, to_half = found.groups()
    opens = _time(from_hour, from_minute, from_half or _guess(from_hour, to_hour, from_minute, to_half), part)
    closes = _time(to_hour, to_minute, to_half, part)
    if closes <= opens:
        raise NotRead(f"“{part[:40]}” ends before it begins. With am and pm it looks like {EXAMPLE}.")
    return Hours(opens, closes)


def _guess(from_hour: str, to_hour: str, from_minute: str | None, to_half: str | None) -> str | None:
    """9 to 11 am is in the morning; 9 to 5 pm begins there, too; 2 to 5 pm doesn't."""
    if to_half is None or int(from_hour) > 12:
        return None
    begins, ends = int(from_hour) % 12, int(to_hour) % 12
    if to_half.lower() == "p" and (begins, int(from_minute or 0)) < (ends or 12, 0) and begins < MORNING:
        return "p"
    return "p" if int(from_hour) == 12 else "a"


def _time(hour: str, minute: str | None, half: str | None, part: str) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half is None and minute is None and 0 < hours < MORNING:
        raise NotRead(f"“{part[:40]}”: in the morning or in the afternoon? It looks like {EXAMPLE}.")
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    if hours > 23 or minutes > 59:
        raise NotRead(f"“{part[:40]}” has no such time of day. Hours look like {EXAMPLE}.")
    return time(hours, minutes)


def _words(wall: time) -> str:
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes} {'am' if wall.hour < 12 else 'pm'}"

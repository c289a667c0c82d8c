"""How the screen says times, counts and lists: exactly for the owner, in as few words as stay clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven"]
_NUMBERS += ["eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"]
_NUMBERS += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]

FROM_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})
"""Letters that run from right to left, and marks that make others do so."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MORNING, NOON, EVENING = 4, 12, 17
"""The hours at which the parts of a day begin."""


class Pressing(StrEnum):
    """How a promise looks on Today: `today` is amber, `passed` is red."""

    CALM = "calm"
    TODAY = "today"
    PASSED = "passed"


@dataclass(frozen=True)
class PromiseLine:
    """By when someone hears from the owner, and how pressing that is now."""

    text: str
    pressing: Pressing

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Teller:
    """Who is told of, from when, and by which clock."""

    name: str
    now: datetime
    zone: tzinfo


def first_name(name: str) -> str:
    """What to call someone: the first word of whatever they like to be called."""
    return name.split(maxsplit=1)[0] if name.split() else name


def called(name: str) -> str:
    """The same inside a sentence on screen."""
    return isolated(first_name(name))


def isolated(name: str) -> str:
    """A name that reads from right to left stays by itself, so that it turns no neighbour round (UAX 9).

    The two marks are not seen. Where a name has an element of its own, the page does the same by its style.
    """
    turns = not name.isascii() and any(bidirectional(letter) in FROM_RIGHT for letter in name)
    return f"\u2068{name}\u2069" if turns else name


def clock(instant: datetime, zone: tzinfo) -> str:
    """2:10 pm"""
    return f"{_hands(instant.astimezone(zone))} {_half(instant.astimezone(zone))}"


def clock_there(instant: datetime, zone: tzinfo, there: tzinfo, name: str) -> str:
    """11:30 am for Sam; Tuesday, 4:30 am for Ana, where it is another day. Empty where the clocks agree."""
    if clock(instant, there) == clock(instant, zone):
        return ""
    day = _day(instant, there)
    weekday = "" if day == _day(instant, zone) else f"{day:%A}, "
    return f"{weekday}{clock(instant, there)} for {name}"


def date_words(day: date, today: date) -> str:
    """March 24; with its year when that is another one: March 24, 2027."""
    words = f"{day:%B} {day.day}"
    return words if day.year == today.year else f"{words}, {day.year}"


def span_words(first: date, last: date, today: date) -> str:
    """March 24 to April 2; one day is March 24."""
    return date_words(first, today) + (f" to {date_words(last, today)}" if last > first else "")


def day_of_year(instant: datetime, zone: tzinfo) -> str:
    """March 9: for letters, whose reader's today is not ours."""
    day = _day(instant, zone)
    return f"{day:%B} {day.day}"


def day_words(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """today, tomorrow, yesterday; Thursday, up to six days away; else March 24."""
    day, today = _day(instant, zone), _day(now, zone)
    match (day - today).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
        case days if abs(days) < 7:
            return f"{day:%A}"
    return date_words(day, today)


def on_day(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """today, on Thursday, on March 24: the day as the end of a sentence."""
    day = day_words(instant, now, zone)
    return day if day[0].islower() else f"on {day}"


def moment(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """As in "today at 2:10 pm", "Thursday at 5:48 pm"."""
    return f"{day_words(instant, now, zone)} at {clock(instant, zone)}"


def brief_moment(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """For tags and cards: today, 2:10 pm; Wed 11:15 am; March 24, 8:30 am."""
    day, today = _day(instant, zone), _day(now, zone)
    if day == today:
        return f"today, {clock(instant, zone)}"
    if abs((day - today).days) < 7:
        return f"{day:%a} {clock(instant, zone)}"
    return f"{date_words(day, today)}, {clock(instant, zone)}"


def short_when(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """For something past, in the width of a clock: 1:17 pm; Mon; Mar 2."""
    day, today = _day(instant, zone), _day(now, zone)
    if day == today:
        return clock(instant, zone)
    return f"{day:%a}" if (today - day).days < 7 else f"{day:%b} {day.day}"


def stamp(instant: datetime, now: datetime, zone: tzinfo, after: datetime | None = None) -> str:
    """For stories: Mon, March 2, 8:14 pm; just 8:14 pm when the item before, `after`, is of the same day."""
    day = _day(instant, zone)
    if after is not None and _day(after, zone) == day:
        return clock(instant, zone)
    return f"{day:%a}, {date_words(day, _day(now, zone))}, {clock(instant, zone)}"


def day_heading(day: date, today: date) -> str:
    """Today, March 10; Wednesday, March 11: above a day's emails."""
    name = "Today" if day == today else f"{day:%A}"
    return f"{name}, {date_words(day, today)}"


def ago(instant: datetime, now: datetime) -> str:
    """How long someone waits, at the right of a row: 22 min, 4 h, 1 day."""
    waited = max(now - instant, timedelta())
    if waited < HOUR:
        return f"{waited // MINUTE} min"
    if waited < DAY:
        return f"{waited // HOUR} h"
    return _counted(waited // DAY, "day")


def until(instant: datetime, now: datetime) -> str:
    """In 18 minutes; In 3 hours; In 2 days. What is due or overdue goes In a moment."""
    left = instant - now
    if left < MINUTE:
        return "In a moment"
    if left < HOUR:
        return f"In {_counted(left // MINUTE, 'minute')}"
    if left < DAY:
        return f"In {_counted(left // HOUR, 'hour')}"
    return f"In {_counted(left // DAY, 'day')}"


def count_words(count: int) -> str:
    """seven; in digits beyond twenty; no for none."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def things(count: int, one: str, many: str | None = None) -> str:
    """As in "one email", "seven emails", "no emails"."""
    return f"{count_words(count)} {one if count == 1 else many or one + 's'}"


def people(count: int) -> str:
    """As in "one person", "seven people", "no people"."""
    return things(count, "person", "people")


def listed(items: Sequence[str]) -> str:
    """Maya, Priya and Daniel"""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def opening(words: str) -> str:
    """The same words at the start of a sentence; unlike `capitalize` it leaves names alone."""
    return words[:1].upper() + words[1:]


def promise_line(reply_by: datetime, now: datetime, zone: tzinfo) -> PromiseLine:
    """Reply by 5:48 pm today; Reply by 9:41 am tomorrow; Promised by 9:41 this morning."""
    is_today = _day(reply_by, zone) == _day(now, zone)
    if reply_by < now:
        return PromiseLine(f"Promised by {_passed(reply_by, now, zone)}", Pressing.PASSED)
    by = f"Reply by {clock(reply_by, zone)} {on_day(reply_by, now, zone)}"
    return PromiseLine(by, Pressing.TODAY if is_today else Pressing.CALM)


def part_of_day(instant: datetime, zone: tzinfo) -> str:
    """morning, afternoon or evening; the small hours still belong to the evening before."""
    hour = instant.astimezone(zone).hour
    if MORNING <= hour < NOON:
        return "morning"
    return "afternoon" if NOON <= hour < EVENING else "evening"


def greeting(now: datetime, zone: tzinfo, name: str = "") -> str:
    """Good afternoon, Connor."""
    hello = f"Good {part_of_day(now, zone)}"
    return f"{hello}, {name}." if name else f"{hello}."


def _passed(instant: datetime, now: datetime, zone: tzinfo) -> str:
    local = instant.astimezone(zone)
    if local.date() == _day(now, zone) and local.hour >= MORNING:
        return f"{_hands(local)} this {part_of_day(instant, zone)}"
    return f"{clock(instant, zone)} {on_day(instant, now, zone)}"


def _day(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def _hands(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M}"


def _half(local: datetime) -> str:
    return "am" if local.hour < 12 else "pm"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit if count == 1 else unit + 's'}"

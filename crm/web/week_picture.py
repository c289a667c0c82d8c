"""The coming week as a picture: hours for calls, calls, and when their own calendar says they are busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from crm.rules.slots import Span, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm.rules.slots import Calendar

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
USUAL = (8, 18)
WIDE, HIGH, LEFT, TOP = 100, 34, 44, 30
"""Of a day and of an hour, and the room for words beside and above them."""


@dataclass(frozen=True)
class Block:
    """`kind`: open, call or busy."""

    kind: str
    x: int
    y: float
    high: float
    words: str


@dataclass(frozen=True)
class Picture:
    """In the units of its own view box; `said` tells it in words."""

    days: tuple[tuple[int, str], ...]
    hours: tuple[tuple[int, str], ...]
    blocks: tuple[Block, ...]
    wide: int
    high: int
    said: tuple[str, ...]


def picture_of(calendar: Calendar, now: datetime) -> Picture:
    """Seven days from today on, by the clock of whose hours they are."""
    zone = calendar.agenda.zone
    today = now.astimezone(zone).date()
    days = [today + number * DAY for number in range(7)]
    opens = {day: calendar.agenda.stretches(day) for day in days}
    first, last = _edges([span for spans in opens.values() for span in spans], calendar)
    drawing = _Drawing(calendar, first, last)
    kinds = (("open", [s for each in opens.values() for s in each]), ("busy", joined(calendar.elsewhere)),
             ("call", calendar.calls))  # fmt: skip
    return Picture(
        days=tuple((LEFT + n * WIDE + WIDE // 2, f"{day:%a} {day.day}") for n, day in enumerate(days)),
        hours=tuple((TOP + (hour - first) * HIGH, _hour(hour)) for hour in range(first, last + 1)),
        blocks=tuple(block for kind, spans in kinds for block in drawing.blocks(kind, spans, days)),
        wide=LEFT + 7 * WIDE,
        high=TOP + (last - first) * HIGH + 8,
        said=tuple(_said(day, opens[day], drawing) for day in days),
    )


@dataclass(frozen=True)
class _Drawing:
    calendar: Calendar
    first: int
    last: int

    def blocks(self, kind: str, spans: Iterable[Span], days: list[date]) -> Iterable[Block]:
        """Each on its day; one that goes on past midnight is there again."""
        for span in spans:
            for number, day in enumerate(days):
                begins, ends = self._hours_on(day, span)
                if begins < ends:
                    y, high = TOP + (begins - self.first) * HIGH, (ends - begins) * HIGH
                    yield Block(kind, LEFT + number * WIDE + 5, round(y, 1), round(high, 1), self.words(span))

    def words(self, span: Span) -> str:
        begins, ends = (each.astimezone(self.calendar.agenda.zone) for each in span)
        return f"{begins:%-I:%M} to {ends:%-I:%M}"

    def _hours_on(self, day: date, span: Span) -> tuple[float, float]:
        """From when to when it is on this day on the wall, within what is drawn."""
        begins, ends = (self._wall(each, day) for each in span)
        return max(begins, self.first), min(ends, self.last)

    def _wall(self, at: datetime, day: date) -> float:
        there = at.astimezone(self.calendar.agenda.zone)
        return (there.date() - day).days * 24 + there.hour + there.minute / 60


def _edges(open_ones: list[Span], calendar: Calendar) -> tuple[int, int]:
    there = [
        (span.starts_at.astimezone(zone := calendar.agenda.zone), span.ends_at.astimezone(zone))
        for span in open_ones
    ]
    first = min((begins.hour for begins, _ in there), default=USUAL[0])
    last = max(
        (ends.hour + (ends.minute > 0) if ends.date() == begins.date() else 24 for begins, ends in there),
        default=USUAL[1],
    )
    return min(first, USUAL[0]), max(last, USUAL[1])


def _hour(hour: int) -> str:
    return f"{hour % 12 or 12} {'am' if hour % 24 < 12 else 'pm'}"


def _said(day: date, spans: list[Span], drawing: _Drawing) -> str:
    hours = ", ".join(drawing.words(each) for each in spans)
    return f"{day:%A}: {hours or 'no calls'}."

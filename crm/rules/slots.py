"""When a call can be: a clinician's hours, the days that differ, what is taken, and how they want it.

Hours are wall times of the clinician's zone; everything that leaves here is an instant. A wall time that a
change of the clocks skips stands for the moment of the change; one that comes twice opens when it comes
first and closes when it comes last (PEP 495 calls these gap and fold).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

STEP = timedelta(minutes=15)
"""So far apart are the times offered within one stretch of hours."""
DAY = timedelta(days=1)


class Span(NamedTuple):
    """From one instant to another, without the last."""

    starts_at: datetime
    ends_at: datetime


class Hours(NamedTuple):
    """A stretch of one day on the wall clock."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Week:
    """For each weekday, Monday first, the stretches in which calls may be."""

    days: tuple[tuple[Hours, ...], ...] = ((),) * 7

    @classmethod
    def of(cls, hours: Iterable[tuple[int, Hours]]) -> Week:
        known = sorted(hours)
        return cls(tuple(tuple(each for day, each in known if day == weekday) for weekday in range(7)))

    def __iter__(self) -> Iterator[tuple[int, Hours]]:
        for weekday, stretches in enumerate(self.days):
            for hours in stretches:
                yield weekday, hours

    @property
    def is_empty(self) -> bool:
        return not any(self.days)


class Special(NamedTuple):
    """Days that differ: these hours instead of the week's; without any, none."""

    first: date
    last: date
    hours: Hours | None = None


@dataclass(frozen=True)
class Manner:
    """How a clinician takes calls. `notice`: not sooner than this from now. `horizon_days`: not later."""

    length: timedelta = timedelta(minutes=15)
    pause_before: timedelta = timedelta(0)
    pause_after: timedelta = timedelta(0)
    notice: timedelta = timedelta(hours=4)
    horizon_days: int = 28
    most_per_day: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a call is put: when it begins, how they talk, and how long the clinician is taken by it."""

    starts_at: datetime
    medium: str
    manner: Manner = Manner()

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.starts_at + self.manner.length)

    @property
    def busy(self) -> Span:
        """With the pauses around it."""
        return around(self.starts_at, self.manner)


@dataclass(frozen=True)
class Agenda:
    """The hours of one clinician. `closed`: days on which nobody works here; special hours go first."""

    zone: ZoneInfo
    week: Week
    specials: tuple[Special, ...] = ()
    closed: frozenset[date] = frozenset()

    def stretches(self, day: date) -> list[Span]:
        """When calls may be on this day of theirs, apart from each other, the earliest first."""
        return joined(
            Span(instant(day, hours.opens, self.zone), instant(day, hours.closes, self.zone, last=True))
            for hours in self._hours(day)
        )

    def _hours(self, day: date) -> Sequence[Hours]:
        today = [each for each in self.specials if each.first <= day <= each.last]
        if any(each.hours is None for each in today):
            return ()
        if other := sorted({each.hours for each in today if each.hours}):
            return other
        return () if day in self.closed else self.week.days[day.weekday()]


class Slot(NamedTuple):
    """One time that their hours allow, and whether it can be had."""

    starts_at: datetime
    is_free: bool


@dataclass(frozen=True)
class Calendar:
    """Everything that decides what can be booked, at one moment.

    `calls` hold time as they are, pauses included (`busy`), and count for the most of a day; what their own
    calendar says (`elsewhere`) only holds time. Where only some days were looked up (`looked_up`), nothing of
    any other can be had.
    """

    agenda: Agenda
    manner: Manner
    now: datetime
    calls: tuple[Span, ...] = ()
    elsewhere: tuple[Span, ...] = ()
    looked_up: tuple[date, date] | None = None
    _taken: Taken = field(init=False, repr=False, compare=False)
    _full: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_taken", Taken.of((*self.calls, *self.elsewhere)))
        object.__setattr__(self, "_full", self._full_days())

    @property
    def first_day(self) -> date:
        return self._day_of(self.opens_at)

    @property
    def last_day(self) -> date:
        return self._day_of(self.now) + self.manner.horizon_days * DAY

    @property
    def opens_at(self) -> datetime:
        """Nothing can be booked that begins sooner."""
        return self.now + self.manner.notice

    def on(self, day: date) -> list[Slot]:
        """Every time of this day of the clinician's that is not too soon, whether it can be had or not."""
        if not self.first_day <= day <= self.last_day:
            return []
        return [
            Slot(starts_at, self._is_free(starts_at, day))
            for stretch in self.agenda.stretches(day)
            for starts_at in starts(stretch, self.manner.length)
            if starts_at >= self.opens_at
        ]

    def free(self) -> Iterator[datetime]:
        """Everything that can be had, the earliest first."""
        first, last = self.looked_up or (self.first_day, self.last_day)
        first, last = max(first, self.first_day), min(last, self.last_day)
        for number in range((last - first).days + 1):
            yield from (each.starts_at for each in self.on(first + number * DAY) if each.is_free)

    def offers(self, starts_at: datetime) -> bool:
        """Whether exactly this can be had."""
        return Slot(starts_at, is_free=True) in self.on(self._day_of(starts_at))

    def knows(self, starts_at: datetime) -> bool:
        """Whether the hours allow it, taken or not."""
        return any(each.starts_at == starts_at for each in self.on(self._day_of(starts_at)))

    def _is_free(self, starts_at: datetime, day: date) -> bool:
        if self.looked_up and not self.looked_up[0] <= day <= self.looked_up[1]:
            return False
        return day not in self._full and not self._taken.touches(around(starts_at, self.manner))

    def _full_days(self) -> frozenset[date]:
        most = self.manner.most_per_day
        if most is None:
            return frozenset()
        a_day = Counter(self._day_of(each.starts_at) for each in self.calls)
        return frozenset(day for day, calls in a_day.items() if calls >= most)

    def _day_of(self, instant: datetime) -> date:
        return instant.astimezone(self.agenda.zone).date()


@dataclass(frozen=True)
class Taken:
    """Busy times put together: apart from each other, the earliest first, so that one look finds out."""

    begins: tuple[datetime, ...]
    ends: tuple[datetime, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Taken:
        apart = joined(spans)
        return cls(tuple(each.starts_at for each in apart), tuple(each.ends_at for each in apart))

    def touches(self, span: Span) -> bool:
        """Whether any of it is taken. What ends when this begins is no neighbour."""
        place = bisect_right(self.ends, span.starts_at)
        return place < len(self.begins) and self.begins[place] < span.ends_at


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same times without overlaps, the earliest first. What has no length is none."""
    apart: list[Span] = []
    for span in sorted(each for each in spans if each.starts_at < each.ends_at):
        if apart and span.starts_at <= apart[-1].ends_at:
            apart[-1] = Span(apart[-1].starts_at, max(apart[-1].ends_at, span.ends_at))
        else:
            apart.append(span)
    return apart


def around(starts_at: datetime, manner: Manner) -> Span:
    """How long a call that begins then takes its clinician, with the pauses."""
    return Span(starts_at - manner.pause_before, starts_at + manner.length + manner.pause_after)


def starts(stretch: Span, length: timedelta) -> Iterator[datetime]:
    """When a call of this length can begin, so that it ends in time."""
    starts_at = stretch.starts_at
    while starts_at + length <= stretch.ends_at:
        yield starts_at
        starts_at += STEP


def instant(day: date, wall: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When this clock shows that time on that day, in UTC: the first time it does, or the `last`.

    Skipped by a change of the clocks: the moment of the change.
    """
    there = datetime.combine(day, wall.replace(fold=int(last)), zone)
    found = there.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == there.replace(tzinfo=None):
        return found
    return _change(there.replace(fold=1).astimezone(UTC), there.replace(fold=0).astimezone(UTC), zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between these two at which the clock is put forward, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)

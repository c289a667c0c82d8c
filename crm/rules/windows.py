"""When follow-ups may go out: days, hours and absences in the practice's own wall time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

HORIZON_DAYS = 400
"""How far ahead an opening is looked for: a year of absence and a month of holidays."""
LONGEST_SHUT = timedelta(days=380)
"""Absences may leave no sending day for so long: less than is looked ahead, from any day before them too."""


class WaitUnit(StrEnum):
    """What a step's wait is counted in."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    BUSINESS_MORNINGS = "business_mornings"


@dataclass(frozen=True)
class Wait:
    """How long to wait after what came before."""

    count: int
    unit: WaitUnit = WaitUnit.DAYS


class Shift(StrEnum):
    """Why an email goes later than its wait alone would say."""

    NIGHT = "night"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    AWAY = "away"
    PACE = "pace"
    NOT_THERE = "not_there"


@dataclass(frozen=True)
class Planned:
    """An email's instant: `due_at` when it goes, `wished_at` when the wait alone would send it."""

    due_at: datetime
    wished_at: datetime
    shift: Shift | None = None


@dataclass(frozen=True, order=True)
class Absence:
    """Whole days off, both ends included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class SendingWindow:
    """The practice's sending hours. `weekdays` counts Monday as 0; `closes` may not precede `opens`."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()
    absences: tuple[Absence, ...] = ()

    def contains(self, instant: datetime) -> bool:
        """Whether an email may leave at this instant. Also answers for a window that never opens."""
        day = instant.astimezone(self.zone).date()
        is_open = self._on(day, self.opens) <= instant < self._on(day, self.closes)
        return is_open and self.why_shut_on(day) is None

    def next_opening(self, after: datetime) -> datetime:
        """The first instant at or after `after` inside the window, in UTC.

        Raises ValueError when the window stays shut for more than a year.
        """
        after = after.astimezone(UTC)
        first = after.astimezone(self.zone).date()
        for day in (first + timedelta(days=n) for n in range(HORIZON_DAYS)):
            opening = max(after, self._on(day, self.opens))
            if self.why_shut_on(day) is None and opening < self._on(day, self.closes):
                return opening
        raise ValueError("the sending window never opens")

    def after_open_time(self, start: datetime, open_time: timedelta) -> datetime:
        """The instant inside the window at which it has been open for so long since `start`, in UTC.

        A line of many laid on open time stays a line: what would fall into the night does not meet in the
        morning. Raises ValueError when the window stays shut for more than a year.
        """
        at = self.next_opening(start)
        while open_time >= (left := self._on(at.astimezone(self.zone).date(), self.closes) - at):
            open_time -= left
            at = self.next_opening(at + left)
        return at + open_time

    @property
    def a_day(self) -> timedelta:
        """How long it is open on a sending day."""
        day = date.min
        return datetime.combine(day, self.closes) - datetime.combine(day, self.opens)

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """For how long of the time between two instants the window was open: the practice's own time."""
        first, last = (instant.astimezone(self.zone).date() for instant in (start, max(start, end)))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        spans = (
            min(end, self._on(day, self.closes)) - max(start, self._on(day, self.opens))
            for day in days
            if self.why_shut_on(day) is None
        )
        return sum((max(span, timedelta()) for span in spans), timedelta())

    def why_shut_on(self, day: date) -> Shift | None:
        """Why nothing goes out on this day, or None when it is a sending day."""
        if any(absence.covers(day) for absence in self.absences):
            return Shift.AWAY
        if day.weekday() not in self.weekdays:
            return Shift.DAY_OFF
        return Shift.HOLIDAY if day in self.holidays else None

    @property
    def opens_again(self) -> bool:
        """Whether nobody ever waits for more than about a year for the next sending day."""
        try:
            waits = (self.next_opening(start) - start for start in map(self._midnight, self.absences))
            return all(wait <= LONGEST_SHUT for wait in waits)
        except ValueError:
            return False

    def shift_at(self, instant: datetime) -> Shift | None:
        """Why nothing may leave at this instant, or None when it may."""
        if self.contains(instant):
            return None
        return self.why_shut_on(instant.astimezone(self.zone).date()) or Shift.NIGHT

    def midnight_after(self, instant: datetime) -> datetime:
        """The end of the practice's day in which an instant lies."""
        return self._on(instant.astimezone(self.zone).date() + timedelta(days=1), time())

    def _midnight(self, absence: Absence) -> datetime:
        return self._on(absence.first, time())

    def _on(self, day: date, wall: time) -> datetime:
        """A wall time as an instant: a skipped hour moves on, of a doubled one the first (PEP 495)."""
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC)


def next_send_at(since: datetime, wait: Wait, window: SendingWindow) -> Planned:
    """When the email after `since` goes: the wait in local days, then the next opening."""
    wished_at = after_wait(since, wait, window)
    return Planned(window.next_opening(wished_at), wished_at, window.shift_at(wished_at))


def right_away(now: datetime) -> Planned:
    """The first email answers a person: it goes at any hour."""
    return Planned(now, now)


def after_wait(since: datetime, wait: Wait, window: SendingWindow) -> datetime:
    """`since` plus the wait, in UTC. Days keep the wall clock across a change to summer time.

    A business morning is when the hours of that day begin, whatever the time of day it is counted from.
    """
    if wait.unit is WaitUnit.HOURS:
        return since.astimezone(UTC) + timedelta(hours=wait.count)
    local = since.astimezone(window.zone)
    day, wall = local.date(), local.time()
    match wait.unit:
        case WaitUnit.DAYS:
            day += timedelta(days=wait.count)
        case WaitUnit.BUSINESS_DAYS:
            day = _business_day(day, wait.count, window)
        case WaitUnit.BUSINESS_MORNINGS:
            day, wall = _business_day(day, wait.count, window), window.opens
        case _:
            assert_never(wait.unit)
    return datetime.combine(day, wall, tzinfo=window.zone).astimezone(UTC)


def _business_day(day: date, count: int, window: SendingWindow) -> date:
    """The `count`-th sending day after this one. Raises ValueError when there is none for over a year."""
    for _ in range(count):
        ahead = (day + timedelta(days=n) for n in range(1, HORIZON_DAYS))
        found = next((each for each in ahead if window.why_shut_on(each) is None), None)
        if found is None:
            raise ValueError("the sending window never opens")
        day = found
    return day

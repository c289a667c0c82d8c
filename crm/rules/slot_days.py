"""The times of a calendar as somebody elsewhere sees them: by the days of their own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from crm.rules.day_words import clock
from crm.rules.sheets import FormLanguage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from crm.rules.slots import Calendar, Slot

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShownDay:
    """One day of the reader's, and when they can talk on it. Without any times it is full."""

    day: date
    times: tuple[datetime, ...]


@dataclass(frozen=True)
class Shelf:
    """What one reader sees of a calendar. Days of the clinician's are worked out once."""

    calendar: Calendar
    zone: ZoneInfo
    _known: dict[date, list[Slot]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def first_free(self) -> date | None:
        """The first day on which anything can be had."""
        found = next(self.calendar.free(), None)
        return found.astimezone(self.zone).date() if found else None

    def page(self, begins: date, days: int) -> list[ShownDay]:
        """So many days from this one on, of those on which calls are taken at all."""
        return list(islice(self._from(begins, DAY), days))

    def before(self, begins: date, days: int) -> date | None:
        """Where the page before begins; None where nothing is earlier."""
        earlier = list(islice(self._from(begins - DAY, -DAY), days))
        return earlier[-1].day if earlier else None

    def after(self, shown: Sequence[ShownDay]) -> date | None:
        """Where the next page begins; None where nothing is later."""
        found = next(self._from(shown[-1].day + DAY, DAY), None) if shown else None
        return found.day if found else None

    def day(self, day: date) -> ShownDay | None:
        """None where no call is taken on this day."""
        mine = [
            each for each in self._slots_around(day) if each.starts_at.astimezone(self.zone).date() == day
        ]
        return ShownDay(day, tuple(each.starts_at for each in mine if each.is_free)) if mine else None

    def _from(self, begins: date, step: timedelta) -> Iterator[ShownDay]:
        """Clocks of the world are up to 26 hours apart: their days may begin a day sooner, and end later."""
        first, last = self.calendar.first_day - DAY, self.calendar.last_day + DAY
        day = max(begins, first) if step > timedelta(0) else min(begins, last)
        while first <= day <= last:
            if shown := self.day(day):
                yield shown
            day += step

    def _slots_around(self, day: date) -> Iterator[Slot]:
        for theirs in (day - DAY, day, day + DAY):
            if theirs not in self._known:
                self._known[theirs] = self.calendar.on(theirs)
            yield from self._known[theirs]


def labels(
    times: Sequence[datetime], zone: ZoneInfo, language: FormLanguage = FormLanguage.ENGLISH
) -> dict[datetime, str]:
    """What each is called on this clock: 5:15 pm. One that comes twice that night says which: 1:30 am PDT."""
    return {at: clock(language, at, zone) for at in times}

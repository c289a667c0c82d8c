"""Times told from today, as a script needs them: yesterday at 5:48 pm, two working days on at 11:15."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from crm.rules.schedule import PlanStep, forecast
from crm.rules.terms import Terms
from crm.rules.windows import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crm.rules.windows import SendingWindow

A_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
FAR_ENOUGH = 60


@dataclass(frozen=True)
class Days:
    """Everything is measured from `now`, so that the demo is fresh whenever it is made."""

    now: datetime
    window: SendingWindow

    def just(self, hours: int = 0, minutes: int = 0) -> datetime:
        """So long ago, at any hour: people write at night."""
        return self.now - timedelta(hours=hours, minutes=minutes)

    def ago(self, days: int, clock: str) -> datetime:
        """So many days ago, at this time of day."""
        return self._at(self._today() - days * A_DAY, clock)

    def worked(self, days: int, clock: str) -> datetime:
        """So many working days ago: when the owner was at his desk."""
        return self._at(self._working_day(days, -A_DAY), clock)

    def ahead(self, days: int, clock: str) -> datetime:
        """So many working days from now."""
        return self._at(self._working_day(days, A_DAY), clock)

    def later_today(self, hours: int = 0, minutes: int = 0) -> datetime:
        """After so long if that is within hours, else at the next opening."""
        return self.window.next_opening(self.now + timedelta(hours=hours, minutes=minutes))

    def earlier_today(self, hours: int = 0, minutes: int = 0) -> datetime:
        """So long ago if that was within hours, else the last quarter of an hour that was."""
        at = self.just(hours, minutes)
        while not self.window.contains(at):
            at -= QUARTER
        return at

    def so_that(self, waits: Sequence[Wait], due: datetime, clock: str | None = None) -> datetime:
        """When a plan had to begin for its last email to go then, or as near to it as weekends allow.

        What is due in the past stays in the past, the future in the future.
        """
        wall = time.fromisoformat(clock) if clock else due.astimezone(self.window.zone).time()
        day = due.astimezone(self.window.zone).date()
        starts = [self._on(day - n * A_DAY, wall) for n in range(FAR_ENOUGH)]
        possible = [
            (abs(ends - due), start)
            for start in starts
            if start < self.now and ((ends := self._end(waits, start)) > self.now) == (due > self.now)
        ]
        return min(possible)[1]

    def _end(self, waits: Sequence[Wait], start: datetime) -> datetime:
        steps = [PlanStep(n, wait) for n, wait in enumerate(waits)]
        return list(forecast(steps, start, Terms(self.window)))[-1].planned.due_at

    def _today(self) -> date:
        return self.now.astimezone(self.window.zone).date()

    def _working_day(self, count: int, step: timedelta) -> date:
        day = self._today()
        while count:
            day += step
            count -= self.window.why_shut_on(day) is None
        return day

    def _at(self, day: date, clock: str) -> datetime:
        return self._on(day, time.fromisoformat(clock))

    def _on(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=self.window.zone).astimezone(UTC)

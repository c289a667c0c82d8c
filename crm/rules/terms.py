"""On which terms one person is written to: the planner and the last look ask here, and so agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from crm.rules.pacing import Pace, next_allowed, too_soon, week_full
from crm.rules.windows import SendingWindow


@dataclass(frozen=True)
class Terms:
    """The hours on the person's own clock, how often they may hear, and when follow-ups went to them.

    `earlier` holds instants of all sequences together, in any order.
    """

    window: SendingWindow
    pace: Pace = field(default_factory=Pace)
    earlier: tuple[datetime, ...] = ()

    def next_chance(self, at: datetime) -> datetime:
        """The first instant at or after `at` inside the hours at which the pace allows a follow-up.

        Raises ValueError when the window never opens.
        """
        return next_allowed(at, self.earlier, self.pace, self.window)

    def too_soon(self, at: datetime) -> bool:
        return too_soon(at, self.earlier, self.pace, self.window.zone)

    def week_full(self, at: datetime) -> bool:
        return week_full(at, self.earlier, self.pace)

    def after_one_at(self, at: datetime) -> Terms:
        """The terms once another follow-up has gone."""
        return replace(self, earlier=(*self.earlier, at))

"""How long somebody is kept after the last that passed between them and the practice, by where they stand."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from crm.rules.stages import Stage

NOTICE = timedelta(days=7)
"""So long before anybody is erased by itself the owner is told."""
YEAR = 12


class Group(StrEnum):
    """Those who are kept equally long."""

    OPEN = "open"
    WAITLISTED = "waitlisted"
    CLOSED = "closed"
    CLIENT = "client"
    SPAM = "spam"


STAGES: dict[Group, tuple[Stage, ...]] = {
    Group.OPEN: (Stage.NEW, Stage.CONTACTED, Stage.CONSULT_BOOKED, Stage.CONSULT_DONE),
    Group.WAITLISTED: (Stage.WAITLISTED,),
    Group.CLOSED: (Stage.CLOSED, Stage.REFERRED_OUT),
    Group.CLIENT: (Stage.CLIENT,),
    Group.SPAM: (Stage.SPAM,),
}
GROUP_OF = {stage: group for group, stages in STAGES.items() for stage in stages}


@dataclass(frozen=True)
class Terms:
    """Months by group, days for spam, years for the access record; None is for ever."""

    months: Mapping[Group, int | None]
    spam_days: int | None
    trail_years: int = 6

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Terms:
        """What the owner chose. Before he has chosen nobody is erased by itself."""
        months: dict[Group, int | None] = {each: kept.get(each) for each in Group if each is not Group.SPAM}
        return cls(months, kept.get(Group.SPAM), kept.get("trail_years", 6))

    @property
    def plain(self) -> dict[str, Any]:
        return {str(g): n for g, n in self.months.items()} | {
            str(Group.SPAM): self.spam_days,
            "trail_years": self.trail_years,
        }

    def ends(self, group: Group, last_at: datetime) -> datetime | None:
        """Until when somebody of this group is kept, with whom nothing has passed since; None: for ever."""
        if group is Group.SPAM:
            return last_at + timedelta(days=self.spam_days) if self.spam_days else None
        months = self.months[group]
        return months_after(last_at, months) if months else None

    def began_before(self, group: Group, by: datetime) -> datetime | None:
        """Whoever is erased by then has had nothing since this instant, or a few days more."""
        if group is Group.SPAM:
            return by - timedelta(days=self.spam_days) if self.spam_days else None
        months = self.months[group]
        return months_after(by, -months) + timedelta(days=3) if months else None


SUGGESTED = Terms({Group.OPEN: 12, Group.WAITLISTED: 24, Group.CLOSED: 12, Group.CLIENT: None}, 30)
"""What stands in the form before he has chosen."""


def months_after(instant: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day where it has none such."""
    year, month = divmod(instant.year * YEAR + instant.month - 1 + months, YEAR)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)

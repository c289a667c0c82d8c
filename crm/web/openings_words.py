"""When a colleague last said that they have openings, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.rules.referring import is_stale
from crm.rules.telling import date_words

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


@dataclass(frozen=True)
class Openings:
    """`stale`: nobody can rely on it any more, so ask first."""

    words: str
    stale: bool


def openings_words(openings_at: datetime | None, now: datetime, zone: tzinfo) -> Openings:
    if openings_at is None:
        return Openings("Openings never confirmed", stale=True)
    day, today = openings_at.astimezone(zone).date(), now.astimezone(zone).date()
    on = "today" if day == today else date_words(day, today)
    if is_stale(openings_at, now):
        return Openings(f"Last confirmed {on}", stale=True)
    return Openings(f"Openings confirmed {on}", stale=False)

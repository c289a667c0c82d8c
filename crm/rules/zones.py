"""Where a clock may hang: the time zones of places, from the IANA's own list."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
FEIGNED = frozenset({"Atlantic/Reykjavik"})
"""What a browser that hides where it is says instead (Firefox, privacy.resistFingerprinting)."""


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """The zones that are a place's. UTC and the like say nothing about where somebody lives."""
    return frozenset(name for name in available_timezones() if name.partition("/")[0] in AREAS)


def told_by_a_browser(name: str) -> str | None:
    """The zone a browser named, if it can be believed."""
    return name if name in places() - FEIGNED else None

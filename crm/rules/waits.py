"""Waits that the machine has written down for itself, and how long each can be at most."""

from __future__ import annotations

from datetime import datetime, timedelta

FAST_CLOCK = timedelta(minutes=5)
"""Clocks of one practice's machines differ by less: what lies further ahead was written by a fast one."""
LONGEST_LINE = timedelta(days=3)
"""Nobody stands in line longer: by then an email is too late."""
LONGEST_DOMAIN_PAUSE = timedelta(hours=6)
"""How long follow-ups to one domain wait at most before its server is asked again."""
LONGEST_RETRY = timedelta(days=1)
"""Someone who has just written, and a personal letter, are never put off longer than the account's day."""


def still_waits(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether such a wait is not over yet.

    One that would last longer than it ever can was written while the machine's clock was fast, and is over.
    """
    return until is not None and now < until <= now + longest + FAST_CLOCK

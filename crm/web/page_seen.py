"""What a page of a form says of itself, and comes back with what is sent: its version, how it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"([0-9]{1,6})-(box|notice)", re.ASCII)


@dataclass(frozen=True)
class PageSeen:
    """Which version a page shows, and whether it asks about follow-ups by a box."""

    number: int
    is_box: bool

    def __str__(self) -> str:
        return f"{self.number}-{'box' if self.is_box else 'notice'}"


def page_seen(written: str) -> PageSeen | None:
    """The page that has written this; None where it says nothing of the kind."""
    found = _WRITTEN.fullmatch(written)
    return PageSeen(int(found[1]), found[2] == "box") if found else None

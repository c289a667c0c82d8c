"""What people did after each email: a reply or a booking before the next one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass
class Effect:
    """What people did after one of the emails, before the next one."""

    subject: str
    sent: int = 0
    booked: int = 0
    wrote: int = 0

    @property
    def answered(self) -> int:
        """In percent."""
        return round(100 * (self.booked + self.wrote) / self.sent) if self.sent else 0


class Did(StrEnum):
    """What a person did of their own accord."""

    WROTE = "wrote"
    BOOKED = "booked"


@dataclass(frozen=True)
class Sending:
    """One email that went to a person; `template_id` is None for the owner's own letter."""

    lead_id: int
    at: datetime
    template_id: int | None = None
    subject: str = ""


@dataclass(frozen=True)
class Deed:
    """Something a person did, and when."""

    lead_id: int
    at: datetime
    did: Did


def effects(sendings: Iterable[Sending], deeds: Iterable[Deed]) -> list[Effect]:
    """For each text, how often the first thing after it was a reply or a booking. Both in order of time."""
    first_deed = _first_after(sendings := list(sendings), list(deeds))
    found: dict[int, Effect] = {}
    for each, did in zip(sendings, first_deed, strict=True):
        if each.template_id is None:
            continue
        effect = found.setdefault(each.template_id, Effect(each.subject))
        effect.sent += 1
        effect.booked += did is Did.BOOKED
        effect.wrote += did is Did.WROTE
    return sorted(found.values(), key=lambda effect: -effect.sent)


def _first_after(sendings: list[Sending], deeds: list[Deed]) -> list[Did | None]:
    """What each email was followed by, before the next email to the same person."""
    latest: dict[int, int] = {}
    found: list[Did | None] = [None] * len(sendings)
    things: list[tuple[datetime, int, Sending | Deed]] = [
        (each.at, n, each) for n, each in enumerate(sendings)
    ]
    things += [(each.at, len(sendings), each) for each in deeds]
    for _at, number, thing in sorted(things, key=lambda found_at: found_at[:2]):
        match thing:
            case Sending():
                latest[thing.lead_id] = number
            case Deed():
                before = latest.pop(thing.lead_id, None)
                if before is not None:
                    found[before] = thing.did
    return found

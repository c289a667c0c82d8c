"""What people did after each email: a reply or a booking before the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass
class Effect:
    """What people did after one of the emails, before the next one: their ids, once for each email."""

    template_id: int
    subject: str
    sent: list[int] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)
    wrote: list[int] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """In percent."""
        return round(100 * (len(self.booked) + len(self.wrote)) / len(self.sent)) if self.sent else 0


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
        effect = found.setdefault(each.template_id, Effect(each.template_id, each.subject))
        effect.sent.append(each.lead_id)
        if did is not None:
            (effect.booked if did is Did.BOOKED else effect.wrote).append(each.lead_id)
    return sorted(found.values(), key=lambda effect: -len(effect.sent))


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

"""How it's going: what became of the people who wrote in a period, counted and put into sentences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

SOURCE_WORDS = {"An article on this site": "Your article", "": "Didn’t say"}


class Period(StrEnum):
    """How far back a report looks; the value stands in the address."""

    DAYS_30 = "30"
    DAYS_90 = "90"
    YEAR = "year"

    def since(self, now: datetime, zone: tzinfo) -> datetime:
        """The first instant of the period, in UTC: a midnight of the practice's."""
        today = now.astimezone(zone).date()
        first = today.replace(month=1, day=1) if self is Period.YEAR else today - timedelta(days=int(self))
        return datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Passage:
    """How far one person came. `answered_at`: when they first heard from a human, not from a sequence.

    `took`: the practice's open time until then. Who writes in the night does not wait before the morning.
    """

    lead_id: int
    name: str
    wrote_at: datetime
    promised_by: datetime
    stage: Stage
    source: str = ""
    waits: bool = False
    answered_at: datetime | None = None
    took: timedelta | None = None
    booked_at: datetime | None = None
    has_call_to_come: bool = False
    had_call: bool = False

    @property
    def kept(self) -> bool:
        """Whether they heard from him by when he had promised."""
        return self.answered_at is not None and self.answered_at <= self.promised_by

    @property
    def is_client(self) -> bool:
        return self.stage is Stage.CLIENT


class Speed(StrEnum):
    """How soon someone heard from him: within so much, in time all the same, or later than promised."""

    QUARTER = "15 min"
    HOUR = "1 hour"
    THREE_HOURS = "3 hours"
    EIGHT_HOURS = "8 hours"
    IN_TIME = "in time"
    LONGER = "longer"


WITHIN = {
    Speed.QUARTER: 15 * MINUTE,
    Speed.HOUR: HOUR,
    Speed.THREE_HOURS: 3 * HOUR,
    Speed.EIGHT_HOURS: 8 * HOUR,
}


def speed(passage: Passage) -> Speed | None:
    """The column of this person's dot; None for who has not heard from him yet."""
    if passage.took is None:
        return None
    if not passage.kept:
        return Speed.LONGER
    return next((each for each, most in WITHIN.items() if passage.took <= most), Speed.IN_TIME)


class Reached(StrEnum):
    """How far people came: each holds all who reached it or went beyond. And who has not got further yet."""

    WROTE = "wrote"
    HEARD = "heard"
    BOOKED = "booked"
    TALKED = "talked"
    CLIENT = "client"
    WAITS = "waits"
    LATE = "late"
    TO_COME = "to_come"
    REFERRED = "referred"
    DECIDING = "deciding"
    NOT_NOW = "not_now"
    ANSWERED = "answered"
    KEPT = "kept"


def who_reached(passages: Iterable[Passage], reached: Reached) -> list[Passage]:
    """These people, in the order in which they wrote."""
    return [each for each in passages if _REACHED[reached](each)]


def _talked(each: Passage) -> bool:
    return each.had_call or each.is_client


def _booked(each: Passage) -> bool:
    return each.booked_at is not None or _talked(each)


def _heard(each: Passage) -> bool:
    return each.answered_at is not None or _booked(each)


_REACHED: dict[Reached, Callable[[Passage], bool]] = {
    Reached.WROTE: lambda _each: True,
    Reached.HEARD: _heard,
    Reached.BOOKED: _booked,
    Reached.TALKED: _talked,
    Reached.CLIENT: lambda each: each.is_client,
    Reached.WAITS: lambda each: each.waits and not _heard(each),
    Reached.LATE: lambda each: each.answered_at is not None and not each.kept,
    Reached.TO_COME: lambda each: each.has_call_to_come,
    Reached.REFERRED: lambda each: each.stage is Stage.REFERRED_OUT,
    Reached.DECIDING: lambda each: each.stage is Stage.CONSULT_DONE,
    Reached.NOT_NOW: lambda each: each.stage is Stage.CLOSED,
    Reached.ANSWERED: lambda each: each.answered_at is not None,
    Reached.KEPT: lambda each: each.kept,
}


@dataclass(frozen=True)
class Aside:
    """What is known of some who did not get further: "3 still waiting"."""

    words: str
    reached: Reached


@dataclass(frozen=True)
class Rung:
    """One line of "how far they came"."""

    words: str
    reached: Reached
    count: int
    beside: tuple[Aside, ...] = ()


def rungs(passages: Sequence[Passage]) -> list[Rung]:
    """Everyone who wrote, and how far they came."""
    counts = {reached: len(who_reached(passages, reached)) for reached in Reached}
    return [Rung(words, each, counts[each], _beside(each, counts)) for each, words in RUNG_WORDS.items()]


def _beside(rung: Reached, counts: Mapping[Reached, int]) -> tuple[Aside, ...]:
    told = ASIDES.get(rung, {})
    return tuple(Aside(f"{counts[each]} {words}", each) for each, words in told.items() if counts[each])


ASIDES = {
    Reached.HEARD: {Reached.WAITS: "still waiting"},
    Reached.TALKED: {Reached.TO_COME: "still to come"},
    Reached.CLIENT: {
        Reached.REFERRED: "referred out",
        Reached.DECIDING: "deciding",
        Reached.NOT_NOW: "not now",
    },
}
RUNG_WORDS = {
    Reached.WROTE: "Wrote to you",
    Reached.HEARD: "Heard back from you",
    Reached.BOOKED: "Booked a call",
    Reached.TALKED: "Had the call",
    Reached.CLIENT: "Became clients",
}


@dataclass(frozen=True)
class Source:
    """One way to the practice: how many wrote, and how many of them became clients."""

    words: str
    wrote: int
    clients: int


def sources(passages: Iterable[Passage]) -> list[Source]:
    """The most used way first."""
    wrote: Counter[str] = Counter()
    clients: Counter[str] = Counter()
    for each in passages:
        words = SOURCE_WORDS.get(each.source, each.source)
        wrote[words] += 1
        clients[words] += each.is_client
    return [Source(words, count, clients[words]) for words, count in wrote.most_common()]

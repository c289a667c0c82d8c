"""The drawings of the reports as numbers: where each dot and each bar stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from crm.rules.reporting import Speed, speed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm.rules.effects import Effect
    from crm.rules.reporting import Aside, Passage, Rung, Source

COLUMN, FLOOR, TOP = 90, 180, 30
NARROW = 200
LONGEST = 89
"""Percent of its line: beside the longest bar there is room for its number."""


@dataclass(frozen=True)
class Dot:
    """One person, in the units of the drawing."""

    x: float
    y: float
    r: float
    late: bool


@dataclass(frozen=True)
class Pile:
    """The dots of one column, their number above them and its name below."""

    words: str
    x: float
    top: float
    dots: list[Dot]


@dataclass(frozen=True)
class Bar:
    """A line of figures with its bar: how long, and how much of it is filled, in two parts."""

    words: str
    total: int
    length: float
    filled: float = 0
    beside: str = ""
    asides: tuple[Aside, ...] = ()
    share: str = ""
    second: float = 0
    link: str = ""


def piles(passages: Sequence[Passage]) -> list[Pile]:
    """One dot a person, two in a row; more in a row, and smaller, where a column would pass the top."""
    counts = Counter(found for each in passages if (found := speed(each)))
    most = max(counts.values(), default=0)
    return [_pile(place, each, counts[each], _in_a_row(most)) for place, each in enumerate(Speed)]


def _in_a_row(most: int) -> int:
    """The fewest dots side by side with which the highest pile stays in the drawing."""
    return next(n for n in range(2, most + 3) if ceil(most / n) * _gap(n) <= FLOOR - TOP - 20)


def _gap(in_a_row: int) -> float:
    return min(18.0, (COLUMN - 14) / in_a_row)


def _pile(place: int, found: Speed, count: int, in_a_row: int) -> Pile:
    gap, middle = _gap(in_a_row), COLUMN / 2 + place * COLUMN
    left = middle - gap * (min(in_a_row, max(count, 1)) - 1) / 2
    dots = [
        Dot(
            round(left + n % in_a_row * gap, 1),
            round(FLOOR - 13 - n // in_a_row * gap, 1),
            round(gap * 7 / 18, 1),
            found is Speed.LONGER,
        )
        for n in range(count)
    ]
    top = (dots[-1].y if dots else FLOOR - 5) - gap / 2 - 5
    return Pile(str(found), middle, round(top, 1), dots)


def rung_bars(rungs: Sequence[Rung]) -> list[Bar]:
    most = max((each.count for each in rungs), default=0)
    return [
        Bar(each.words, each.count, _length(each.count, most, LONGEST), asides=each.beside, link=each.reached)
        for each in rungs
    ]


def source_bars(sources: Sequence[Source]) -> list[Bar]:
    most = max((each.wrote for each in sources), default=0)
    return [
        Bar(
            each.words,
            each.wrote,
            _length(each.wrote, most, NARROW - 1),
            filled=_length(each.clients, most, NARROW - 1),
            share=str(each.clients),
        )
        for each in sources
    ]


def effect_bars(effects: Sequence[Effect]) -> list[Bar]:
    """The two parts are shares of those who got it: booked, then wrote back."""
    return [
        Bar(
            each.subject,
            len(each.sent),
            NARROW,
            filled=_length(len(each.booked), len(each.sent), NARROW),
            second=_length(len(each.wrote), len(each.sent), NARROW),
            beside=f"{len(each.booked)} booked, {len(each.wrote)} wrote back",
            share=f"{each.answered}%",
            link=str(each.template_id),
        )
        for each in effects
    ]


def _length(count: int, most: int, whole: int) -> float:
    return round(whole * count / most, 1) if most else 0

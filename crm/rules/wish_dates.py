"""The day that is meant by “after the holidays”, “in March” or “dentro de dos semanas”."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from crm.rules.date_words import MONTHS, NUMBERS

A_MONTH = 30
"""Days, where somebody says “later” and no more."""

_IN = re.compile(
    r"\b(?:in|within|dentro de) (?P<n>a few|a couple(?: of)?|\w+) (?P<unit>week|month|semana|mes)",
    re.IGNORECASE,
)
_VAGUE = {"unos": 3, "unas": 3, "a few": 3, "a couple": 2, "a couple of": 2, "five": 5, "six": 6}
_MONTH = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|enero|febrero"
    r"|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b",
    re.IGNORECASE,
)
_LATE = re.compile(r"\b(?:late|end of|finales de)\b", re.IGNORECASE)
_MIDDLE = re.compile(r"\b(?:mid|middle of|mediados de)\b", re.IGNORECASE)


def _next(month: int, day: int) -> Callable[[date], date]:
    """That day of the year, this year or next."""

    def found(said_on: date) -> date:
        this = date(said_on.year, month, day)
        return this if this > said_on else this.replace(year=said_on.year + 1)

    return found


def _next_month(said_on: date) -> date:
    return (said_on.replace(day=1) + timedelta(days=32)).replace(day=1)


def _after_thanksgiving(said_on: date) -> date:
    """The Monday after the fourth Thursday of November."""
    first = date(said_on.year, 11, 1)
    monday = first + timedelta(days=(3 - first.weekday()) % 7 + 25)
    return monday if monday > said_on else _after_thanksgiving(date(said_on.year + 1, 1, 1))


def _after_exams(said_on: date) -> date:
    return min(_next(1, 10)(said_on), _next(6, 10)(said_on))


OCCASIONS: tuple[tuple[re.Pattern[str], Callable[[date], date]], ...] = tuple(
    (re.compile(words, re.IGNORECASE), day)
    for words, day in (
        (r"thanksgiving", _after_thanksgiving),
        (r"holidays?|christmas|new year|next year|fiestas|navidad", _next(1, 4)),
        (r"a[nñ]o nuevo|a[nñ]o que viene|pr[oó]ximo a[nñ]o", _next(1, 4)),
        (r"next month|mes que viene|pr[oó]ximo mes", _next_month),
        (r"next spring|(?:after|once|until after)(?: the)? winter", _next(3, 21)),
        (r"next summer|(?:after|once|until after)(?: the)? spring", _next(6, 21)),
        (r"next (?:fall|autumn)|summer|vacaciones", _next(9, 1)),
        (r"next winter", _next(12, 1)),
        (r"semester|finals|exams", _after_exams),
    )
)  # fmt: skip


def back_on(words: str, said_on: date) -> date:
    """The first working day of the time that is meant, after the day it was said."""
    day = (
        _in_some_time(words, said_on) or _in_a_month_of_the_year(words, said_on) or _occasion(words, said_on)
    )
    day = day or said_on + timedelta(days=A_MONTH)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _in_some_time(words: str, said_on: date) -> date | None:
    match = _IN.search(words)
    number = _number(match["n"].lower()) if match else None
    if match is None or number is None:
        return None
    is_weeks = match["unit"].lower() in ("week", "semana")
    return said_on + timedelta(days=number * (7 if is_weeks else A_MONTH))


def _number(word: str) -> int | None:
    found = (
        _VAGUE.get(word) or NUMBERS.get(word) or (int(word) if re.fullmatch(r"[0-9]{1,2}", word) else None)
    )
    return found if found and found <= 24 else None


def _in_a_month_of_the_year(words: str, said_on: date) -> date | None:
    match = _MONTH.search(words)
    if match is None:
        return None
    day = 25 if _LATE.search(words) else 15 if _MIDDLE.search(words) else 1
    return _next(MONTHS[match[1].lower()], day)(said_on)


def _occasion(words: str, said_on: date) -> date | None:
    return next((day(said_on) for pattern, day in OCCASIONS if pattern.search(words)), None)

"""When somebody who is away says to be back: a day after the mail's own, at most half a year later."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crm.rules.date_words import (
    BACK,
    BEFORE_BACK,
    DATES,
    IN_SOME_TIME,
    MONTHS,
    NUMBERS,
    RELATIVE_DAY,
    SENTENCE_END,
    UNTIL,
    WEEKDAYS,
)

FURTHEST = timedelta(days=200)
"""Whoever is away for longer has not said when to write again."""

_SPAN = 90


def return_date(text: str, sent_on: date) -> date | None:
    """The first day somebody is there again; None when none was said, or none that can be meant."""
    text = " ".join(text[:6_000].split())
    for found in (*_said(text, sent_on, BACK), *_said(text, sent_on, UNTIL), *_spans(text, sent_on)):
        if sent_on < found <= sent_on + FURTHEST:
            return found
    return None


def _said(text: str, sent_on: date, cue: re.Pattern[str]) -> list[date]:
    """The days that stand behind the words that lead to one, up to the end of their sentence."""
    found = []
    for match in cue.finditer(text):
        after = SENTENCE_END.split(text[match.end() : match.end() + _SPAN], maxsplit=1)[0]
        before = BEFORE_BACK.search(text[max(0, match.start() - _SPAN) : match.start()])
        if day := _day_in(after, sent_on) or (_day_in(before[1], sent_on) if before else None):
            found.append(day)
    return found


def _day_in(text: str, sent_on: date) -> date | None:
    match = DATES.search(text)
    weekday = RELATIVE_DAY.search(text)
    if match and (found := _date_of(match, sent_on)):
        return found
    if "tomorrow" in text[:20].lower() or "mañana" in text[:20].lower() or "morgen" in text[:20].lower():
        return sent_on + timedelta(days=1)
    if weekday:
        ahead = (WEEKDAYS[weekday["day"].lower()] - sent_on.weekday() - 1) % 7 + 1
        return sent_on + timedelta(days=ahead)
    return None


def _date_of(match: re.Match[str], sent_on: date) -> date | None:
    if match["iso"]:
        return _valid(int(match["iy"]), int(match["im"]), int(match["id"]))
    if month := match["m1"] or match["m2"]:
        year = match["y1"] or match["y2"]
        return _nearest(int(match["d1"] or match["d2"]), MONTHS[month.lower()], year, sent_on)
    if match["d3"]:
        return _next_of_that_number(int(match["d3"]), sent_on)
    first, second = int(match["n1"]), int(match["n2"])
    is_day_first = match["sep"] == "." or first > 12
    day, month_number = (first, second) if is_day_first else (second, first)
    return _nearest(day, month_number, match["ny"], sent_on)


def _nearest(day: int, month: int, year: str | None, sent_on: date) -> date | None:
    if year:
        return _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _valid(sent_on.year, month, day)
    if found and found < sent_on - timedelta(days=60):
        return _valid(sent_on.year + 1, month, day)
    return found


def _next_of_that_number(day: int, sent_on: date) -> date | None:
    """`the 23rd` is this month's, or once that is over the next one's."""
    if day > sent_on.day:
        return _valid(sent_on.year, sent_on.month, day)
    months = sent_on.month % 12 + 1
    return _valid(sent_on.year + (months == 1), months, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _spans(text: str, sent_on: date) -> list[date]:
    found = []
    for match in IN_SOME_TIME.finditer(text):
        number = NUMBERS.get(match["n"].lower()) or int(match["n"])
        is_weeks = match["unit"].lower().startswith(("week", "sem", "woch"))
        found.append(sent_on + timedelta(days=number * (7 if is_weeks else 1)))
    return found

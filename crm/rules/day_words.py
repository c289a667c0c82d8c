"""How people are told days and times in their own language. Spanish as CLDR writes it for the United States."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.rules import telling
from crm.rules.sheets import FormLanguage

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"),
    *("octubre", "noviembre", "diciembre"),
)
NUMBERS = {
    10: "diez",
    15: "quince",
    20: "veinte",
    25: "veinticinco",
    30: "treinta",
    40: "cuarenta",
    45: "cuarenta y cinco",
    50: "cincuenta",
    60: "sesenta",
}
"""How long calls take. Other numbers are told in digits."""
_ES = FormLanguage.SPANISH


def clock(language: FormLanguage, instant: datetime, zone: tzinfo) -> str:
    """5:15 pm; 5:15 p.m. A time that comes twice that night says which: 1:30 am PDT."""
    words = telling.clock(instant, zone)
    words = words.replace(" am", " a.m.").replace(" pm", " p.m.") if language is _ES else words
    return f"{words} {instant.astimezone(zone).tzname()}" if _comes_twice(instant, zone) else words


def full_day(language: FormLanguage, day: date) -> str:
    """Thursday, March 12; jueves 12 de marzo"""
    if language is _ES:
        return f"{DAYS[day.weekday()]} {day.day} de {MONTHS[day.month - 1]}"
    return f"{day:%A}, {day:%B} {day.day}"


def short_day(language: FormLanguage, day: date) -> str:
    """Thu 12; jue 12"""
    return f"{DAYS[day.weekday()][:3]} {day.day}" if language is _ES else f"{day:%a} {day.day}"


def day_and_clock(language: FormLanguage, instant: datetime, zone: tzinfo) -> str:
    """Thursday, March 12, 5:15 pm; jueves 12 de marzo, 5:15 p.m."""
    return f"{full_day(language, instant.astimezone(zone).date())}, {clock(language, instant, zone)}"


def at_clock(language: FormLanguage, instant: datetime, zone: tzinfo) -> str:
    """Thursday, March 12 at 5:15 pm; jueves 12 de marzo a las 5:15 p.m., and a la 1:15 p.m."""
    day, wall = full_day(language, instant.astimezone(zone).date()), clock(language, instant, zone)
    if language is not _ES:
        return f"{day} at {wall}"
    return f"{day} {'a la' if wall.startswith('1:') else 'a las'} {wall}"


def for_a_subject(language: FormLanguage, instant: datetime, zone: tzinfo) -> str:
    """Thu, March 12, 10:00 am; jue 12 de marzo, 10:00 a.m."""
    there = instant.astimezone(zone)
    if language is _ES:
        day = f"{DAYS[there.weekday()][:3]} {there.day} de {MONTHS[there.month - 1]}"
    else:
        day = f"{there:%a}, {there:%B} {there.day}"
    return f"{day}, {clock(language, instant, zone)}"


def month(language: FormLanguage, first: date, today: date) -> str:
    """June, January 2027; junio, enero de 2027"""
    if language is _ES:
        return MONTHS[first.month - 1] + ("" if first.year == today.year else f" de {first.year}")
    return f"{first:%B}" if first.year == today.year else f"{first:%B} {first.year}"


def span(language: FormLanguage, first: date, last: date, today: date) -> str:
    """March 11 to 17, March 30 to April 3; 11 al 17 de marzo, 30 de marzo al 3 de abril"""
    same_month = (first.month, first.year) == (last.month, last.year)
    begins, ends = date_words(language, first, today), date_words(language, last, today)
    if first == last:
        return begins
    if language is _ES:
        return f"{first.day if same_month else begins} al {ends}"
    return f"{begins} to {last.day if same_month else ends}"


def count(language: FormLanguage, number: int) -> str:
    """Fifteen; Quince. In digits where the number has no word here."""
    words = NUMBERS.get(number, str(number)) if language is _ES else telling.count_words(number)
    return telling.opening(words)


def _comes_twice(instant: datetime, zone: tzinfo) -> bool:
    there = instant.astimezone(zone)
    return there.replace(fold=0).utcoffset() > there.replace(fold=1).utcoffset()  # type: ignore[operator]


def date_words(language: FormLanguage, day: date, today: date) -> str:
    """March 12, March 12, 2027; 12 de marzo, 12 de marzo de 2027"""
    if language is _ES:
        year = "" if day.year == today.year else f" de {day.year}"
        return f"{day.day} de {MONTHS[day.month - 1]}{year}"
    return telling.date_words(day, today)

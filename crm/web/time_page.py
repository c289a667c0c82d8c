"""The page of times, as it is shown: days, pills, zones and the words of each way to talk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask import request, url_for

from crm.db import db
from crm.flows.calendars import calendar_of
from crm.flows.calls import clinician_of
from crm.models import Account, CallSettings, Confirms, Medium, Practice
from crm.rules import day_words
from crm.rules.pages import pages_in
from crm.rules.sheets import FormLanguage
from crm.rules.slot_days import Shelf, labels
from crm.rules.telling import clock, first_name
from crm.rules.zones import places
from crm.web.forms.checks import national

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.page_words import PageWords
    from crm.rules.slot_days import ShownDay
    from crm.web.callers import Caller

DAYS = 5
FIRST_YEAR, YEARS = 2026, 1000
"""Beyond these a day asked for is no day of anybody's calendar, and no sum with it is one either."""
CITIES = tuple(
    f"{area}/{city}"
    for area, cities in {
        "America": "Los_Angeles Denver Phoenix Chicago New_York Anchorage Toronto Vancouver Mexico_City"
        " Bogota Sao_Paulo",
        "Pacific": "Honolulu Auckland",
        "Europe": "London Dublin Paris Madrid Berlin Rome Stockholm Athens Kyiv Istanbul",
        "Africa": "Lagos Cairo Johannesburg",
        "Asia": "Jerusalem Dubai Karachi Kolkata Bangkok Singapore Shanghai Hong_Kong Manila Seoul Tokyo",
        "Australia": "Perth Sydney",
    }.items()
    for city in cities.split()
)


@dataclass(frozen=True)
class Time:
    """One pill. `value` is the instant, `words` its wall time, `whole` the line that says it back."""

    value: str
    words: str
    whole: str


@dataclass(frozen=True)
class Day:
    words: str
    times: tuple[Time, ...]


@dataclass(frozen=True)
class Way:
    """A way to talk: the pill's words, and the line below that says what happens."""

    medium: Medium
    words: str
    line: str
    mark: str


@dataclass(frozen=True)
class TimePage:
    """Everything the page says about times."""

    language: FormLanguage
    clinician: str
    length: str
    zone: ZoneInfo
    zones: tuple[tuple[str, str], ...]
    days: tuple[Day, ...]
    span: str
    begins: date | None
    earlier: date | None
    later: date | None
    ways: tuple[Way, ...]
    asks_number: bool
    rings: bool
    asks_first: bool

    def whole(self, starts_at: datetime) -> str:
        return day_words.day_and_clock(self.language, starts_at, self.zone)

    def hands(self, starts_at: datetime) -> str:
        """5:15"""
        return clock(starts_at, self.zone).partition(" ")[0]

    def chosen(self, value: str | None) -> str:
        """The line that says back what is chosen; empty where that isn't shown."""
        times = (time for day in self.days for time in day.times)
        return next((time.whole for time in times if time.value == value), "")

    def turned(self, token: str, begins: date | None) -> str:
        """The address of the page that begins on this day."""
        shown: dict[str, Any] = {"zone": self.zone.key, "from": begins.isoformat() if begins else None}
        return url_for("times.show", token=token, **shown)


def page_for(caller: Caller, zone: ZoneInfo, now: datetime) -> TimePage:
    """All of it, in a fixed number of statements."""
    clinician_id, language = clinician_of(caller.lead), caller.lead.language
    settings = CallSettings.of(clinician_id)
    shelf, begins = _shelf(clinician_id, caller, zone, now)
    shown = shelf.page(begins, DAYS) if begins else []
    name = first_name(db.session.get_one(Account, clinician_id).name)
    return TimePage(
        language=language,
        clinician=name,
        length=length_words(settings.length_minutes, language),
        zone=zone,
        zones=_zones(zone, shelf.calendar.agenda.zone, language),
        days=tuple(_day(each, zone, language) for each in shown),
        span=_span(shown, now.astimezone(zone).date(), language),
        begins=begins,
        earlier=shelf.before(shown[0].day, DAYS) if shown else None,
        later=shelf.after(shown),
        ways=ways_of(settings, name, caller),
        asks_number=asks_number(settings, caller),
        rings=not settings.phone_number,
        asks_first=settings.confirms is Confirms.ASKED,
    )


def reading_zone(caller: Caller) -> ZoneInfo:
    """The clock the page is read by: the one they picked, else theirs, else the practice's."""
    asked = request.values.get("zone", "")
    known = caller.lead.zone_name or Practice.current().zone_name
    return ZoneInfo(asked if asked in places() else known)


def asks_number(settings: CallSettings, caller: Caller) -> bool:
    """Whether they must say where to be rung."""
    return settings.by_phone and not settings.phone_number and not caller.has_number


def ways_of(settings: CallSettings, name: str, caller: Caller) -> tuple[Way, ...]:
    words = pages_in(caller.lead.language).times
    at = settings.address or words.at_practice
    lines = {
        Medium.PHONE: _phone(settings, name, caller),
        Medium.VIDEO: Way(Medium.VIDEO, words.by_video, words.link_by_email, "video"),
        Medium.IN_PERSON: Way(Medium.IN_PERSON, words.in_person, at, "user"),
    }
    return tuple(lines[medium] for medium in settings.media)


def _phone(settings: CallSettings, name: str, caller: Caller) -> Way:
    words = pages_in(caller.lead.language)
    line = rung_words(words, settings, name, caller.number)
    if settings.phone_number:
        return Way(Medium.PHONE, words.times.you_call.format(name=name), line, "phone")
    pill = words.times.calls_you.format(name=name)
    return Way(Medium.PHONE, pill, line if caller.has_number else "", "phone")


def rung_words(words: PageWords, settings: CallSettings, name: str, number: str) -> str:
    """You call (213) 555-0100; Connor calls (213) 555-0148, or the number they gave."""
    if settings.phone_number:
        return words.times.you_call_number.format(number=national(settings.phone_number))
    return words.times.calls.format(name=name, number=national(number) or words.times.number_you_gave)


def length_words(minutes: int, language: FormLanguage) -> str:
    """Fifteen minutes; 50 minutes."""
    return pages_in(language).times.length.format(count=day_words.count(language, minutes))


def city_time(zone: ZoneInfo, language: FormLanguage) -> str:
    """Los Angeles time; hora de Los Ángeles."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    if language is not FormLanguage.ENGLISH:
        city = get_timezone_location(zone, locale=language, return_city=True)
    return pages_in(language).times.city_time.format(city=city)


def _shelf(who: int, caller: Caller, zone: ZoneInfo, now: datetime) -> tuple[Shelf, date | None]:
    """What can be had, and the day the page begins with: the one asked for, else the first free one.

    The weeks around it are enough; only where those are full the whole calendar is looked up.
    """
    mine, asked = caller.call.id if caller.call else None, _asked_for()
    near = asked or now.astimezone(zone).date()
    shelf = Shelf(calendar_of(who, now, mine, near), zone)
    if begins := asked or shelf.first_free:
        return shelf, begins
    shelf = Shelf(calendar_of(who, now, mine), zone)
    return shelf, shelf.first_free


def _asked_for() -> date | None:
    try:
        asked = date.fromisoformat(request.values.get("from", ""))
    except ValueError:
        return None
    return asked if abs(asked.year - FIRST_YEAR) < YEARS else None


def _day(shown: ShownDay, zone: ZoneInfo, language: FormLanguage) -> Day:
    words, day = labels(shown.times, zone, language), day_words.full_day(language, shown.day)
    times = tuple(Time(f"{at:%Y%m%dT%H%MZ}", words[at], f"{day}, {words[at]}") for at in shown.times)
    return Day(day_words.short_day(language, shown.day), times)


def _span(shown: list[ShownDay], today: date, language: FormLanguage) -> str:
    """March 11 to 17; March 30 to April 3."""
    return day_words.span(language, shown[0].day, shown[-1].day, today) if shown else ""


def _zones(shown: ZoneInfo, home: ZoneInfo, language: FormLanguage) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys((home.key, *CITIES, shown.key))
    return tuple((name, city_time(ZoneInfo(name), language)) for name in names)

"""The page of times, as it is shown: days, pills, zones and the words of each way to talk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from crm.db import db
from crm.flows.calendars import calendar_of
from crm.flows.calls import clinician_of
from crm.models import Account, CallSettings, Confirms, Medium, Practice
from crm.rules.slot_days import Shelf, labels, plain_clock
from crm.rules.telling import clock, count_words, date_words, first_name, opening
from crm.rules.zones import places
from crm.web.forms.checks import national

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crm.rules.slot_days import ShownDay
    from crm.web.callers import Caller

DAYS = 5
FIRST_YEAR, YEARS = 2026, 1000
"""Beyond these a day asked for is no day of anybody's calendar, and no sum with it is one either."""
BY_VIDEO, AT_HOME = "The link comes with the email that confirms it.", "At the practice."
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
        return whole_words(starts_at, self.zone)

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
    clinician_id = clinician_of(caller.lead)
    settings = CallSettings.of(clinician_id)
    shelf, begins = _shelf(clinician_id, caller, zone, now)
    shown = shelf.page(begins, DAYS) if begins else []
    name = first_name(db.session.get_one(Account, clinician_id).name)
    return TimePage(
        clinician=name,
        length=length_words(settings.length_minutes),
        zone=zone,
        zones=_zones(zone, shelf.calendar.agenda.zone),
        days=tuple(_day(each, zone) for each in shown),
        span=_span(shown, now.astimezone(zone).date()),
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
    lines = {
        Medium.PHONE: _phone(settings, name, caller),
        Medium.VIDEO: Way(Medium.VIDEO, "Video", BY_VIDEO, "video"),
        Medium.IN_PERSON: Way(Medium.IN_PERSON, "In person", settings.address or AT_HOME, "user"),
    }
    return tuple(lines[medium] for medium in settings.media)


def _phone(settings: CallSettings, name: str, caller: Caller) -> Way:
    if settings.phone_number:
        line = f"You call {national(settings.phone_number)}."
        return Way(Medium.PHONE, f"You call {name}", line, "phone")
    known = f"{name} calls {national(caller.number) or 'the number you gave'}."
    return Way(Medium.PHONE, f"{name} calls you", known if caller.has_number else "", "phone")


def length_words(minutes: int) -> str:
    """Fifteen minutes; 50 minutes."""
    return f"{opening(count_words(minutes))} minutes"


def city_time(zone: ZoneInfo) -> str:
    """Los Angeles time"""
    return f"{zone.key.rpartition('/')[2].replace('_', ' ')} time"


def whole_words(starts_at: datetime, zone: tzinfo) -> str:
    """Thursday, March 12, 5:15 pm"""
    there = starts_at.astimezone(zone)
    return f"{there:%A}, {there:%B} {there.day}, {plain_clock(starts_at, zone)}"


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


def _day(shown: ShownDay, zone: ZoneInfo) -> Day:
    words = labels(shown.times, zone)
    times = tuple(
        Time(f"{at:%Y%m%dT%H%MZ}", words[at], f"{shown.day:%A}, {shown.day:%B} {shown.day.day}, {words[at]}")
        for at in shown.times
    )
    return Day(f"{shown.day:%a} {shown.day.day}", times)


def _span(shown: list[ShownDay], today: date) -> str:
    """March 11 to 17; March 30 to April 3."""
    if not shown:
        return ""
    first, last = shown[0].day, shown[-1].day
    if first == last:
        return date_words(first, today)
    ends = str(last.day) if (first.month, first.year) == (last.month, last.year) else date_words(last, today)
    return f"{date_words(first, today)} to {ends}"


def _zones(shown: ZoneInfo, home: ZoneInfo) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys((home.key, *CITIES, shown.key))
    return tuple((name, city_time(ZoneInfo(name))) for name in names)

"""A clinician's own calendar is read every quarter of an hour: only when they are busy is kept.

What it said last holds on while it can't be read, and the clinician is told since when. Nobody else is told
anything of it: to them a busy time is no different from a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crm import log
from crm.db import transaction
from crm.models import CallSettings, OwnCalendar, Practice
from crm.outside.caldav import Login, fetch_calendars
from crm.outside.calendars import Unreadable, busy_times
from crm.outside.reading import fetch
from crm.outside.telling import NotReached

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm.outside.telling import Outside
    from crm.rules.slots import Span

logger = log.get(__name__)
A_DAY = timedelta(days=1)
NO_CALENDAR = "What is there can’t be read as a calendar."


@dataclass(frozen=True)
class _Job:
    """`login`: where it asks for one."""

    clinician_id: int
    url: str
    login: Login | None
    claim: str
    zone: str
    ends: datetime


def readable_address(typed: str) -> str | None:
    """The address as it is fetched: webcal is another word for https. None where it is no address."""
    parts = urlsplit(typed.strip())
    if not parts.netloc or parts.scheme.lower() not in ("https", "http", "webcal", "webcals"):
        return None
    scheme = parts.scheme.lower() if parts.scheme.lower() in ("https", "http") else "https"
    return parts._replace(scheme=scheme).geturl()


def read_due(outside: Outside, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    """Read each calendar whose time has come. Returns how many were read."""
    read = 0
    while not stopping() and (job := _take_up(clock())):
        found = _read(outside, job, clock())
        with transaction():
            calendar = OwnCalendar.still(job.clinician_id, job.claim)
            if calendar is None:
                continue
            if isinstance(found, str):
                calendar.could_not_be_read(found, clock())
            else:
                calendar.was_read(found, clock())
                read += 1
        logger.info("calendar_read", clinician_id=job.clinician_id, failed=isinstance(found, str))
    return read


def _take_up(now: datetime) -> _Job | None:
    with transaction():
        calendar = OwnCalendar.take_up(now)
        if calendar is None:
            return None
        settings = CallSettings.of(calendar.clinician_id)
        zone = settings.zone_name or Practice.current().zone_name
        ends = now + (settings.horizon_days + 2) * A_DAY
        login = Login(calendar.url, calendar.username, calendar.password) if calendar.username else None
        return _Job(calendar.clinician_id, calendar.url, login, calendar.claim or "", zone, ends)


def _read(outside: Outside, job: _Job, now: datetime) -> list[Span] | str:
    """The busy times; or why not, in words for the clinician."""
    begins = now - A_DAY
    found = fetch_calendars(outside, job.login, begins, job.ends) if job.login else _file(outside, job.url)
    if isinstance(found, NotReached):
        return found.why
    try:
        return busy_times(found, begins, job.ends, job.zone)
    except Unreadable:
        return NO_CALENDAR


def _file(outside: Outside, url: str) -> bytes | NotReached:
    found = fetch(outside, url)
    return found if isinstance(found, NotReached) else found.body

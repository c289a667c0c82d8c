"""A calendar that asks for a user and a password (CalDAV, RFC 4791): which there are, and what is in them.

Each request goes through the same guard, to judged machines and within one deadline, as a private address
does (reading); a library of CalDAV looks names up by itself and follows wherever it is sent. The password
goes to the machine that was typed and to its kin: caldav.example.com may lead to p42-caldav.example.com.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from crm.outside.reading import LARGEST, Asking, Fetched, fetch
from crm.outside.telling import NotReached

if TYPE_CHECKING:
    from datetime import datetime
    from xml.etree.ElementTree import Element

    from crm.outside.telling import Outside

DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
WHAT_IT_IS = (
    f'<?xml version="1.0" encoding="utf-8"?><D:propfind {NAMES}><D:prop><D:resourcetype/>'
    "<D:current-user-principal/><C:calendar-home-set/><C:supported-calendar-component-set/>"
    "<C:schedule-calendar-transp/></D:prop></D:propfind>"
).encode()
EVENTS = (
    f'<?xml version="1.0" encoding="utf-8"?><C:calendar-query {NAMES}><D:prop><C:calendar-data/></D:prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
    '<C:time-range start="{begins:%Y%m%dT%H%M%SZ}" end="{ends:%Y%m%dT%H%M%SZ}"/>'
    "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
)
EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Practice CRM//Calls//EN\r\nEND:VCALENDAR\r\n"
DOCTYPE = re.compile(r"<!(?!\[CDATA\[|--)")
WELL_KNOWN = "/.well-known/caldav"
CALENDARS = 20
ALL_SECONDS = 60.0
"""For all requests together; each has the limit of any other besides."""
NO_CALDAV = "There is no calendar of yours at that address."
TOO_LARGE = "The calendars there are larger than 5 MB together."


@dataclass(frozen=True)
class Login:
    """Where a calendar is asked for, and as whom."""

    url: str
    username: str
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        """RFC 7617, in UTF-8."""
        return f"Basic {b64encode(f'{self.username}:{self.password}'.encode()).decode()}"


@dataclass(frozen=True)
class Thing:
    """One resource, as its server describes it."""

    url: str
    is_calendar: bool
    principal: str | None
    homes: tuple[str, ...]


class _Not(Exception):  # noqa: N818 - a fact, not an error
    """It could not be had, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def fetch_calendars(outside: Outside, login: Login, begins: datetime, ends: datetime) -> bytes | NotReached:
    """Every event of these days in all of their calendars, one VCALENDAR after another."""
    try:
        return _Reader(outside, login, monotonic() + ALL_SECONDS).events(begins, ends)
    except _Not as not_:
        return NotReached(not_.why)


@dataclass(frozen=True)
class _Reader:
    outside: Outside
    login: Login
    until: float

    def events(self, begins: datetime, ends: datetime) -> bytes:
        asked, found = EVENTS.format(begins=begins, ends=ends).encode(), EMPTY
        for url in self._calendars():
            for each in self._ask("REPORT", url, asked, depth=1)[1].iter(f"{CALDAV}calendar-data"):
                found += (each.text or "").strip().encode() + b"\r\n"
            if len(found) > LARGEST:
                raise _Not(TOO_LARGE)
        return found

    def _calendars(self) -> list[str]:
        """The one that was typed, else all that its owner has; no more than twenty."""
        typed = self._typed()
        if typed.is_calendar:
            return [typed.url]
        found = [
            each.url for home in self._homes(typed) for each in self._described(home, 1) if each.is_calendar
        ]
        if not found:
            raise _Not(NO_CALDAV)
        return list(dict.fromkeys(found))[:CALENDARS]

    def _typed(self) -> Thing:
        """What stands where they said; of a bare server also where RFC 6764 has CalDAV."""
        url, why = self.login.url, ""
        is_bare = urlsplit(url).path in ("", "/")
        for way in (url, urljoin(url, WELL_KNOWN)) if is_bare else (url,):
            try:
                described = self._described(way, depth=0)[:1]
            except _Not as not_:
                why = why or not_.why
                continue
            if any(each.is_calendar or each.principal or each.homes for each in described):
                return described[0]
        raise _Not(why or NO_CALDAV)

    def _homes(self, typed: Thing) -> tuple[str, ...]:
        """Where the calendars of whoever signed in lie (RFC 5397, RFC 4791 6.2.1)."""
        if typed.homes or typed.principal is None:
            return typed.homes
        return tuple(home for each in self._described(typed.principal, depth=0) for home in each.homes)

    def _described(self, url: str, depth: int) -> list[Thing]:
        at, answer = self._ask("PROPFIND", url, WHAT_IT_IS, depth)
        return [_thing(each, at) for each in answer.iter(f"{DAV}response")]

    def _ask(self, method: str, url: str, body: bytes, depth: int) -> tuple[str, Element]:
        """Where it answered, and what. Raises _Not."""
        headers = {
            "Authorization": self.login.header,
            "Content-Type": "application/xml; charset=utf-8",
            "Depth": str(depth),
        }
        asking = Asking(method, headers, body, status=207, kin_of=self.login.url)
        found = fetch(self.outside, url, asking, self.until)
        if not isinstance(found, Fetched):
            raise _Not(found.why)
        return found.url, _xml(found.body)


def _xml(body: bytes) -> Element:
    """Without entities of its own: they could be as large as they like. Raises _Not."""
    try:
        text = body.decode("utf-8-sig")
        if DOCTYPE.search(text):
            raise _Not(NO_CALDAV)
        return ET.fromstring(text.encode())  # noqa: S314 - a document type is refused above
    except (ValueError, ET.ParseError):
        raise _Not(NO_CALDAV) from None


def _thing(response: Element, at: str) -> Thing:
    url = urljoin(at, response.findtext(f"{DAV}href", "").strip())
    homes = (each.text for each in response.iterfind(f".//{CALDAV}calendar-home-set/{DAV}href"))
    principal = response.findtext(f".//{DAV}current-user-principal/{DAV}href")
    return Thing(
        url=url,
        is_calendar=_is_calendar(response),
        principal=urljoin(url, principal.strip()) if principal else None,
        homes=tuple(urljoin(url, each.strip()) for each in homes if each),
    )


def _is_calendar(response: Element) -> bool:
    """One of events that takes its owner's time: not of tasks, and not shown as free (RFC 6638 9.1)."""
    kinds = {each.get("name") for each in response.iterfind(f".//{CALDAV}comp")}
    is_free = response.find(f".//{CALDAV}schedule-calendar-transp/{CALDAV}transparent") is not None
    is_one = response.find(f".//{DAV}resourcetype/{CALDAV}calendar") is not None
    return is_one and not is_free and (not kinds or "VEVENT" in kinds)

"""A clinician's own calendar: when they are busy, and nothing else; refreshed, and said when it can't be."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows.calendars import calendar_of
from crm.flows.own_calendars import NO_CALENDAR, read_due, readable_address
from crm.models import BusyTime, Opening, OwnCalendar
from crm.outside.calendars import read
from crm.outside.guard import Guard
from crm.outside.telling import Outside
from crm.rules.reach import Reach
from crm.rules.slot_days import Shelf, labels
from crm.rules.slots import Hours, Week
from tests.practice import Practice

Answer = tuple[int, bytes, dict[str, str]]
HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
END = b"END:VCALENDAR\r\n"


def calendar(*events: str) -> bytes:
    blocks = [
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:A secret\r\n"
        + each.replace("\n", "\r\n")
        + "\r\nEND:VEVENT\r\n"
        for number, each in enumerate(events)
    ]
    return HEAD + "".join(blocks).encode() + END


class Elsewhere:
    """A server on 127.0.0.1 that says at each path what it was told to."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.url = ""

    def says(self, body: bytes, status: int = 200, path: str = "/private.ics", **headers: str) -> None:
        self.answers[path] = (status, body, headers)


@contextmanager
def serving() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            elsewhere.asked.append(self.path)
            status, body, headers = elsewhere.answers.get(self.path, (404, b"", {}))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        elsewhere.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield elsewhere
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with serving() as server:
        yield server


@pytest.fixture
def connected(practice: Practice, elsewhere: Elsewhere) -> Elsewhere:
    """Connor's calendar is read from there; he takes calls from nine to eleven every day."""
    with practice.at_work():
        hours = Hours(time(9), time(11))
        Opening.put(1, Week.of((weekday, hours) for weekday in range(7)))
        OwnCalendar.connect(1, f"{elsewhere.url}/private.ics", practice.now)
    return elsewhere


def reads(practice: Practice, *, at_home: bool = True) -> int:
    """What the worker does each minute."""
    outside = Outside(Guard(Reach(at_home=at_home)), ssl.create_default_context(), 1.0, 3.0)
    with practice.app.app_context():
        return read_due(outside, lambda: practice.now, lambda: False)


def row(practice: Practice) -> OwnCalendar:
    with practice.reading():
        return db.session.get_one(OwnCalendar, 1)


def free_on(practice: Practice, day: int) -> list[str]:
    with practice.reading():
        found = calendar_of(1, practice.now)
        zone = found.agenda.zone
        shown = Shelf(found, zone).day(date(2026, 3, day))
        return list(labels(shown.times, zone).values()) if shown else []


ALL = ["9:00 am", "9:15 am", "9:30 am", "9:45 am", "10:00 am", "10:15 am", "10:30 am", "10:45 am"]
LA = "DTSTART;TZID=America/Los_Angeles:"


@pytest.mark.parametrize(
    ("event", "free"),
    [
        ("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z", ALL[4:]),
        (f"{LA}20260312T090000\nDTEND;TZID=America/Los_Angeles:20260312T101000", ALL[5:]),
        (f"{LA}20260305T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", ALL[4:]),
        (f"{LA}20260212T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3", ALL),
        (
            f"{LA}20260305T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=America/Los_Angeles:20260312T090000",
            ALL,
        ),
        ("DTSTART;VALUE=DATE:20260312\nDTEND;VALUE=DATE:20260313", []),
        ("DTSTART;VALUE=DATE:20260312", []),
        ("DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260312", ALL),
        ("DTSTART:20260312T090000\nDURATION:PT30M", ALL[2:]),
        ("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z\nTRANSP:TRANSPARENT", ALL),
        ("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z\nSTATUS:CANCELLED", ALL),
        ("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z\nSTATUS:TENTATIVE", ALL[4:]),
        ("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", ALL),
        ("DTSTART:20260312T160000Z", ALL),
    ],
)
def test_a_busy_time_elsewhere_is_not_offered_here(
    practice: Practice, connected: Elsewhere, event: str, free: list[str]
) -> None:
    with practice.at_work():
        begins, ends = practice.now - timedelta(days=1), practice.now + timedelta(days=30)
        busy = read(calendar(event), begins, ends, ZoneInfo("America/Los_Angeles"))
        db.session.get_one(OwnCalendar, 1).was_read(busy, practice.now)

    assert free_on(practice, 12) == free


def test_a_weekly_hour_stays_at_its_wall_time_when_the_clocks_change(
    practice: Practice, connected: Elsewhere
) -> None:
    practice.at(datetime.fromisoformat("2026-03-06T12:00:00+00:00"))
    with practice.at_work():
        OwnCalendar.connect(1, f"{connected.url}/private.ics", practice.now)
    connected.says(calendar(f"{LA}20260101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY"))

    reads(practice)

    assert free_on(practice, 7) == ALL[4:]
    assert free_on(practice, 9) == ALL[4:]


def test_nothing_of_it_is_kept_but_when(practice: Practice, connected: Elsewhere) -> None:
    connected.says(calendar("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z"))

    reads(practice)

    assert {column.name for column in BusyTime.__table__.columns} == {
        "id",
        "clinician_id",
        "begins_at",
        "ends_at",
    }
    with practice.reading():
        stored = [
            str(value) for each in db.session.scalars(sa.select(BusyTime)) for value in vars(each).values()
        ]
    assert not any("secret" in each for each in stored)


def test_it_is_read_every_quarter_of_an_hour(practice: Practice, connected: Elsewhere) -> None:
    connected.says(calendar())

    assert reads(practice) == 1
    assert reads(practice) == 0
    practice.at(practice.now + timedelta(minutes=15))
    assert reads(practice) == 1


def test_what_can_no_longer_be_read_holds_on_and_says_since_when(
    practice: Practice, connected: Elsewhere
) -> None:
    connected.says(calendar("DTSTART:20260312T160000Z\nDTEND:20260312T170000Z"))
    reads(practice)
    first_read = practice.now
    connected.says(b"", status=404)

    for _ in range(2):
        practice.at(practice.now + timedelta(minutes=15))
        assert reads(practice) == 0

    found = row(practice)
    assert found.failure == "The server there answered 404."
    assert (found.read_at, found.failed_at) == (first_read, first_read + timedelta(minutes=15))
    assert free_on(practice, 12) == ALL[4:]
    connected.says(calendar())
    practice.at(practice.now + timedelta(minutes=15))
    reads(practice)
    assert (row(practice).failed_at, free_on(practice, 12)) == (None, ALL)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (lambda e: e.says(b"<html>Sign in</html>"), NO_CALENDAR),
        (lambda e: e.says(HEAD + b"BEGIN:VEVENT\r\n"), NO_CALENDAR),
        (lambda e: e.says(b"x" * 5_000_001), "The calendar there is larger than 5 MB."),
        (
            lambda e: e.says(b"", 302, Location="/private.ics"),
            "The address leads from one place to another without end.",
        ),
        (lambda e: e.says(b"", 302, Location="ftp://127.0.0.1/x"), "The address isn’t https."),
        (lambda e: e.says(b"", 500), "The server there answered 500."),
        (lambda e: e.says(b"short", **{"Content-Length": "50"}), "The line broke: IncompleteRead"),
    ],
)
def test_whatever_stands_there_is_told_and_frees_nobody(
    practice: Practice, connected: Elsewhere, says: Callable[[Elsewhere], None], why: str
) -> None:
    says(connected)

    assert reads(practice) == 0

    assert row(practice).failure == why


def test_an_address_that_leads_inside_is_never_asked(practice: Practice, connected: Elsewhere) -> None:
    connected.says(calendar())

    reads(practice, at_home=False)

    assert row(practice).failure == "The address leads inside, to a machine that isn’t on the open internet."
    assert connected.asked == []


def test_it_may_send_us_elsewhere_once(practice: Practice, connected: Elsewhere) -> None:
    connected.says(b"", 302, Location="/moved.ics")
    connected.says(calendar(), path="/moved.ics")

    assert reads(practice) == 1


def test_a_rule_that_never_ends_stops_nobody(practice: Practice, connected: Elsewhere) -> None:
    connected.says(calendar("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"))

    reads(practice)

    assert row(practice).read_at or row(practice).failure == NO_CALENDAR


def test_an_address_taken_away_meanwhile_is_not_written_to(practice: Practice, connected: Elsewhere) -> None:
    connected.says(calendar())
    with practice.at_work():
        taken = OwnCalendar.take_up(practice.now)
        assert taken is not None
        claim = taken.claim or ""
    with practice.at_work():
        OwnCalendar.connect(1, "https://other.example.org/x.ics", practice.now)

    with practice.at_work():
        assert OwnCalendar.still(1, claim) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("webcal://p01.example.org/a?b=1", "https://p01.example.org/a?b=1"),
        ("WEBCAL://p01.example.org/a", "https://p01.example.org/a"),
        (" https://example.org/a.ics ", "https://example.org/a.ics"),
        ("example.org/a.ics", None),
        ("file:///etc/passwd", None),
        ("", None),
    ],
)
def test_an_address_in_either_spelling(typed: str, address: str | None) -> None:
    assert readable_address(typed) == address

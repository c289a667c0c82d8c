"""A calendar that asks for a user and a password, on a real CalDAV server: busy times, and nothing else."""

from __future__ import annotations

import ssl
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import radicale.config
import sqlalchemy as sa
from radicale.app import Application

from crm.db import db
from crm.flows.own_calendars import read_due
from crm.models import BusyTime, Opening, OwnCalendar
from crm.outside.caldav import NO_CALDAV, Login, fetch_calendars
from crm.outside.guard import Guard
from crm.outside.reading import OTHER_MACHINE, is_kin
from crm.outside.telling import NotReached, Outside
from crm.rules.reach import Reach
from crm.rules.slots import Hours, Week
from tests.flows.test_own_calendars import ALL, calendar, free_on, row
from tests.practice import Practice

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

USER, PASSWORD = "connor", "schlüssel: 42"
AT_NINE = "DTSTART:20260312T160000Z\nDTEND:20260312T170000Z"
AT_TEN = "DTSTART:20260312T170000Z\nDTEND:20260312T180000Z"
WEEKLY = "DTSTART;TZID=America/Los_Angeles:20260305T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"


@dataclass
class Server:
    """Radicale on 127.0.0.1."""

    url: str
    asked: list[str] = field(default_factory=list)

    def does(self, method: str, path: str, body: bytes = b"") -> int:
        """What a calendar program would do there."""
        connection = HTTPConnection(self.url.removeprefix("http://"))
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        connection.request(method, path, body, {"Authorization": f"Basic {login}"})
        status = connection.getresponse().status
        connection.close()
        return status

    def has_calendar(self, name: str, *events: str) -> None:
        assert self.does("MKCALENDAR", f"/{USER}/{name}/") == 201
        for number, event in enumerate(events):
            body = calendar(event).replace(b"UID:0", f"UID:{name}{number}".encode())
            assert self.does("PUT", f"/{USER}/{name}/{number}.ics", body) == 201


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    people = folder / "people"
    people.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    known = radicale.config.load()
    known.update(
        {
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": str(people),
                "htpasswd_encryption": "plain",
                "delay": "0",
            },
            "storage": {"filesystem_folder": str(folder / "collections")},
            "logging": {"level": "critical"},
        },
        "the test",
        privileged=True,
    )
    there, asked = Application(known), list[str]()

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        answer: Iterable[bytes] = there(environ, start)
        return answer

    with running(application) as url:
        yield Server(url, asked)


@contextmanager
def running(application: WSGIApplication) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as found:
        yield found


def connects(practice: Practice, url: str, password: str = PASSWORD) -> None:
    """Connor's calendar is read from there; he takes calls from nine to eleven every day."""
    with practice.at_work():
        hours = Hours(time(9), time(11))
        Opening.put(1, Week.of((weekday, hours) for weekday in range(7)))
        OwnCalendar.connect(1, url, practice.now, username=USER, password=password)


def outside(*, at_home: bool = True) -> Outside:
    return Outside(Guard(Reach(at_home=at_home)), ssl.create_default_context(), 1.0, 5.0)


def reads(practice: Practice, *, at_home: bool = True) -> int:
    with practice.app.app_context():
        return read_due(outside(at_home=at_home), lambda: practice.now, lambda: False)


@pytest.mark.parametrize("path", ["", "/", f"/{USER}/", f"/{USER}/work/"])
def test_from_the_server_the_person_or_the_calendar_it_finds_when_they_are_busy(
    practice: Practice, server: Server, path: str
) -> None:
    server.has_calendar("work", AT_NINE)
    connects(practice, server.url + path)

    assert reads(practice) == 1

    assert row(practice).failure == ""
    assert free_on(practice, 12) == ALL[4:]


def test_all_their_calendars_count(practice: Practice, server: Server) -> None:
    server.has_calendar("work", AT_NINE)
    server.has_calendar("home", AT_TEN)
    connects(practice, server.url)

    reads(practice)

    assert free_on(practice, 12) == []
    assert free_on(practice, 13) == ALL


def test_what_repeats_is_busy_each_time(practice: Practice, server: Server) -> None:
    server.has_calendar("work", WEEKLY)
    connects(practice, server.url)

    reads(practice)

    assert free_on(practice, 12) == free_on(practice, 19) == ALL[4:]


def test_a_calendar_without_events_frees_everybody(practice: Practice, server: Server) -> None:
    server.has_calendar("work")
    connects(practice, server.url)

    assert reads(practice) == 1
    assert free_on(practice, 12) == ALL


def test_only_instants_are_kept_and_the_password_is_sealed(practice: Practice, server: Server) -> None:
    server.has_calendar("work", AT_NINE)
    connects(practice, server.url)

    reads(practice)

    with practice.reading() as session:
        (busy,) = session.scalars(sa.select(BusyTime)).all()
        assert "secret" not in " ".join(map(str, vars(busy).values()))
        columns = "username || password || url"
        (kept,) = session.execute(sa.text(f"SELECT {columns} FROM own_calendar")).one()
    assert not any(each in kept for each in (USER, PASSWORD, server.url))


def test_it_is_read_anew_by_the_same_job(practice: Practice, server: Server) -> None:
    server.has_calendar("work", AT_NINE)
    connects(practice, server.url)
    reads(practice)

    server.does("DELETE", f"/{USER}/work/0.ics")
    assert reads(practice) == 0
    practice.at(practice.now + timedelta(minutes=15))

    assert reads(practice) == 1
    assert free_on(practice, 12) == ALL


def test_a_wrong_password_is_said_in_words_and_frees_nobody(practice: Practice, server: Server) -> None:
    server.has_calendar("work", AT_NINE)
    connects(practice, server.url)
    reads(practice)
    with practice.at_work():
        db.session.get_one(OwnCalendar, 1).password = "changed"
    practice.at(practice.now + timedelta(minutes=15))

    assert reads(practice) == 0

    assert row(practice).failure == "The user or the password isn’t right."
    assert free_on(practice, 12) == ALL[4:]


@pytest.mark.parametrize(
    ("path", "why"),
    [("/nobody/", "That user may not read there."), (f"/{USER}/none/", "The server there answered 404.")],
)
def test_what_is_not_theirs_or_not_there_is_said(
    practice: Practice, server: Server, path: str, why: str
) -> None:
    server.has_calendar("work", AT_NINE)
    connects(practice, server.url + path)

    assert reads(practice) == 0
    assert row(practice).failure == why


def test_somebody_without_calendars_is_told_so(practice: Practice, server: Server) -> None:
    server.does("PROPFIND", f"/{USER}/")
    connects(practice, server.url)

    assert reads(practice) == 0
    assert row(practice).failure == NO_CALDAV


def test_an_address_that_leads_inside_is_never_asked(practice: Practice, server: Server) -> None:
    server.has_calendar("work", AT_NINE)
    server.asked.clear()
    connects(practice, server.url)

    reads(practice, at_home=False)

    assert row(practice).failure == "The address leads inside, to a machine that isn’t on the open internet."
    assert server.asked == []


@contextmanager
def of_ill_will(*answers: tuple[int, str, dict[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers so, one after another, and what it was asked."""
    heard: list[str] = []
    left = list(answers)

    def application(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        heard.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, body, headers = left.pop(0) if left else (500, "", {})
        start(f"{status} x", [("Content-Length", str(len(body.encode()))), *headers.items()])
        return [body.encode()]

    with running(application) as url:
        yield url, heard


def why_not(url: str, practice: Practice) -> str:
    found = fetch_calendars(
        outside(), Login(url, USER, PASSWORD), practice.now, practice.now + timedelta(days=9)
    )
    assert isinstance(found, NotReached)
    return found.why


def test_the_password_goes_to_no_other_machine(practice: Practice) -> None:
    with of_ill_will((207, "", {})) as (elsewhere, heard):
        port = elsewhere.rpartition(":")[2]
        with of_ill_will((302, "", {"Location": f"http://localhost:{port}/"})) as (url, _):
            assert why_not(url, practice) == OTHER_MACHINE

    assert heard == []


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><D:multistatus xmlns:D="DAV:">&b;</D:multistatus>'


@pytest.mark.parametrize("body", [BOMB, "<html>Sign in</html>", "no XML", "", "<a>" * 200_000, "\ud7ff<"])
def test_whatever_it_answers_is_no_calendar(practice: Practice, body: str) -> None:
    with of_ill_will((207, body, {}), (207, body, {})) as (url, _):
        assert why_not(url, practice) == NO_CALDAV


@pytest.mark.parametrize(
    ("host", "other", "is_one"),
    [
        ("caldav.icloud.com", "p42-caldav.icloud.com", True),
        ("caldav.icloud.com", "caldav.icloud.com", True),
        ("caldav.icloud.com", "icloud.com.evil.example", False),
        ("caldav.icloud.com", "evil-icloud.com", False),
        ("example.com", "evil.com", False),
        ("localhost", "other", False),
        ("10.0.0.1", "192.0.0.1", False),
    ],
)
def test_which_machines_are_one_household(host: str, other: str, *, is_one: bool) -> None:
    assert is_kin(host, other) is is_one


def described(href: str, *props: str) -> str:
    return (
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{''.join(props)}</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def told(*responses: str) -> tuple[int, str, dict[str, str]]:
    names = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return 207, f"<D:multistatus {names}>{''.join(responses)}</D:multistatus>", {}


def holds(kind: str) -> str:
    return (
        "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><C:supported-calendar-component-set>"
        f'<C:comp name="{kind}"/></C:supported-calendar-component-set>'
    )


def test_tasks_and_what_is_shown_as_free_take_nobodys_time(practice: Practice) -> None:
    home = "<C:calendar-home-set><D:href>/home/</D:href></C:calendar-home-set>"
    free = "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"
    calendars = told(
        described("/home/"),
        described("/home/work/", holds("VEVENT")),
        described("/home/tasks/", holds("VTODO")),
        described("/home/birthdays/", holds("VEVENT"), free),
    )
    with of_ill_will(told(described("/", home)), calendars, told()) as (url, heard):
        found = fetch_calendars(
            outside(), Login(url, USER, PASSWORD), practice.now, practice.now + timedelta(days=9)
        )

    assert isinstance(found, bytes)
    assert heard == ["PROPFIND /", "PROPFIND /home/", "REPORT /home/work/"]

"""Twelve people want one time at the same moment, over HTTP (R35): one has it, eleven are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import combinations
from threading import Thread
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from crm.db import db
from crm.flows.calendars import calendar_of
from crm.local.sockets import HOME, listen_anywhere, port_of
from crm.models import Booking, Opening
from crm.rules.slots import Hours, Week
from tests.at_once import at_once
from tests.practice import Practice

ROUNDS, PEOPLE = 20, 12
PATIENCE = 60


@dataclass(frozen=True)
class Told:
    status: int
    page: str


@pytest.fixture
def port(practice: Practice) -> Iterator[int]:
    """The practice behind a real server, a thread for each request."""
    with listen_anywhere() as listening:
        server = make_server(HOME, port_of(listening), practice.app, threaded=True, fd=listening.fileno())
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield port_of(listening)
        server.shutdown()
        thread.join()
        server.server_close()


def presses(port: int, token: str, starts_at: datetime, nonce: str) -> Told:
    fields = {"at": f"{starts_at:%Y%m%dT%H%MZ}", "by": "phone", "zone": "America/Los_Angeles", "nonce": nonce}
    line = HTTPConnection(HOME, port, timeout=PATIENCE)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": "localhost"}
    line.request("POST", f"/call/{token}/times", urlencode(fields), headers)
    answer = line.getresponse()
    told = Told(answer.status, answer.read().decode())
    line.close()
    return told


@pytest.fixture
def tokens(practice: Practice) -> list[str]:
    """Twelve people, each with the link to their page; Connor takes calls from nine to five."""
    with practice.at_work():
        hours = Hours(time(9), time(17))
        Opening.put(1, Week.of((weekday, hours) for weekday in range(7)))
    people = [
        practice.receives_inquiry(f"P{n} <p{n}@example.org>", phone=f"+1213555010{n % 10}", client_key=str(n))
        for n in range(PEOPLE)
    ]
    with practice.reading():
        return [practice.lead(each).page_token for each in people]


def test_twenty_times_one_of_twelve_gets_the_time_and_eleven_are_told_kindly(
    practice: Practice, port: int, tokens: list[str]
) -> None:
    for number in range(ROUNDS):
        practice.at(practice.now + timedelta(minutes=61))
        with practice.reading():
            wanted = next(calendar_of(1, practice.now).free())

        came = at_once(*(partial(presses, port, token, wanted, f"round{number}") for token in tokens))

        assert Counter(each.status for each in came) == {303: 1, 409: PEOPLE - 1}
        for each in came:
            if each.status == 409:
                assert "a moment ago. These are still free." in each.page
                assert 'name="at"' in each.page
                assert f'value="{wanted:%Y%m%dT%H%MZ}"' not in each.page
        assert_no_two_overlap(practice)


def assert_no_two_overlap(practice: Practice) -> None:
    with practice.reading():
        held = list(db.session.scalars(sa.select(Booking).where(Booking.holds_time)))
    assert not any(
        one.busy_from < other.busy_until and other.busy_from < one.busy_until
        for one, other in combinations(held, 2)
    )

"""6. What the owner's pages cost as full HTML, with 100,000 people and a million lines of story."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from time import perf_counter

from bench import filling, years
from bench.beat import sqlite_database
from bench.practices import folder
from bench.telling import ratio, tell
from crm import clock
from crm.db import transaction
from crm.models import Account, SignIn
from crm.web.access import COOKIE
from tests.conftest import answers, postgres_database
from tests.local.waiting import until
from tests.system.house import HOME, PATIENCE, House, free_port, open_house
from tests.system.processes import Programs

FEW, MANY = 10_000, 100_000
WARM, LOOKS = 30, 200
AIM_MS = 10
PAGES = {
    "People, list": "/people?view=list",
    "People, list of a stage": "/people?view=list&stage=contacted",
    "People, board": "/people",
    "A person": "/people/2",
    "Today": "/today",
}


class NoMail:
    """Nobody sends anything here."""

    port = 9


def measure() -> None:
    tell(f"6. Pages as full HTML, {MANY:,} people, gunicorn with two workers, one client: p50")
    with folder() as place, postgres_database() as url, open_house(place, url, NoMail()) as house:
        few = _took(house, place / "few", FEW)
        many = _took(house, place / "many", MANY - FEW)
    for name in PAGES:
        tell(f"   {name}: {few[name]:.1f} ms with {FEW:,}; {many[name] / many['floor']:.1f} times the floor")
        ratio(f"   {name}, ms with {MANY:,}", many[name], at_most=AIM_MS)
        ratio(f"   {name}, {MANY:,} against {FEW:,}", many[name] / few[name], at_most=1.2)
    tell(f"   the floor (Flask, Jinja, one row): {many['floor']:.2f} ms")
    with folder() as place, sqlite_database() as url, open_house(place, url, NoMail()) as house:
        for name, took in _took(house, place / "sqlite", FEW).items():
            tell(f"   SQLite, {FEW:,} people, {name}: {took:.1f} ms")


def _took(house: House, place: Path, more: int) -> dict[str, float]:
    """Milliseconds of each page, once there are so many people more."""
    place.mkdir()
    with house.app.app_context():
        years.grow(more, clock.now())
        filling.come_to_rest()
    with served(house, "crm.wsgi:app") as port:
        took = {name: median_ms(port, page, cookie(house)) for name, page in PAGES.items()}
    if house.env["DATABASE_URL"].startswith("postgresql"):
        with served(house, "bench.floor:app") as port:
            took["floor"] = median_ms(port, "/people/2", "")
    return took


@contextmanager
def served(house: House, app: str) -> Iterator[int]:
    port = free_port()
    words = (
        f"gunicorn --worker-class=gthread --workers=2 --threads=8 --no-control-socket --bind={HOME}:{port}"
    )
    running: Programs = house.running
    web = running.start(f"web{port}", [*words.split(), app], house.env | {"PORT": str(port)})
    assert until(partial(answers, port), PATIENCE), web.said()
    try:
        yield port
    finally:
        web.stop()


def cookie(house: House) -> str:
    with house.app.app_context(), transaction():
        owner = Account.owner()
        assert owner is not None
        return f"{COOKIE}={SignIn.start(owner, clock.now())}"


def median_ms(port: int, page: str, cookie: str) -> float:
    """Of the looks of one browser, which keeps the cookie it is given with the first page."""
    connection = HTTPConnection(HOME, port, timeout=PATIENCE)
    given = _get(connection, page, cookie).getheader("Set-Cookie", "").partition(";")[0]
    cookies = "; ".join(filter(None, (cookie, given)))
    took: Sequence[float] = [_look(connection, page, cookies) for _ in range(WARM + LOOKS)]
    connection.close()
    return statistics.median(took[WARM:])


def _look(connection: HTTPConnection, page: str, cookie: str) -> float:
    began = perf_counter()
    _get(connection, page, cookie)
    return 1000 * (perf_counter() - began)


def _get(connection: HTTPConnection, page: str, cookie: str) -> HTTPResponse:
    """Read to its end."""
    connection.request("GET", page, headers={"Cookie": cookie, "Host": f"{HOME}:{connection.port}"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, f"{page} answered {answer.status}"
    return answer

"""7. The front door: what an inquiry costs from POST to stored, by form and by API; then a flood of spam."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import sqlalchemy as sa

from bench import flood, notes
from bench.beat import sqlite_database
from bench.knocks import Run, knock
from bench.pages import NoMail, served
from bench.practices import folder
from bench.telling import ratio, tell
from crm import clock
from crm.db import db, transaction
from crm.models import Enrollment, Inquiry, Practice, Source
from crm.rules.ways_in import SourceKind, scopes_of
from crm.web.source_tokens import fresh_token, token_hash
from tests.conftest import postgres_database
from tests.system.house import House, open_house

WARM, KNOCKS = 150, 240
CLIENTS = (1, 4, 8)
AIM_MS, AIM_PACE = 6, 200
TAKEN = {201, 303}
OPEN_HOUSE = {
    "TRUSTED_PROXIES": "1",
    "FORM_POSTS_PER_CLIENT_MINUTE": "100000",
    "API_POSTS_PER_SOURCE_MINUTE": "100000",
    "LOG_LEVEL": "WARNING",
}
"""Everybody comes from an address of their own, as behind a proxy, and each gets an acknowledgement."""


def measure() -> None:
    tell("7. The front door, gunicorn with two workers: each note is new, from somebody new, and is answered")
    with (
        folder() as place,
        postgres_database() as url,
        open_house(place, url, NoMail(), **OPEN_HOUSE) as house,
    ):
        form = _doors(house, "Postgres")
    ratio("   Postgres, form, one client, ms at p50", form[1].p50, at_most=AIM_MS)
    ratio("   Postgres, form, the most a second", max(each.pace for each in form.values()), at_least=AIM_PACE)
    with folder() as place, sqlite_database() as url, open_house(place, url, NoMail(), **OPEN_HOUSE) as house:
        _doors(house, "SQLite")
    flood.measure()


def _doors(house: House, database: str) -> dict[int, Run]:
    """What the form took, by how many clients there were."""
    numbers, token = count(), _way_in(house)

    def typed() -> bytes:
        return notes.by_form(house.app, notes.note(number := next(numbers)), notes.address(number))

    def handed_in() -> bytes:
        return notes.by_api(token, notes.note(number := next(numbers)), notes.address(number))

    with served(house, "crm.wsgi:app") as port:
        form, api = _took(port, typed), _took(port, handed_in)
    _nothing_missing(house, next(numbers))
    with served(house, "bench.floor:app") as port:
        floor = _took(port, typed)
    for name, took in (("form", form), ("API", api), ("floor", floor)):
        for clients, run in took.items():
            tell(f"   {database}, {name}, {clients} at once: {run}")
    against = f"form {form[1].p50 / floor[1].p50:.1f}, API {api[1].p50 / floor[1].p50:.1f}"
    tell(f"   {database}, times the floor with one client: {against}")
    return form


def _took(port: int, make: Callable[[], bytes]) -> dict[int, Run]:
    knock(port, CLIENTS[-1], [make() for _ in range(WARM)])
    return {clients: _taken(knock(port, clients, [make() for _ in range(KNOCKS)])) for clients in CLIENTS}


def _taken(run: Run) -> Run:
    others = {each.status for each in run.knocks} - TAKEN
    assert not others, f"answered {others}"
    return run


def _way_in(house: House) -> str:
    token = fresh_token()
    with house.app.app_context(), transaction() as session:
        Practice.current().notify_owner = True
        kind = SourceKind.API
        source = Source(name="Bench", kind=kind, scopes=list(scopes_of(kind)), made_at=clock.now())
        source.give_token(token, token_hash(token))
        session.add(source)
    return token


def _nothing_missing(house: House, sent: int) -> None:
    """Stored, each once, and each on the way to an answer."""
    with house.app.app_context():
        stored, answered = (
            db.session.scalar(sa.select(sa.func.count(model.id))) for model in (Inquiry, Enrollment)
        )
    assert stored == answered == sent, f"{sent} sent, {stored} stored, {answered} to be answered"

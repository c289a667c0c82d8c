"""5. Finding someone among 100,000 people as full HTML, beside the least a page can cost."""

from __future__ import annotations

import random
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bench import filling
from bench.pages import FEW, MANY, NoMail, cookie, median_ms, served
from bench.practices import folder
from bench.telling import ratio, tell
from crm import clock
from crm.db import db, transaction
from crm.flows import indexing
from crm.models import Inquiry, Lead, SearchEntry
from tests.conftest import postgres_database
from tests.system.house import House, open_house

AIM_MS = 15
AT_ONCE = 500
SYLLABLES = (
    "ma",
    "ri",
    "lo",
    "ten",
    "ka",
    "sol",
    "ve",
    "ber",
    "nu",
    "dan",
    "fi",
    "gar",
    "hil",
    "o",
    "pe",
    "wi",
)
WORDS_OF_A_MESSAGE = 30
SOMEBODY = 4_321
"""The person whose address and number are sought."""


def measure() -> None:
    tell(f"5. Finding someone as full HTML, {MANY:,} people, gunicorn with two workers, one client: p50")
    with folder() as place, postgres_database() as url, open_house(place, url, NoMail()) as house:
        few = _took(house, FEW)
        many = _took(house, MANY - FEW)
    for name in SEARCHES:
        tell(f"   {name}: {few[name]:.1f} ms with {FEW:,}; {many[name] / many['floor']:.1f} times the floor")
        ratio(f"   {name}, ms with {MANY:,}", many[name], at_most=AIM_MS)
        ratio(f"   {name}, {MANY:,} against {FEW:,}", many[name] / few[name], at_most=1.2)
    tell(f"   the floor (Flask, Jinja, one row): {many['floor']:.2f} ms")


def _took(house: House, more: int) -> dict[str, float]:
    """Milliseconds of each search, once there are so many people more."""
    with house.app.app_context():
        _grow(more)
    with served(house, "crm.wsgi:app") as port:
        pages = {name: f"/people/find?{urlencode({'q': q})}" for name, q in SEARCHES.items()}
        took = {name: median_ms(port, page, cookie(house)) for name, page in pages.items()}
    with served(house, "bench.floor:app") as port:
        return took | {"floor": median_ms(port, "/people/2", "")}


def _grow(count: int) -> None:
    """So many people more, each with a name, a number and a message of their own."""
    now = clock.now()
    first = (db.session.scalar(sa.select(sa.func.max(Lead.id))) or 0) + 1
    filling.fill(count, now, now)
    for begin in range(first, first + count, AT_ONCE):
        with transaction():
            _tell_apart(range(begin, min(begin + AT_ONCE, first + count)))
    began = perf_counter()
    taken = _index(now)
    seconds = perf_counter() - began
    filling.tidy()
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(SearchEntry)) or 0
    db.session.rollback()
    tell(
        f"   crm reindex: {taken:,} people, {taken / seconds:,.0f} a second; {rows / taken:.0f} entries each"
    )


def _index(now: datetime) -> int:
    """Everybody, as `crm reindex` does."""
    with transaction():
        indexing.begin()
    taken, is_whole = 0, False
    while not is_whole:
        with transaction():
            step = indexing.go_on(now)
        taken, is_whole = taken + step.people, step.is_whole
    return taken


def _tell_apart(numbers: range) -> None:
    people: list[dict[str, Any]] = [{"id": n, "name": name_of(n), "phone": f"+1213{n:07}"} for n in numbers]
    messages = [{"id": n, "message": message_of(n)} for n in numbers]
    db.session.execute(sa.update(Lead), people)
    db.session.execute(sa.update(Inquiry), messages)


def name_of(number: int) -> str:
    """Some 200 first and 4,000 last names."""
    return f"{_word(number % 199).title()} {_word(number % 4_001 + 300).title()}"


def message_of(number: int) -> str:
    """Common words often and rare ones seldom, as in any language; every hundredth asks for Wednesday."""
    chance = random.Random(number)  # noqa: S311 - the same for everybody who measures
    ranks = (int(3_000 ** chance.random()) for _ in range(WORDS_OF_A_MESSAGE))
    return " ".join([*map(_word, ranks), "wednesday" if number % 100 == 0 else "soon"])


def _word(rank: int) -> str:
    letters = ""
    while True:
        rank, at = divmod(rank, len(SYLLABLES))
        letters += SYLLABLES[at]
        if rank == 0:
            return letters if len(letters) > 2 else f"{letters}n"


SEARCHES = {
    "the beginning of a name": "ma",
    "a first name and the beginning of a last": f"{name_of(SOMEBODY)[:-3]}",
    "a whole address": f"p{SOMEBODY}@example.org",
    "a phone number": f"(213) {SOMEBODY:07}",
    "a word of a message": "wednesday",
    "a word that everybody wrote": "soon",
    "two words that everybody has": "example soon",
    "nobody": "zzzz",
}

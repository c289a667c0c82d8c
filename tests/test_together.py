"""Several questions in one statement: each is answered as it would be alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from crm.db import UtcDateTime, db
from crm.models import Lead
from crm.together import Together
from tests.practice import Practice

WROTE = datetime(2026, 3, 10, 20, 52, 31, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        *("2026-03-10T16:52:31.25-04:00", "2026-03-11T02:22:31.25+05:30"),
        *("2026-03-10T20:52:31.25Z", "2026-03-10T20:52:31.25"),
    ],
)
def test_an_instant_told_in_any_zone_is_the_same_instant(practice: Practice, told: str) -> None:
    moment = Together(moment=sa.select(sa.literal_column(f"'{told}'", UtcDateTime()).label("at")))

    with practice.reading():
        (found,) = moment.ask()["moment"]

    assert found.at == WROTE
    assert found.at.tzinfo is UTC


def test_a_database_that_tells_the_time_of_another_place_tells_the_same_instant(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")
    people = Together(people=sa.select(Lead.created_at.label("at")))

    with practice.reading():
        in_zone("America/Los_Angeles")
        try:
            (found,) = people.ask()["people"]
        finally:
            in_zone("UTC")

    assert found.at == practice.now


def in_zone(name: str) -> None:
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text(f"SET TIME ZONE '{name}'"))

"""How Postgres goes about the day once it plans for whatever is asked: as on every page but the first few."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bench import years
from crm.db import db
from tests.practice import Practice

PLACE = re.compile(r"%\((\w+)\)s")


def statements_of(client: FlaskClient, page: str) -> list[str]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    with client.application.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    assert client.get(page).status_code == 200
    sa.event.remove(engine, "before_cursor_execute", note)
    return said


def general_plan(statement: str) -> str:
    """The plan that is kept for all values."""
    places = list(dict.fromkeys(PLACE.findall(statement)))
    text = PLACE.sub(lambda found: f"${places.index(found[1]) + 1}", statement).replace("%%", "%")
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE the_day AS {text}")
        cursor.execute(f"EXPLAIN EXECUTE the_day ({', '.join(['NULL'] * len(places))})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE the_day")
        connection.rollback()
    return plan


@pytest.fixture
def plan_of_the_day(practice: Practice, client: FlaskClient) -> str:
    """After years, in which nobody has used the form."""
    with practice.reading():
        years.grow(2_100, practice.now)
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite plans for nobody in particular, and has one plan")
    of_the_day = next(each for each in statements_of(client, "/today") if "everybody" in each)
    with practice.reading():
        return general_plan(of_the_day)


def test_whether_anything_happened_is_one_look_however_much_ever_did(plan_of_the_day: str) -> None:
    assert "Index Only Scan Backward using ix_event_at" in plan_of_the_day


def test_whether_anybody_used_the_form_is_one_look_however_many_came_without(plan_of_the_day: str) -> None:
    assert "Index Cond: (client_key > ''::text)" in plan_of_the_day

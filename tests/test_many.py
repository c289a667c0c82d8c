"""Rows of a list of numbers: they are looked up, however many others there are."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows.bearings import PEOPLE
from tests.practice import Practice


def test_sqlite_looks_up_these_people_and_reads_nobody_else(practice: Practice) -> None:
    with practice.reading() as session:
        if db.engine.dialect.name == "postgresql":
            pytest.skip("Postgres is asked in other words")
        asked = str(PEOPLE.compile(db.engine))
        plan = session.execute(
            sa.text(f"EXPLAIN QUERY PLAN {asked.replace('?', ':these')}"), {"these": "[2]"}
        )

        steps = [row.detail for row in plan]

    assert "SEARCH lead USING INTEGER PRIMARY KEY (rowid=?)" in steps, steps

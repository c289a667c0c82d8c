"""Merging in tests: two records made one and taken apart, and every row there is before and after."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm.db import Base, db
from crm.flows import merging, parting
from crm.flows.pairing import Pair, usual_choices
from crm.models import Lead, Merge, turns
from crm.rules.merging import Whose
from tests.practice import Practice

Rows = dict[str, list[dict[str, Any]]]


def merge(practice: Practice, one: int, two: int, **choices: Whose) -> int:
    """Merge with the usual choices but for these. Returns the id of the merge."""
    with practice.at_work():
        turns.take(one, two)
        pair = Pair.of(practice.lead(one), practice.lead(two))
        return merging.merge(pair, usual_choices(pair) | choices, 1, practice.now).id


def part(practice: Practice, merge_id: int) -> bool:
    with practice.at_work():
        turns.take_with(Merge, merge_id)
        return parting.part(db.session.get_one(Merge, merge_id), 1, practice.now)


def is_there(practice: Practice, lead_id: int) -> bool:
    with practice.reading():
        return db.session.get(Lead, lead_id) is not None


def all_rows(practice: Practice) -> Rows:
    """Every row of every table, without what a merge and its end leave behind: their own rows and lines."""
    with practice.reading():
        return {
            table.name: [
                dict(row)
                for row in db.session.execute(sa.select(table).order_by(*table.primary_key)).mappings()
                if row.get("kind") not in ("merged", "parted")
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in ("merge", "audit", "audit_head")
        }

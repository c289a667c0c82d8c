"""What the list of people can be narrowed by: a handful of rows of each kind, so one statement for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.models import Account, Lead, SavedView, Tag
from crm.sealed import as_it_stands, opener

SOURCES_AT_MOST = 30
Row = Any
"""A row of OFFERED."""


@dataclass(frozen=True)
class View:
    """Filters under a name."""

    id: int
    name: str
    query: str
    shared: bool


@dataclass(frozen=True)
class Choices:
    """Each by the alphabet. `accounts` are names by id, `sources` how people say they came."""

    accounts: dict[int, str]
    tags: Sequence[Row]
    sources: Sequence[str]
    views: Sequence[View]


def choices(account_id: int) -> Choices:
    """What this account may choose from."""
    found = defaultdict(list)
    rows = db.session.connection().execute(OFFERED, {"account_id": account_id}).all()
    for row in sorted(rows, key=lambda row: (row.key, row.id)):
        found[row.kind].append(row)
    answer, query = opener(Lead.found_us), opener(SavedView.query)
    return Choices(
        accounts={row.id: row.name for row in found["account"]},
        tags=found["tag"],
        sources=sorted(answer(row.name) for row in found["source"]),
        views=[View(row.id, row.name, query(row.query), row.shared) for row in found["view"]],
    )


def _each_source() -> sa.Subquery:
    """One step in an index each, whoever said so; then the words of one of those who did."""
    first = sa.select(sa.func.min(Lead.found_us_key).label("key")).where(Lead.found_us_key > "")
    each = first.cte("each", recursive=True)
    after = Lead.found_us_key > each.c.key
    following = sa.select(sa.func.min(Lead.found_us_key)).where(after).scalar_subquery()
    each = each.union_all(sa.select(following).where(each.c.key.is_not(None)))
    said = sa.select(as_it_stands(Lead.found_us)).where(Lead.found_us_key == each.c.key).limit(1)
    words = said.scalar_subquery().label("words")
    return sa.select(words, each.c.key).where(each.c.key.is_not(None)).limit(SOURCES_AT_MOST).subquery()


def _offered(
    kind: str,
    name: sa.SQLColumnExpression[str],
    key: sa.SQLColumnExpression[str],
    row_id: sa.SQLColumnExpression[int],
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        sa.literal_column(f"'{kind}'").label("kind"), row_id.label("id"), name.label("name"), key.label("key")
    )


_sources = _each_source().c
_plain: tuple[sa.ColumnElement[Any], ...] = (
    sa.literal_column("''").label("query"),
    sa.false().label("shared"),
)
_seen = (
    SavedView.removed_at.is_(None),
    SavedView.shared | (SavedView.account_id == sa.bindparam("account_id")),
)
OFFERED = sa.union_all(
    _offered("account", Account.name, Account.name, Account.id).add_columns(*_plain),
    _offered("tag", Tag.name, Tag.key, Tag.id).where(Tag.removed_at.is_(None)).add_columns(*_plain),
    _offered("source", _sources.words, _sources.key, sa.literal_column("0")).add_columns(*_plain),
    _offered("view", SavedView.name, SavedView.key, SavedView.id)
    .where(*_seen)
    .add_columns(as_it_stands(SavedView.query), SavedView.shared),
)

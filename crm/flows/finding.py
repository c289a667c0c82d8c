"""Finding people by name, address, number and the words of their story: the one way in, for every screen.

    find("maya thurs")                 a page of people, the best first, and where the next page begins
    matching("maya")                   the ids of all who fit, to narrow a query of one's own
    matching("maya", Place.NAME)       only who is called so

Every word must fit, each as the beginning of a word. Nothing here reads names, addresses or texts: only
the index, whose tokens are keyed hashes. Suspected spam is found like anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.models import SearchEntry
from crm.models.search_entry import tokens_of
from crm.rules.search_words import Place, sought

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = 20
LOOKED_AT = 2_000
"""So many who have the rarest word are looked at for the others. A word that tells so little is no search."""


@dataclass(frozen=True)
class Hit:
    """Somebody who was found, and the place that explains why: of the word that stands lowest."""

    lead_id: int
    place: Place


@dataclass(frozen=True)
class Spot:
    """Where the next page begins: below this person, who has the `by`th word in this place."""

    by: int
    place: int
    lead_id: int

    @classmethod
    def read(cls, text: str) -> Spot | None:
        """Out of an address; None for what is no spot."""
        parts = re.fullmatch(r"([0-7])\.([1-6])\.([0-9]{1,9})", text, re.ASCII)
        return cls(*map(int, parts.groups())) if parts else None

    def __str__(self) -> str:
        return f"{self.by}.{self.place}.{self.lead_id}"


@dataclass(frozen=True)
class Found:
    """One page. `further` begins the next; `is_cut`: the words are too common to look at everybody."""

    hits: tuple[Hit, ...] = ()
    further: Spot | None = None
    is_cut: bool = False


def find(query: str, after: Spot | None = None, most: int = PAGE) -> Found:
    """One page of the people whom all these words fit: a whole address or number, then names, then the rest.

    Within a place the newest person is first. Three statements at most, whose work has a bound however
    common the words are.
    """
    asked = sought(query)
    tokens = tokens_of(asked.words)
    if not tokens:
        return Found()
    exact = _with_it_whole(asked.whole, most) if asked.whole else []
    by, is_common = _rarest(tokens, after)
    rows = _page(tokens, by, after, most + 1)
    spot = Spot(by, rows[most - 1].place, rows[most - 1].lead_id) if len(rows) > most else None
    others = [Hit(row.lead_id, Place(min(row.places))) for row in rows[:most] if row.lead_id not in exact]
    others.sort(key=lambda hit: -hit.place)  # it came in the order of one word; the others have a say
    first = [] if after else [Hit(lead_id, Place.WHOLE) for lead_id in exact]
    return Found((*first, *others), spot, is_common and spot is None and len(tokens) > 1)


def matching(query: str, at_least: Place = Place.NOTE) -> sa.Select[int]:
    """The ids of all whom these words fit, in this place or a better one; without words of nobody."""
    tokens = tokens_of(sought(query).words)
    if not tokens:
        return sa.select(SearchEntry.lead_id).where(sa.false())
    first, *others = (
        sa.select(SearchEntry.lead_id).where(SearchEntry.token == token, SearchEntry.place >= at_least)
        for token in tokens
    )
    return first.where(*(SearchEntry.lead_id.in_(other) for other in others))


@dataclass(frozen=True)
class _Row:
    lead_id: int
    place: int
    places: tuple[int, ...]


def _with_it_whole(address_or_number: str, most: int) -> list[int]:
    (token,) = tokens_of([address_or_number])
    these = sa.select(SearchEntry.lead_id).where(SearchEntry.token == token)
    return list(db.session.scalars(these.order_by(SearchEntry.lead_id.desc()).limit(most)))


def _rarest(tokens: Sequence[int], after: Spot | None) -> tuple[int, bool]:
    """The word to go by, which is the same on every page; and whether more have it than are looked at."""
    if len(tokens) == 1:
        return 0, False
    counts = db.session.execute(_counts(len(tokens), LOOKED_AT + 1), _bound(tokens)).one()
    by = after.by if after and after.by < len(tokens) else counts.index(min(counts))
    return by, counts[by] > LOOKED_AT


def _page(tokens: Sequence[int], by: int, after: Spot | None, most: int) -> list[_Row]:
    shape = _Shape(len(tokens), by, LOOKED_AT if len(tokens) > 1 else most, goes_on=after is not None)
    from_there = {"after_place": after.place, "after_id": after.lead_id} if after else {}
    rows = db.session.execute(_people(shape, most), _bound(tokens) | from_there)
    return [_Row(lead_id, place, (place, *more)) for lead_id, place, *more in rows]


def _bound(tokens: Sequence[int]) -> dict[str, int]:
    return {f"token_{n}": token for n, token in enumerate(tokens)}


def _token(n: int) -> sa.BindParameter[int]:
    return sa.bindparam(f"token_{n}", type_=sa.BigInteger)


@dataclass(frozen=True)
class _Shape:
    """What a statement depends on. There are few, so each is built once: that took longer than to run it."""

    words: int
    by: int
    window: int
    goes_on: bool


@lru_cache
def _counts(words: int, most: int) -> sa.Select[Any]:
    """How many have each word, counted as far as it matters."""
    some = (sa.select(SearchEntry.lead_id).where(SearchEntry.token == _token(n)) for n in range(words))
    return sa.select(
        *(sa.select(sa.func.count()).select_from(_first(each, most)).scalar_subquery() for each in some)
    )


@lru_cache
def _people(shape: _Shape, most: int) -> sa.Select[Any]:
    """Down the index from the best place, the newest first, asking of each person for the other words.

    Each word is asked for by a subquery of its own, because a join may be turned round by the planner,
    which does not know how common a word is.
    """
    window = _window(shape)
    others = [_place_of(n, window).label(f"place_{n}") for n in range(shape.words) if n != shape.by]
    asked = sa.select(window, *others).subquery()
    fits = [asked.c[other.name].is_not(None) for other in others]
    page = sa.select(asked).where(*fits).order_by(asked.c.place.desc(), asked.c.lead_id.desc())
    return page.limit(_exactly(most))


def _window(shape: _Shape) -> sa.Subquery:
    in_order = (SearchEntry.place, SearchEntry.lead_id)
    window = sa.select(SearchEntry.lead_id, SearchEntry.place).where(SearchEntry.token == _token(shape.by))
    if shape.goes_on:
        spot = (
            sa.bindparam("after_place", type_=sa.SmallInteger),
            sa.bindparam("after_id", type_=sa.Integer),
        )
        window = window.where(sa.tuple_(*in_order) < sa.tuple_(*spot))
    return _first(window.order_by(*(column.desc() for column in in_order)), shape.window)


def _place_of(n: int, window: sa.Subquery) -> sa.ScalarSelect[Any]:
    its = sa.select(SearchEntry.place).where(SearchEntry.lead_id == window.c.lead_id)
    return its.where(SearchEntry.token == _token(n)).scalar_subquery()


def _first(select: sa.GenerativeSelect, most: int) -> sa.Subquery:
    return select.limit(_exactly(most)).subquery()


def _exactly(number: int) -> sa.ColumnElement[int]:
    """Written into the statement: a planner who does not know how few are wanted reads them all."""
    return sa.literal_column(str(number), sa.Integer)

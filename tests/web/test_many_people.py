"""A practice after years: what a page asks of the database does not grow with the people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from bench import years
from tests.practice import Practice

Count = Callable[[Callable[[], object]], int]


@pytest.mark.parametrize(
    ("page", "at_most"),
    [
        ("/people", 14),
        ("/people?column=contacted&cards=60", 14),
        ("/people?view=list", 16),
        ("/people?view=list&stage=closed", 16),
        ("/people?view=list&source=A+friend&show=waiting", 16),
        ("/people?view=list&show=paused", 16),
    ],
)
def test_a_thousand_people_cost_no_more_queries_than_ten(
    practice: Practice, client: FlaskClient, count_queries: Count, page: str, at_most: int
) -> None:
    grow(practice, 10)
    ten = asked(client, count_queries, page)

    grow(practice, 990)

    assert asked(client, count_queries, page) == ten
    assert ten <= at_most


def grow(practice: Practice, more: int) -> None:
    with practice.reading():
        years.grow(more, practice.now)


def asked(client: FlaskClient, count_queries: Count, page: str) -> int:
    """How many statements one look costs, once the browser has been seen this minute."""
    client.get(page)
    return count_queries(lambda: client.get(page))

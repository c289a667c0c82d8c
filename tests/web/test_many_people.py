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
        ("/today", 9),
        ("/people/2", 8),
        ("/people", 5),
        ("/people?column=contacted&cards=60", 5),
        ("/people?view=list", 7),
        ("/people?view=list&stage=closed", 7),
        ("/people?view=list&source=A+friend&show=waiting", 7),
        ("/people?view=list&show=paused", 7),
        ("/people/find?q=rivers", 6),
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


def test_somebody_of_whom_nothing_can_be_compared_still_has_a_page(
    practice: Practice, client: FlaskClient
) -> None:
    grow(practice, 10)
    with practice.at_work():
        lead = practice.lead(2)
        lead.mailbox_key = lead.phone_key = lead.name_key = None

    assert client.get("/people/2").status_code == 200


def grow(practice: Practice, more: int) -> None:
    with practice.reading():
        years.grow(more, practice.now)


def asked(client: FlaskClient, count_queries: Count, page: str) -> int:
    """How many statements one look costs, once the browser has been seen this minute.

    On SQLite one of them is BEGIN.
    """
    client.get(page)
    return count_queries(lambda: client.get(page))

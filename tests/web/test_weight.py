"""What a browser has to fetch before Today stands there for the first time, uncompressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask.testing import FlaskClient

from tests.practice import Practice

AIM = 150_000
"""Bytes. A new thing on Today takes the place of another."""
FETCHED = re.compile(r'<(?:link|script)[^>]* (?:href|src)="(/static/[^"]+)"')


def test_today_with_a_dozen_people_weighs_less_than_150_kilobytes(
    practice: Practice, client: FlaskClient
) -> None:
    for number in range(12):
        practice.receives_inquiry(f"Person {number} <p{number}@example.org>", message="Could we talk? " * 10)

    page = client.get("/today")
    weighs = len(page.data) + sum(
        len(client.get(file, buffered=True).data) for file in fetched_with(page.text)
    )

    assert weighs < AIM


def test_a_page_is_sent_without_the_indents_of_its_template(practice: Practice, client: FlaskClient) -> None:
    assert "\n  " not in client.get("/today").text


def test_what_the_owner_copies_into_a_site_keeps_its_indents(practice: Practice, client: FlaskClient) -> None:
    assert "\n  &lt;p&gt;" in client.get("/settings/form").text


def fetched_with(page: str) -> Iterator[str]:
    """The style sheet, the scripts, the icon and the font."""
    yield from sorted(set(FETCHED.findall(page)))

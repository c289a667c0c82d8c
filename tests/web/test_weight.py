"""What a browser has to fetch before Today stands there for the first time, uncompressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask.testing import FlaskClient

from tests.practice import Practice

AIM = 150_000
"""Bytes. A new thing on Today takes the place of another."""
WORDS = (
    "My sleep has been bad since spring.",
    "Could we meet in the evenings?",
    "I worry about work, all of the time.",
    "My sister told me about your practice.",
    "We argue about money, and then go silent.",
    "After the move nothing feels like home.",
    "Do you take my insurance, by any chance?",
    "I lost my father at the end of August.",
    "Panic on the train, twice this week.",
    "Our son leaves home, and I feel empty.",
    "I have put this off for many years.",
    "A new baby, and hardly any joy in it.",
)
"""What a dozen people write: were their notes alike, all but two would be kept aside as suspects."""
FETCHED = re.compile(r'<(?:link|script)[^>]* (?:href|src)="(/static/[^"]+)"')


def test_today_with_a_dozen_people_weighs_less_than_150_kilobytes(
    practice: Practice, client: FlaskClient
) -> None:
    for number, words in enumerate(WORDS):
        practice.receives_inquiry(f"Person {number} <p{number}@example.org>", message=f"{words} " * 5)

    page = client.get("/today")
    assert page.text.count('class="row-name"') == len(WORDS)

    weighs = len(page.data) + sum(
        len(client.get(file, buffered=True).data) for file in fetched_with(page.text)
    )

    assert weighs < AIM


def test_a_page_is_sent_without_the_indents_of_its_template(practice: Practice, client: FlaskClient) -> None:
    assert "\n  " not in client.get("/today").text


def test_what_the_owner_copies_into_a_site_keeps_its_indents(practice: Practice, client: FlaskClient) -> None:
    assert "\n  &lt;p&gt;" in client.get("/settings/form/1/site").text


def fetched_with(page: str) -> Iterator[str]:
    """The style sheet, the scripts, the icon and the font."""
    yield from sorted(set(FETCHED.findall(page)))

"""Names and notes as long, and as strange, as they may be: every page holds, down to 320 points."""

from __future__ import annotations

import pytest

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import MESSAGE_LIMIT, NAME_LIMIT, Limits, Submission
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_pages import defects

NAMES = ("W" * NAME_LIMIT, "👩‍👩‍👧‍👦" * 30, "מאיה \u202eאוקאפור", "Maximiliane " * 20)
NOTE = ("Donaudampfschifffahrtsgesellschaft" * 40 + " and then. ") * 10
PAGES = (
    "/today", "/people", "/people?view=list", "/people/find?q=a", "/people/{lead}", "/people/{lead}/contact",
    "/people/{lead}/stage/new", "/people/{lead}/closure/new", "/follow-ups", "/follow-ups/sent",
    "/follow-ups/why", "/reports", "/reports/people?reached=wrote",
)  # fmt: skip


@pytest.fixture
def four(house: House) -> list[int]:
    """Their numbers. Each has got the first email, and has the second before them."""
    for number, name in enumerate(NAMES):
        note = NOTE if number else "å" * MESSAGE_LIMIT
        asked = Submission(name=name, email=f"{'x' * 60}{number}@example.com", message=note, nonce=name)
        with house.at_work():
            capture(asked, Limits(min_seconds=0), clock.now())
    house.mail_leaves()
    return [house.person(name.strip()).id for name in NAMES]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_name_and_no_note_breaks_a_page(
    house: House, four: list[int], open_window: OpenWindow, width: int
) -> None:
    page = signed_in(open_window(house, viewport={"width": width, "height": 844}), house)

    people = [f"/people/{lead}" for lead in four] + [f"/today?person={lead}" for lead in four]
    addresses = [each.format(lead=four[0]) for each in PAGES]
    found = [f"{address}: {each}" for address in (*addresses, *people) for each in defects(page, address)]

    assert not found, "\n".join(found)

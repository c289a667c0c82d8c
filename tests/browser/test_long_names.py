"""Names and notes as long, and as strange, as they may be: every page holds, down to 320 points."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import MESSAGE_LIMIT, NAME_LIMIT, Limits, Submission
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_pages import defects
from tests.browser.watch import Watch

NAMES = ("W" * NAME_LIMIT, "👩‍👩‍👧‍👦" * 30, "מאיה \u202eאוקאפור", "Maximiliane " * 20)
NOTE = ("Donaudampfschifffahrtsgesellschaft" * 40 + " and then. ") * 10
# Alone in its block, or in an element whose direction is its own.
IS_ISOLATED = """e => {
  const text = e.textContent.trim();
  for (let each = e; each && each.tagName !== "MAIN"; each = each.parentElement) {
    const { display, unicodeBidi } = getComputedStyle(each);
    if (["isolate", "plaintext"].includes(unicodeBidi)) return true;
    if (display !== "inline") return each.textContent.trim() === text;
  }
  return false;
}"""
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


def test_a_name_from_right_to_left_leaves_its_neighbours_where_they_are(
    house: House, four: list[int], open_window: OpenWindow
) -> None:
    """What stands after it in the line is drawn after it, also a number."""
    page = signed_in(open_window(house, viewport={"width": 1280, "height": 844}), house)

    for address in ("/today", "/people", "/people?view=list", "/follow-ups", "/follow-ups/sent", "/reports"):
        page.goto(address)
        names = page.locator("main :is(a, span, b, h2, h3, td):not(:has(*))", has_text="מאיה").all()
        assert names, address
        for name in names:
            assert name.evaluate(IS_ISOLATED), f"{address}: {name.evaluate('e => e.outerHTML')}"


def test_a_note_too_long_to_take_is_refused_kindly_and_going_back_finds_it(
    house: House, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 413")
    page = open_window(house)
    page.goto("/consultation")
    page.get_by_label("Your name").fill("Maya")
    page.locator("textarea").evaluate("field => { field.value = 'Evenings, please. '.repeat(20000); }")

    page.locator("main form button[type=submit]").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("That is too long.")
    expect(page.locator("main")).to_contain_text("988")
    page.go_back()
    assert page.get_by_label("Your name").input_value() == "Maya"
    assert len(page.locator("textarea").input_value()) == 18 * 20_000


def test_a_very_long_note_is_folded_and_what_stands_below_it_is_near(
    house: House, four: list[int], open_window: OpenWindow
) -> None:
    page = signed_in(open_window(house, viewport={"width": 1280, "height": 844}), house)

    for address in (f"/people/{four[1]}", f"/today?person={four[1]}"):
        page.goto(address)
        before = page.evaluate("document.documentElement.scrollHeight")
        page.locator(".inquiry summary", has_text="Read on").first.click()
        after = page.evaluate("document.documentElement.scrollHeight")

        assert before < after - 1000, address

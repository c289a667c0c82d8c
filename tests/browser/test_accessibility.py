"""WCAG 2.2 AA and good practice, as far as axe-core can see: every page, light and dark, wide and narrow.

What no rule can see (an order that makes sense, words that say what happens) is looked at by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import PAGES, PUBLIC_PAGES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.watch import Watch

AXE = Path(__file__).with_name("vendor").joinpath("axe-4.14.1.min.js").read_text()
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All that can differ between light and dark: nothing else of a page does."""
VIOLATIONS = """async (runOnly) => {
  const asked = { resultTypes: ["violations"], runOnly };
  const why = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
  const told = (rule) => (node) => `${rule.id}: ${node.html.slice(0, 160)} (${why(node)})`;
  return (await axe.run(asked)).violations.flatMap((rule) => rule.nodes.map(told(rule)));
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_breaks_a_rule_of_accessibility(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch, width: int
) -> None:
    watch.expected.append("status of 404")
    page = signed_in(open_window(demo_house, viewport={"width": width, "height": 844}), demo_house)

    found = []
    for address in (*PAGES, *PUBLIC_PAGES):
        page.emulate_media(color_scheme="light")
        page.goto(address.format(**places))
        found += [f"{address}: {each}" for each in violations(page)]
        gets_dark(page)
        found += [f"{address} in the dark: {each}" for each in violations(page, OF_COLOUR)]

    assert not found, "\n".join(found)


def opens_a_dialog(page: Page) -> None:
    page.keyboard.press("l")
    expect(page.locator("#dialog")).to_be_visible()


def puts_off(page: Page) -> None:
    page.keyboard.press("h")
    expect(page.locator("#dialog")).to_be_visible()


def opens_the_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def unfolds(page: Page) -> None:
    """Everything that folds, and one menu: two are never open at once."""
    page.evaluate("""() => {
      const open = (each) => { each.open = true; };
      document.querySelectorAll("details:not(.menu)").forEach(open);
      const menus = [...document.querySelectorAll("main details.menu")];
      menus.filter((each) => each.checkVisibility()).slice(0, 1).forEach(open);
    }""")


def hides_the_screen(page: Page) -> None:
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("dialog", name="The screen is hidden")).to_be_visible()


def changes_a_wait(page: Page) -> None:
    page.get_by_label("Wait before email 2", exact=True).fill("9")
    page.keyboard.press("Tab")
    expect(page.locator("#sequence .notice").first).to_be_visible()


def forgets_a_brace(page: Page) -> None:
    page.locator("#body").fill("Hi {frist name}")
    expect(page.locator("#checks .wrong").first).to_be_visible()


def sends_nothing(page: Page) -> None:
    page.get_by_role("button", name="Send to").click()
    expect(page.locator(".error").first).to_be_visible()


def holds_everything(page: Page) -> None:
    if (hold := page.get_by_role("button", name="Hold everything")).count():
        hold.click()
    expect(page.locator("#banner")).to_contain_text("paused for everyone")


STATES: tuple[tuple[str, Callable[[Page], None]], ...] = (
    ("/today", opens_a_dialog),
    ("/today", opens_the_shortcuts),
    ("/today", unfolds),
    ("/today", hides_the_screen),
    ("/people/{person}", puts_off),
    ("/people/{person}", unfolds),
    ("/follow-ups", unfolds),
    ("/reports", unfolds),
    ("/follow-ups/sequences/1", unfolds),
    ("/follow-ups/sequences/1", changes_a_wait),
    ("/follow-ups/emails/1", forgets_a_brace),
    ("/consultation", sends_nothing),
    ("/follow-ups", holds_everything),
)


def test_nothing_that_opens_breaks_one_either(
    demo_house: House, places: dict[str, str], open_window: OpenWindow
) -> None:
    page = signed_in(open_window(demo_house), demo_house)

    found = []
    for address, does in STATES:
        page.emulate_media(color_scheme="light")
        page.goto(address.format(**places))
        does(page)
        found += [f"{address} {does.__name__}: {each}" for each in violations(page)]
        gets_dark(page)
        found += [f"{address} {does.__name__} in the dark: {each}" for each in violations(page, OF_COLOUR)]

    assert not found, "\n".join(found)


def gets_dark(page: Page) -> None:
    """And no colour is on its way any more, before anything is asked."""
    page.emulate_media(color_scheme="dark")
    page.evaluate("""async () => {
      do await new Promise((later) => setTimeout(later, 50));
      while (document.getAnimations().length);
    }""")


def violations(page: Page, rules: object = LEVELS) -> list[str]:
    """What axe finds on the page as it stands, in words."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found

"""Another form hands in what was typed, and the owner says which field is what; also without scripts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_accessibility import violations
from tests.rules.specimens_of_builders import SPECIMENS, as_json

ODD = as_json({"Handle": "see below", "Box": "rosa at example", "Story": "I would like to talk to someone."})
FOLDER = os.environ.get("SCREENS_DIR", "")


def opens_a_way_in(page: Page, house: House, kind: str = "elementor") -> str:
    """Returns the address that the page shows once."""
    page.goto("/settings/ways-in")
    page.get_by_label("What do you call it?").fill("Contact page")
    page.get_by_label("What sends it?").select_option(kind)
    page.get_by_role("button", name="Open it").click()
    return page.locator("#token").inner_text()


def hands_in(address: str, body: bytes, kind: str = "application/json") -> int:
    with urlopen(Request(address, body, {"Content-Type": kind})) as answer:  # noqa: S310 - our own house
        return int(answer.status)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_is_connected_and_what_had_waited_becomes_an_inquiry(
    house: House, open_window: OpenWindow, *, scripts: bool
) -> None:
    page = signed_in(open_window(house, java_script_enabled=scripts), house)
    address = opens_a_way_in(page, house)

    assert hands_in(address, ODD.body) == 202
    page.reload()
    expect(page.locator("#token")).to_have_count(0)
    page.get_by_label("“Box” is").select_option("nothing")
    page.get_by_label("“Handle” is").select_option("phone")
    page.get_by_role("button", name="Save fields").click()
    expect(page.locator("#waiting")).to_have_count(1)  # no number is in that field
    assert hands_in(address, json.dumps({"Handle": "213 555 0148", "Story": "Hello"}).encode()) == 201

    page.goto("/today")
    expect(page.get_by_text("Hello").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_its_pages_break_no_rule_of_accessibility(
    house: House, open_window: OpenWindow, width: int, theme: str
) -> None:
    page = signed_in(open_window(house, viewport={"width": width, "height": 844}, color_scheme=theme), house)
    address = opens_a_way_in(page, house, "typeform")
    found = {"new": violations(page)}
    shoots(page, f"way-in-new-{width}-{theme}")
    hands_in(address, SPECIMENS["Typeform"].body)
    hands_in(address, ODD.body)

    for name, path in (
        ("way-in", "/settings/ways-in/1"),
        ("ways-in", "/settings/ways-in"),
        ("api", "/api/v1"),
    ):
        page.goto(path)
        found[name] = violations(page)
        shoots(page, f"{name}-{width}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    assert {name: broken for name, broken in found.items() if broken} == {}


def shoots(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER, f"{name}.png"), full_page=True)

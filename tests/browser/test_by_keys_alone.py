"""From a new inquiry to booked, or to no, with a keyboard and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from crm import clock
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.test_main_job import writes
from tests.browser.test_one_person import tabs_to


def maya_wrote(house: House, open_window: OpenWindow, connor: Page) -> None:
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    connor.goto("/reports")
    connor.keyboard.press("g")
    connor.keyboard.press("t")
    expect(connor.locator("#panel h2.name")).to_have_text("Maya Okafor")
    connor.wait_for_load_state()


def moves_to(connor: Page, stage: str, then: str) -> None:
    connor.keyboard.press("m")
    expect(connor.locator("#dialog h2")).to_have_text("Move Maya")
    tabs_to(connor, stage)
    connor.keyboard.press("Enter")
    expect(connor.locator("#dialog h2")).to_have_text(re.compile(then))


def test_a_new_inquiry_is_booked(house: House, connor: Page, open_window: OpenWindow) -> None:
    maya_wrote(house, open_window, connor)

    moves_to(connor, "Consult booked", then="Agree on a call with Maya")
    tabs_to_field(connor, "date")
    connor.keyboard.type(f"{clock.now() + timedelta(days=3):%m%d%Y}")
    tabs_to_field(connor, "time")
    connor.keyboard.type("0415PM")
    tabs_to(connor, "Agree on this call")
    connor.keyboard.press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Maya")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Nobody is waiting for you.")
    assert house.person("Maya Okafor").stage == "consult_booked"


def test_a_new_inquiry_is_declined_and_the_word_is_taken_back(
    house: House, connor: Page, open_window: OpenWindow
) -> None:
    maya_wrote(house, open_window, connor)

    moves_to(connor, "Closed", then="Close Maya’s inquiry")
    tabs_to_field(connor, "reason")
    connor.keyboard.press("Space")
    tabs_to(connor, "Close")
    connor.keyboard.press("Enter")
    expect(connor.locator("#toasts")).to_contain_text("Maya")
    assert house.person("Maya Okafor").stage == "closed"
    connor.wait_for_load_state()
    connor.keyboard.press("z")

    expect(connor.locator("#panel h2.name")).to_have_text("Maya Okafor")
    assert house.person("Maya Okafor").stage == "new"


def tabs_to_field(page: Page, name: str) -> None:
    """Where the hand lands in a dialog, or some Tabs further."""
    for _ in range(20):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never got to {name}")

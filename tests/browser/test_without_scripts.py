"""The same work without JavaScript: rows are links, dialogs are pages, Undo is a button."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import UNDO_IS_OVER, House
from tests.browser.test_main_job import ANSWER, sets_up, writes


def test_the_whole_way_without_scripts(new_house: House, open_window: OpenWindow) -> None:
    page = open_window(new_house, java_script_enabled=False)

    sets_up(page, new_house)
    writes(page, "Maya Okafor", "maya@example.com")
    new_house.mail_leaves()
    page.goto("/today")
    page.get_by_role("link", name=re.compile("Maya Okafor")).first.click()
    page.locator("#panel").get_by_role("link", name="Reply").click()
    page.locator("#words").fill(ANSWER)
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("Sent to Maya.")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    opens_maya(page, new_house)
    expect(page.locator("#words")).to_have_value(ANSWER)
    page.get_by_role("button", name="Send", exact=True).click()
    new_house.mail_leaves(later=UNDO_IS_OVER)
    assert ANSWER in new_house.outbox.to("maya@example.com")[-1].text

    opens_maya(page, new_house)
    page.get_by_role("button", name="Consult done").click()
    expect(page.locator(".path [aria-current]")).to_have_text("Consult done")


def opens_maya(page: Page, house: House) -> None:
    page.goto(f"/people/{house.person('Maya Okafor').id}")


def test_a_dialog_is_a_page(house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(house, java_script_enabled=False), house)
    writes(page, "Maya Okafor", "maya@example.com")

    page.goto(f"/people/{house.person('Maya Okafor').id}/closure/new")
    page.get_by_role("button", name=re.compile("Close")).click()
    page.get_by_label(re.compile("found someone", re.IGNORECASE)).check()
    page.get_by_role("button", name=re.compile("Close")).click()

    assert house.person("Maya Okafor").stage == "closed"


def test_everything_is_held_and_resumed_without_scripts(house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(house, java_script_enabled=False), house)
    page.goto("/follow-ups")

    page.get_by_role("button", name="Hold everything").click()
    expect(page.locator("#banner")).to_contain_text("paused for everyone")
    page.locator("#banner").get_by_role("button", name="Resume").click()

    expect(page.locator("#banner")).not_to_contain_text("paused for everyone")

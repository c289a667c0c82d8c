"""Mail we couldn't place, by the keyboard alone: each goes to whom it belongs with one key."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import Limits, Submission
from tests.browser.house import House


@pytest.fixture
def tray(house: House, connor: Page) -> Page:
    """Maya wrote from her work, Ana is new, a shop sent its bill; and one is broken."""
    with house.at_work():
        note = Submission(name="Maya Okafor", email="maya@example.com", message="I read you.", nonce="1")
        capture(note, Limits(min_seconds=0), clock.now())
    house.mail_comes()
    connor.goto("/today")
    connor.get_by_role("link", name="Look", exact=True).click()
    expect(connor.locator("h1")).to_have_text("Mail we couldn’t place")
    connor.wait_for_load_state()  # the keys are there with the scripts
    return connor


def test_each_is_placed_by_one_key(tray: Page) -> None:
    expect(tray.locator("[data-card] h2")).to_have_text("Maya Okafor")

    _takes_the_open_one_in_hand(tray)
    tray.keyboard.press("y")
    expect(tray.locator("#toasts")).to_contain_text("Maya has it in their story now")
    expect(tray.locator("[data-card] h2")).to_have_text("Ana Ruiz")
    _takes_the_open_one_in_hand(tray)
    tray.keyboard.press("a")
    expect(tray.locator("#toasts")).to_contain_text("Ana is here now")
    expect(tray.locator("[data-card] h2")).to_have_text("The Lamp Shop")
    _takes_the_open_one_in_hand(tray)
    tray.keyboard.press("x")
    expect(tray.locator("#toasts")).to_contain_text("Put away")
    expect(tray.locator("[data-card] h2")).to_have_text("sol@example.net")
    _takes_the_open_one_in_hand(tray)
    tray.keyboard.press("z")
    expect(tray.locator("[data-card] h2")).to_have_text("The Lamp Shop")


def _takes_the_open_one_in_hand(tray: Page) -> None:
    tray.wait_for_load_state()  # each placed one brings a new page, and its keys come with its scripts
    tray.keyboard.press("j")
    expect(tray.locator("[data-card]")).to_be_focused()


def test_no_key_acts_on_a_mail_that_nobody_has_chosen(tray: Page) -> None:
    tray.keyboard.press("x")
    tray.keyboard.press("y")

    expect(tray.locator("[data-row]")).to_have_count(4)


def test_enter_opens_the_one_in_hand_and_its_keys_are_ready(tray: Page) -> None:
    tray.keyboard.press("j")
    tray.keyboard.press("j")
    tray.keyboard.press("Enter")
    expect(tray.locator("[data-card]")).to_be_focused()
    expect(tray.locator("[data-card] h2")).to_have_text("Ana Ruiz")
    tray.wait_for_load_state()  # another page: its keys come with its scripts
    tray.keyboard.press("/")
    tray.keyboard.type("maya")
    tray.keyboard.press("Enter")

    expect(tray.get_by_role("button", name="It’s from Maya Okafor")).to_be_visible()

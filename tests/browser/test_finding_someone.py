"""Finding someone while typing: from the bar, on its own page, on a phone, and by keys alone."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import Limits, Submission
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House

PEOPLE = {
    "Maya Okafor": "I cannot sleep before Wednesdays.",
    "Marcus Hale": "A friend gave me your name.",
    "Grace Kim": "Maya told me about you.",
}


def three_wrote(house: House) -> None:
    with house.at_work():
        for ago, (name, message) in enumerate(PEOPLE.items()):
            address = f"{name.partition(' ')[0].lower()}@example.com"
            submission = Submission(name=name, email=address, message=message, nonce=name)
            capture(submission, Limits(min_seconds=0), clock.now() - timedelta(hours=3 - ago))


def test_somebody_is_found_and_opened_from_anywhere_by_keys_alone(house: House, connor: Page) -> None:
    three_wrote(house)
    connor.goto("/reports")
    shown = connor.locator("#found-here .row-name")

    connor.keyboard.press("/")
    connor.keyboard.type("maya")
    expect(shown).to_have_text(["Maya Okafor", "Grace Kim"])
    connor.keyboard.press("ArrowDown")
    connor.keyboard.press("j")
    expect(connor.locator("#found-here a:focus")).to_contain_text("In their message: Maya told me")
    connor.keyboard.press("k")
    connor.keyboard.press("ArrowUp")
    expect(connor.locator("#find")).to_be_focused()
    connor.keyboard.press("ArrowDown")
    connor.keyboard.press("Enter")

    expect(connor.get_by_role("heading", level=1)).to_have_text("Maya Okafor")


def test_escape_and_a_click_elsewhere_close_what_was_found(house: House, connor: Page) -> None:
    three_wrote(house)
    connor.goto("/reports")
    shown = connor.locator("#found-here .row-name")

    connor.locator("#find").press_sequentially("mar")
    expect(shown).to_have_text(["Marcus Hale"])
    connor.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(connor.locator("#find")).to_be_focused()
    connor.keyboard.type("c")
    expect(shown).to_have_text(["Marcus Hale"])
    connor.get_by_role("heading", level=1).click()

    expect(shown).to_have_count(0)


def test_enter_leads_to_the_page_where_the_list_follows_what_is_typed(house: House, connor: Page) -> None:
    three_wrote(house)
    connor.goto("/reports")
    shown = connor.locator("#found .row-name")

    connor.keyboard.press("/")
    connor.keyboard.type("ma")
    connor.keyboard.press("Enter")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Find someone")
    expect(shown).to_have_text(["Marcus Hale", "Maya Okafor"])
    connor.locator("#q").fill("wednes")

    expect(shown).to_have_text(["Maya Okafor"])
    expect(connor.locator("#found mark")).to_have_text("Wednesdays")
    expect(connor.locator("#q")).to_be_focused()
    expect(connor).to_have_url(re.compile(r"/people/find\?q=wednes$"))
    connor.reload()
    expect(shown).to_have_text(["Maya Okafor"])


def test_on_a_phone_without_scripts_somebody_new_is_added_where_nobody_fits(
    house: House, open_window: OpenWindow
) -> None:
    three_wrote(house)
    phone = open_window(house, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    signed_in(phone, house).goto("/today")

    phone.get_by_role("link", name="Find someone").click()
    phone.get_by_label("Name, email, phone or a word").fill("Zoë Novak")
    phone.get_by_role("button", name="Find").click()
    expect(phone.get_by_text("Nobody fits “Zoë Novak”.")).to_be_visible()
    phone.locator("#found").get_by_role("link", name="Add someone").click()

    expect(phone.get_by_label("Name")).to_have_value("Zoë Novak")

"""The screen hides itself, and after ten minutes only the password brings it back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.test_signed_out import signs_in


def test_after_two_quiet_minutes_the_window_covers_the_page_and_a_key_takes_it_away(
    house: House, connor: Page
) -> None:
    connor.clock.install()
    connor.goto("/people/new")
    connor.clock.fast_forward("01:55")
    veil = connor.get_by_role("dialog", name="The screen is hidden")
    expect(veil).to_have_count(0)

    connor.clock.fast_forward("00:10")
    expect(veil).to_be_visible()
    connor.clock.fast_forward("05:00")
    connor.keyboard.press("x")

    expect(veil).to_have_count(0)
    expect(connor.locator(".top")).to_be_visible()


def test_after_ten_minutes_it_asks_for_the_password_and_what_was_typed_is_there(
    house: House, connor: Page
) -> None:
    connor.clock.install()
    connor.goto("/settings/practice")
    connor.get_by_label("Where you are").fill("downtown Los Angeles")
    connor.keyboard.press("Tab")
    connor.locator("body").click(position={"x": 5, "y": 5})
    connor.keyboard.press("Shift+H")
    expect(connor.get_by_role("dialog", name="The screen is hidden")).to_be_visible()

    connor.clock.fast_forward("10:01")

    expect(connor.get_by_label("Password", exact=True)).to_be_visible()
    connor.go_back()
    expect(connor.get_by_label("Password", exact=True)).to_be_visible()
    signs_in(connor)
    expect(connor.get_by_label("Where you are")).to_have_value("downtown Los Angeles")

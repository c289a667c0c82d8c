"""What was typed is still there: after Esc, behind the hidden screen, after an error, without a network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.test_refusals import fails, opens_maya
from tests.browser.test_signed_out import signs_in
from tests.browser.watch import Watch

NOTE = "Prefers mornings, and never a voicemail."


@pytest.fixture
def noting(house: House, connor: Page, open_window: OpenWindow) -> Page:
    """Connor has begun a note about Maya, in a dialog over Today."""
    opens_maya(connor, house, open_window)
    connor.clock.install()
    connor.goto("/today")
    connor.wait_for_load_state()
    connor.keyboard.press("n")
    connor.locator("#dialog textarea").fill(NOTE)
    return connor


def leaves_by_esc(page: Page) -> None:
    page.keyboard.press("Escape")


def clicks_beside_it(page: Page) -> None:
    page.mouse.click(20, 400)


@pytest.mark.parametrize("leaves", [leaves_by_esc, clicks_beside_it])
def test_a_dialog_left_by_accident_holds_it_when_it_is_opened_again(
    noting: Page, leaves: Callable[[Page], None]
) -> None:
    leaves(noting)
    expect(noting.locator("#dialog")).to_be_hidden()

    noting.keyboard.press("n")

    expect(noting.locator("#dialog textarea")).to_have_value(NOTE)
    noting.locator("#dialog").get_by_role("button", name="Keep").click()
    expect(noting.locator("#toasts")).to_contain_text("The note is kept.")


def test_cancel_forgets_it(noting: Page) -> None:
    noting.locator("#dialog").get_by_role("button", name="Cancel").click()
    expect(noting.locator("#dialog")).to_be_hidden()

    noting.keyboard.press("n")

    expect(noting.locator("#dialog textarea")).to_be_visible()
    expect(noting.locator("#dialog textarea")).to_have_value("")


def test_a_dialog_is_open_again_when_the_screen_is_shown_again(noting: Page) -> None:
    hides(noting)
    expect(noting.locator("#dialog")).to_be_hidden()
    noting.clock.fast_forward("05:00")

    noting.keyboard.press("x")

    expect(noting.locator("#dialog textarea")).to_be_visible()
    expect(noting.locator("#dialog textarea")).to_have_value(NOTE)


def test_a_dialog_is_open_again_after_the_password(noting: Page) -> None:
    hides(noting)

    noting.clock.fast_forward("10:01")
    signs_in(noting)

    expect(noting.locator("#dialog textarea")).to_have_value(NOTE)


def hides(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new CustomEvent('hide-screen'))")
    expect(page.get_by_role("dialog", name="The screen is hidden")).to_be_visible()
    page.clock.fast_forward("00:01")


def test_a_page_that_broke_gives_it_back(
    house: House, connor: Page, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected += ["status of 500", "500"]
    opens_maya(connor, house, open_window)
    contact = f"/people/{house.person('Maya Okafor').id}/contact"
    connor.goto(contact)
    connor.get_by_label("Name").fill("Maya Okafor-Lee")
    connor.route(
        f"**{contact}", lambda route: fails(route) if route.request.method == "POST" else route.continue_()
    )
    connor.get_by_role("button", name="Save").click()
    expect(connor.get_by_text("no", exact=True)).to_be_visible()

    connor.go_back()

    expect(connor.get_by_label("Name")).to_have_value("Maya Okafor-Lee")
    connor.unroute(f"**{contact}")
    connor.get_by_role("button", name="Save").click()
    expect(connor.locator("#toasts")).to_contain_text("Maya’s name changed.")
    connor.goto(contact)
    connor.get_by_label("Name").fill("Maya Okafor")
    connor.reload()
    expect(connor.get_by_label("Name")).to_have_value("Maya Okafor-Lee")


def test_a_page_sent_without_a_network_gives_it_back(house: House, connor: Page, watch: Watch) -> None:
    watch.expected.append("net::ERR_INTERNET_DISCONNECTED")
    connor.goto("/settings/practice")
    connor.get_by_label("Where you are").fill("downtown Los Angeles")
    connor.context.set_offline(True)
    connor.get_by_role("button", name="Save practice").click()
    connor.wait_for_url("chrome-error://**")
    connor.context.set_offline(False)

    connor.goto("/settings/practice")

    expect(connor.get_by_label("Where you are")).to_have_value("downtown Los Angeles")
    connor.get_by_role("button", name="Save practice").click()
    expect(connor.locator("#toasts")).to_contain_text("Saved")

"""The sign-in ended while something was being typed: he signs in, and it stands there again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from crm.web.access import COOKIE
from tests.browser.conftest import OpenWindow
from tests.browser.house import OWNER_EMAIL, PASSWORD, House
from tests.browser.test_main_job import ANSWER
from tests.browser.test_refusals import opens_maya
from tests.browser.watch import Watch


@pytest.fixture(autouse=True)
def _expected(watch: Watch) -> None:
    watch.expected.append("status of 401")


def signs_in(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Email", exact=True).fill(OWNER_EMAIL)
    page.keyboard.press("Enter")
    expect(page.locator(".top")).to_be_visible()


def test_an_answer_is_there_again_and_goes(house: House, connor: Page, open_window: OpenWindow) -> None:
    opens_maya(connor, house, open_window)
    connor.context.clear_cookies(name=COOKIE)
    connor.locator("#words").fill(ANSWER)

    connor.get_by_role("button", name="Send", exact=True).click()
    signs_in(connor)

    expect(connor.get_by_role("heading", level=1)).to_have_text("Maya Okafor")
    expect(connor.locator("#words")).to_have_value(ANSWER)
    connor.get_by_role("button", name="Send", exact=True).click()
    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")


def test_a_note_in_a_dialog_is_there_again(house: House, connor: Page, open_window: OpenWindow) -> None:
    opens_maya(connor, house, open_window)
    connor.goto("/today")
    connor.keyboard.press("n")
    connor.locator("#dialog textarea").fill("Prefers mornings.")
    connor.context.clear_cookies(name=COOKIE)

    connor.locator("#dialog").get_by_role("button", name="Keep").click()
    signs_in(connor)

    expect(connor.locator("#dialog textarea")).to_have_value("Prefers mornings.")


def test_a_plain_form_is_there_again_and_forgotten_once_sent(house: House, connor: Page) -> None:
    connor.goto("/settings/practice")
    where = connor.get_by_label("Where you are")
    where.fill("downtown Los Angeles")
    connor.context.clear_cookies(name=COOKIE)

    connor.get_by_role("button", name="Save practice").click()
    signs_in(connor)

    expect(where).to_have_value("downtown Los Angeles")
    connor.get_by_role("button", name="Save practice").click()
    expect(connor.locator("#toasts")).to_contain_text("Saved")
    connor.wait_for_load_state()
    assert connor.evaluate("sessionStorage.length") == 0


def test_whoever_signs_out_leaves_nothing_behind(house: House, connor: Page, open_window: OpenWindow) -> None:
    opens_maya(connor, house, open_window)
    connor.locator("#words").fill(ANSWER)

    connor.locator(".top summary.avatar").click()
    connor.get_by_role("button", name="Sign out").click()
    expect(connor.get_by_label("Password")).to_be_visible()

    assert ANSWER not in str(connor.evaluate("JSON.stringify(sessionStorage)"))

"""Two records of one person made one by keyboard alone, and the same without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import Limits, Submission
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House

SAM = Submission(name="Sam Rivers", email="sam@example.org", phone="+12135550148", nonce="1")
SAMUEL = Submission(name="Samuel Rivers", email="s.rivers@example.net", phone="+12135550148", nonce="2")


@pytest.fixture
def two(house: House) -> House:
    """The same person, from two addresses."""
    for each in (SAM, SAMUEL):
        with house.at_work():
            capture(each, Limits(min_seconds=0), clock.now())
    return house


def tabs_to(page: Page, words: str) -> None:
    """Go on by Tab until what has the focus reads or is labelled like this."""
    focused = "document.activeElement.closest('label')?.textContent ?? document.activeElement.textContent"
    tab_until(page, lambda: words in page.evaluate(focused))


def tab_until(page: Page, arrived: Callable[[], bool]) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if arrived():
            return
    raise AssertionError("the keyboard never got there")


def test_two_records_become_one_and_two_again_by_keyboard_alone(two: House, connor: Page) -> None:
    connor.goto(f"/people/{two.person('Samuel Rivers').id}")
    tabs_to(connor, "See both")
    connor.keyboard.press("Enter")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Is this one person?")

    tabs_to(connor, "Sam Rivers")
    tabs_to(connor, "sam@example.org")
    connor.keyboard.press("ArrowRight")
    expect(connor.locator("#preview dd").first).to_have_text("s.rivers@example.net")
    tabs_to(connor, "Merge into one")
    connor.keyboard.press("Enter")

    expect(connor.get_by_role("heading", level=1)).to_have_text("Sam Rivers")
    expect(connor.locator("#toasts")).to_contain_text("Sam and Samuel Rivers are one person now.")
    expect(connor.locator("#contact")).to_contain_text("s.rivers@example.net")
    assert two.person("Sam Rivers").email == "s.rivers@example.net"

    tabs_to(connor, "Take apart")
    connor.keyboard.press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Two people again")
    assert two.person("Sam Rivers").email == "sam@example.org"
    assert two.person("Samuel Rivers").email == "s.rivers@example.net"


def test_without_scripts_the_result_is_shown_by_a_button(two: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(two, java_script_enabled=False), two)
    page.goto(f"/people/{two.person('Sam Rivers').id}")
    page.get_by_role("link", name="See both").click()
    page.locator("[name=name][value=other]").check()

    page.get_by_role("button", name="Show the result").click()

    expect(page.locator("#preview .merged-name")).to_have_text("Samuel Rivers")
    expect(page.locator("[name=name][value=other]")).to_be_checked()
    page.get_by_role("button", name="Merge into one").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Samuel Rivers")


def test_two_who_are_not_the_same_are_told_apart(two: House, connor: Page) -> None:
    connor.goto(f"/people/{two.person('Sam Rivers').id}")

    connor.get_by_role("button", name="Not the same").press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Sam Rivers and Samuel Rivers stay two people.")
    expect(connor.get_by_role("link", name="See both")).to_have_count(0)

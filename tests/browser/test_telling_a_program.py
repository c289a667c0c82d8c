"""A program is connected, tested, looked after and taken away; also without scripts, and by the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_accessibility import violations
from tests.outside.receivers import Receiver, receiver, says

AT = "/settings/other-programs"


def connects(page: Page, program: Receiver) -> str:
    """Returns the secret that the page shows once."""
    page.goto(AT)
    page.get_by_label("What do you call it?").fill("My spreadsheet")
    page.get_by_label("Its address").fill(program.url)
    page.get_by_label("Someone moves to another stage").uncheck(force=True)
    page.get_by_role("button", name="Connect it").click()
    return page.locator("#secret").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_program_is_connected_and_its_test_arrives(
    house: House, open_window: OpenWindow, *, scripts: bool
) -> None:
    page = signed_in(open_window(house, java_script_enabled=scripts), house)
    with receiver() as program:
        assert connects(page, program).startswith("whsec_")

        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("status").filter(has_text="It goes in a moment")).to_be_visible()
        house.programs_are_told()
        if not scripts:
            page.get_by_role("link", name="Look again").click()

        expect(page.get_by_role("status").filter(has_text="It took this today")).to_be_visible()
        expect(page.get_by_text("It answered 204.")).to_be_visible()
        assert len(program.heard) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_wrong_address_is_said_beside_the_field_and_nothing_typed_is_lost(
    house: House, open_window: OpenWindow, *, scripts: bool
) -> None:
    page = signed_in(open_window(house, java_script_enabled=scripts), house)
    page.goto(AT)
    page.get_by_label("What do you call it?").fill("My router")
    page.get_by_label("Its address").fill("https://192.168.1.1/")
    page.get_by_label("Also send what they wrote").check()
    page.get_by_role("button", name="Connect it").click()

    expect(page.get_by_text("That address leads inside")).to_be_visible()
    expect(page.get_by_label("What do you call it?")).to_have_value("My router")
    expect(page.get_by_label("Also send what they wrote")).to_be_checked()


def test_it_is_taken_away_and_brought_back_by_undo(house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(house), house)
    with receiver() as program:
        connects(page, program)
        page.get_by_role("button", name="Take it away").press("Enter")
        expect(page.get_by_text("No program is told anything yet.")).to_be_visible()

        page.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_role("heading", name="My spreadsheet")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_its_pages_break_no_rule_of_accessibility(
    house: House, open_window: OpenWindow, width: int, theme: str
) -> None:
    page = signed_in(open_window(house, viewport={"width": width, "height": 844}, color_scheme=theme), house)
    page.goto(AT)
    found = {"empty": violations(page)}
    with receiver(manner=says("500 Oh no", body=b"x" * 400)) as program:
        connects(page, program)
        found["new"] = violations(page)
        page.get_by_role("button", name="Send a test").click()
        house.programs_are_told()

    for name, path in (("list", AT), ("one", f"{AT}/1"), ("told", f"{AT}/1/told/1")):
        page.goto(path)
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    assert {name: broken for name, broken in found.items() if broken} == {}

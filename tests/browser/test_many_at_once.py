"""Many people at once, by keyboard alone, with a range of clicks, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.flows.capture import capture
from crm.rules.intake import Limits, Submission
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House

LIST = "/people?view=list"
NAMES = ("Anna Adler", "Ben Brandt", "Cleo Carver", "Dora Diaz", "Emil Eriks")


@pytest.fixture
def five(house: House) -> House:
    """Five people wrote, Emil last, who stands on top."""
    with house.at_work():
        for name in NAMES:
            email = f"{name.split()[0].lower()}@example.com"
            asked = Submission(name=name, email=email, message="Hello.", nonce=email)
            capture(asked, Limits(min_seconds=0), clock.now())
    return house


def stages(house: House) -> list[str]:
    return [house.person(name).stage for name in NAMES]


def tab_to(page: Page, arrived: Callable[[], bool]) -> None:
    for _ in range(60):
        if arrived():
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard never got there")


def test_two_people_are_moved_and_back_by_keyboard_alone(five: House, connor: Page) -> None:
    connor.goto(LIST)
    for key in ("j", "x", "j", "x"):
        connor.keyboard.press(key)
    expect(connor.locator("[data-chosen]")).to_have_text("2 chosen")

    connor.keyboard.press("m")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Move two people")
    expect(connor.locator(".people-names li")).to_have_text(["Emil Eriks", "Dora Diaz"])
    tab_to(connor, lambda: connor.evaluate("document.activeElement.name") == "stage")
    for _ in range(4):
        connor.keyboard.press("ArrowRight")
    connor.keyboard.press("Enter")
    expect(connor.locator(".notices .notice")).to_contain_text("Now in Waitlisted: two people.")
    assert stages(five) == ["new", "new", "new", "waitlisted", "waitlisted"]

    connor.reload()
    connor.keyboard.press("z")
    expect(connor.locator("#toasts")).to_contain_text("Undone for two people.")
    assert stages(five) == ["new"] * 5


def test_a_range_is_chosen_with_shift_and_all_with_one_box(five: House, connor: Page) -> None:
    connor.goto(LIST)
    boxes = connor.locator("[data-choose]")
    expect(connor.get_by_role("button", name="Move…")).to_be_hidden()

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(connor.locator("[data-choose]:checked")).to_have_count(3)
    expect(connor.get_by_role("button", name="Move…")).to_be_visible()

    connor.get_by_label("Choose all on this page").click()
    expect(connor.locator("[data-choose]:checked")).to_have_count(5)
    expect(connor.locator("[data-chosen]")).to_have_text("5 chosen")


def test_without_scripts_a_phone_does_the_same(five: House, open_window: OpenWindow) -> None:
    phone = {"width": 390, "height": 844}
    page = signed_in(open_window(five, java_script_enabled=False, viewport=phone), five)
    page.goto(LIST)

    page.get_by_label("Choose Emil Eriks").check()
    page.get_by_label("Choose Anna Adler").check()
    page.get_by_role("button", name="Tag…").click()
    page.get_by_label("Tag", exact=True).fill("Evenings only")
    page.get_by_role("button", name="Tag", exact=True).click()

    expect(page).to_have_url(re.compile("view=list"))
    expect(page.locator(".row-tags li")).to_have_text(["Evenings only", "Evenings only"])
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".row-tags li")).to_have_count(0)


def test_more_of_a_column_comes_in_place(five: House, connor: Page) -> None:
    with five.at_work():
        for number in range(20):
            email = f"more{number}@example.com"
            asked = Submission(name=f"More {number}", email=email, message="Hello.", nonce=email)
            capture(asked, Limits(min_seconds=0), clock.now())
    connor.goto("/people")
    cards = connor.locator("#column-new .person-card")
    expect(cards).to_have_count(10)

    connor.get_by_role("link", name="Show more").click()
    expect(cards).to_have_count(20)
    connor.get_by_role("link", name="Show more").click()

    expect(cards).to_have_count(25)
    expect(connor.get_by_role("link", name="Show more")).to_have_count(0)


def test_a_tag_is_added_in_place_and_the_draft_beside_it_stays(five: House, connor: Page) -> None:
    connor.goto(f"/people/{five.person('Anna Adler').id}")
    connor.locator("#words").fill("Dear Anna")
    connor.get_by_label("Add a tag").fill("Evenings only")
    connor.keyboard.press("Enter")

    expect(connor.locator("#marks .tag")).to_contain_text("Evenings only")
    expect(connor.locator("#words")).to_have_value("Dear Anna")

"""Acting on very many people: told beforehand, watched on a page that refreshes itself, stopped halfway."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.flows import sweeping
from crm.models import Lead
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House

MANY = 60
LIST = "/people?view=list"


@pytest.fixture
def sixty(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Sixty people, of whom more than forty are very many."""
    monkeypatch.setattr("crm.web.sweep_page.MOST", 40)
    with house.at_work():
        for number in range(MANY):
            name = f"P{number:02}"
            Lead.find_or_start(f"{name}@example.com", name, clock.now()).email = f"{name}@example.com"
    return house


def works(house: House, batches: int = 9) -> None:
    """What the worker does."""
    for _ in range(batches):
        with house.at_work():
            if not sweeping.go_on(clock.now()):
                return


def asks(page: Page) -> None:
    """From the list to the page that names them."""
    page.goto(LIST)
    page.get_by_label("Everyone there is").check()
    page.get_by_role("button", name="Move…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Move 60 people")


def begins(page: Page) -> None:
    asks(page)
    page.get_by_label("Client", exact=True).check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("main .lead")).to_have_text("Under way: none of 60 people are done.")


def test_the_page_tells_by_itself_how_far_it_is_and_when_it_is_done(sixty: House, connor: Page) -> None:
    begins(connor)
    before = connor.evaluate("performance.timeOrigin")

    works(sixty, 1)
    expect(connor.locator("main .lead")).to_have_text("Under way: 25 of 60 people are done.")
    expect(connor.get_by_role("progressbar")).to_have_js_property("value", 25)
    works(sixty)

    expect(connor.locator("main .lead")).to_have_text("Now in Client: 60 people.")
    assert connor.evaluate("performance.timeOrigin") == before, "the page was loaded anew"
    connor.get_by_role("button", name="Undo").click()
    expect(connor.locator("main .lead")).to_contain_text("Being taken back")
    works(sixty)
    expect(connor.locator("main .lead")).to_have_text("Undone for 60 people.")


def test_nothing_moves_under_the_button_that_stops_it(sixty: House, connor: Page) -> None:
    begins(connor)
    works(sixty, 1)
    stop = connor.get_by_role("button", name="Stop and take back")
    stop.focus()

    connor.wait_for_timeout(2500)
    expect(stop).to_be_focused()
    connor.keyboard.press("Enter")
    expect(connor.locator("main .lead")).to_contain_text("Being taken back")
    works(sixty)

    expect(connor.locator("main .lead")).to_have_text("Undone for 25 people.")
    assert sixty.person("P00").stage == "new"


def test_the_same_without_scripts(sixty: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(sixty, java_script_enabled=False), sixty)
    begins(page)
    works(sixty, 1)

    page.get_by_role("link", name="See how far it is").click()
    expect(page.locator("main .lead")).to_have_text("Under way: 25 of 60 people are done.")
    page.get_by_role("button", name="Stop and take back").click()
    expect(page.locator("main .lead")).to_contain_text("Being taken back")
    works(sixty)
    page.goto(page.url)

    expect(page.locator("main .lead")).to_have_text("Undone for 25 people.")

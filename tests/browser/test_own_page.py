"""A person's own page in a browser: without scripts, on a phone, by keyboard, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crm import clock
from crm.db import db
from crm.flows import calls
from crm.flows.calls import Wish
from crm.models import Lead, Medium, turns
from crm.rules.sheets import FormLanguage
from crm.rules.slots import Place
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.test_by_keys_alone import tabs_to_field
from tests.browser.test_main_job import writes
from tests.browser.test_one_person import tabs_to

PHONE = {"width": 390, "height": 844}
HOW = [{}, {"java_script_enabled": False}, {"viewport": PHONE, "has_touch": True}]


@pytest.fixture
def own_page(house: House, open_window: OpenWindow) -> str:
    """Maya wrote, and two days from now she talks with Connor."""
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    with house.at_work():
        maya = db.session.scalars(db.select(Lead)).one()
        turns.take(maya.id)
        place = Place(
            clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2), Medium.VIDEO
        )
        calls.book(maya, Wish(place, 1), clock.now())
        return f"/call/{maya.page_token}"


def maya(house: House) -> Lead:
    with house.app.app_context():
        lead: Lead = db.session.scalars(db.select(Lead)).one()
        assert lead.events
        assert lead.bookings
        return lead


@pytest.mark.parametrize("options", HOW)
def test_who_found_someone_says_so_and_the_call_is_off(
    house: House, open_window: OpenWindow, own_page: str, options: dict[str, object]
) -> None:
    page = open_window(house, **options)

    page.goto(own_page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")
    page.get_by_role("radio", name="I’ve found someone").check()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("I’m glad you found someone.")
    expect(page.locator("main")).to_contain_text("Our call is off.")
    assert maya(house).booking is None


def test_by_keys_alone_a_name_is_corrected(house: House, open_window: OpenWindow, own_page: str) -> None:
    page = open_window(house)

    page.goto(own_page)
    tabs_to(page, "Correct my name, number or address")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What has changed?")
    tabs_to_field(page, "name")
    page.keyboard.type("Maja Okafor")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you.")
    assert maya(house).name == "Maja Okafor"


def test_in_spanish_everything_is_deleted_on_a_wish_of_two_steps(
    house: House, open_window: OpenWindow, own_page: str
) -> None:
    with house.at_work():
        db.session.scalars(db.select(Lead)).one().language = FormLanguage.SPANISH
    page = open_window(house, viewport=PHONE, java_script_enabled=False)

    page.goto(own_page)
    expect(page.get_by_role("button", name="Borrar todo sobre mí")).to_be_hidden()
    page.get_by_text("Que se borre todo sobre mí").click()
    page.get_by_role("button", name="Borrar todo sobre mí").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Me ocupo de ello.")
    assert maya(house).erasure_asked_at is not None

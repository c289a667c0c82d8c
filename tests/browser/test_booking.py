"""From the form over the thanks to a call: by keyboard, on a phone, and without scripts."""

from __future__ import annotations

import re
from datetime import time

import pytest
from playwright.sync_api import Page, expect

from crm.db import db
from crm.models import Booking, CallSettings, Confirms, Opening
from crm.rules.slots import Hours, Week
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_main_job import writes

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def booking_house(house: House) -> House:
    """Connor takes calls every day, from nine to half past ten, by phone or by video."""
    with house.at_work():
        hours = Hours(time(9), time(10, 30))
        Opening.put(1, Week.of((weekday, hours) for weekday in range(7)))
        settings = CallSettings.turn_of(1)
        settings.by_video, settings.video_link = True, "https://meet.example.org/connor"
    return house


def the_call(house: House) -> Booking:
    with house.app.app_context():
        booking: Booking = db.session.scalars(db.select(Booking)).one()
        return booking


def sends_the_form(page: Page) -> None:
    writes(page, "Maya Okafor", "maya@example.com")
    expect(page).to_have_url(re.compile("/consultation/thanks"))
    page.get_by_role("link", name="Choose a time now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a time to talk")


@pytest.mark.parametrize(
    "options", [{}, {"java_script_enabled": False}, {"viewport": PHONE, "has_touch": True}]
)
def test_from_the_form_to_a_call(
    booking_house: House, open_window: OpenWindow, options: dict[str, object]
) -> None:
    page = open_window(booking_house, **options)

    sends_the_form(page)
    page.get_by_role("radio", name="Video").check()
    second_day = page.locator(".times-day").nth(1)
    second_day.get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="Book this call").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")
    expect(page.locator(".booked")).to_contain_text("9:30 am")
    call = the_call(booking_house)
    assert (call.medium, call.made_by) == ("video", "visitor")
    assert booking_house.person("Maya Okafor").stage == "consult_booked"
    assert page.context.cookies() == []


def test_a_call_is_booked_with_the_keyboard_alone(booking_house: House, open_window: OpenWindow) -> None:
    page = open_window(booking_house)
    sends_the_form(page)

    page.locator("[name='by']").first.focus()
    page.keyboard.press("ArrowRight")
    a_whole_day = page.locator(".times-day").nth(1)  # of the first one some may be gone by now
    a_whole_day.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-chosen]")).to_have_text(re.compile(r"^\w+day, \w+ \d+, 9:15 am$"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")
    assert the_call(booking_house).medium == "video"


def test_another_clock_is_shown_as_soon_as_it_is_picked_and_the_way_to_talk_stays(
    booking_house: House, open_window: OpenWindow
) -> None:
    page = open_window(booking_house)
    sends_the_form(page)

    page.get_by_role("radio", name="Video").check()
    page.get_by_label("Times are in").select_option("Asia/Kolkata")

    expect(page).to_have_url(re.compile("zone=Asia"))
    expect(page.locator(".times-day").first).to_contain_text("pm")
    expect(page.locator("[name='by'][value='video']")).to_be_checked()
    page.get_by_role("link", name="Later").click()
    expect(page).to_have_url(re.compile(r"from=\d{4}-"))
    expect(page.get_by_label("Times are in")).to_have_value("Asia/Kolkata")
    expect(page.locator("[name='by'][value='video']")).to_be_checked()


def test_what_is_asked_for_is_confirmed_on_today(booking_house: House, open_window: OpenWindow) -> None:
    with booking_house.at_work():
        CallSettings.turn_of(1).confirms = Confirms.ASKED
    visitor = open_window(booking_house)
    sends_the_form(visitor)
    visitor.get_by_role("radio", name="Video").check()
    visitor.locator(".times-day").nth(1).get_by_role("radio").first.check()
    visitor.get_by_role("button", name="Ask for this time").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("I have your wish.")

    owner = signed_in(open_window(booking_house, viewport={"width": 1280, "height": 900}), booking_house)
    owner.goto("/today")
    expect(owner.locator("#waiting")).to_contain_text("Wants")
    owner.get_by_role("button", name="Confirm").click()

    expect(owner.locator("#toasts")).to_contain_text("Maya has a call with you")
    assert the_call(booking_house).state == "confirmed"

"""A place is offered and taken: once without JavaScript, once with a keyboard and nothing else."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from crm import clock
from crm.db import db
from crm.models import Lead
from crm.rules.stages import Stage
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import OWNER_ID, UNDO_IS_OVER, House
from tests.browser.test_by_keys_alone import tabs_to_field
from tests.browser.test_main_job import writes
from tests.browser.test_one_person import tabs_to

TWO = (("Maya Okafor", "maya@example.com"), ("Sam Rivers", "sam@example.com"))
PLACE = "Tuesdays at 4 pm"


def two_wait(house: House, visitor: Page) -> None:
    for name, address in TWO:
        writes(visitor, name, address)
    house.mail_leaves()
    with house.at_work():
        for lead in db.session.scalars(db.select(Lead).order_by(Lead.id)):
            lead.move(Stage.WAITLISTED, clock.now(), OWNER_ID)


def test_who_gets_it_is_shown_and_it_can_be_taken_back(house: House, open_window: OpenWindow) -> None:
    connor = signed_in(open_window(house, java_script_enabled=False), house)
    two_wait(house, open_window(house, java_script_enabled=False))

    connor.goto("/people")
    connor.locator(".elsewhere a").get_by_text("Waitlisted").click()
    connor.get_by_role("link", name="I have a place").click()
    connor.get_by_label("What is it?").fill(PLACE)
    connor.get_by_label("How many to ask at once").fill("1")
    connor.get_by_role("button", name="Show who gets it").click()
    expect(connor.get_by_label("What is it?")).to_have_value(PLACE)
    expect(connor.locator("ol.asked-people li")).to_have_count(1)
    connor.get_by_role("button", name="Offer it to one person").click()
    connor.locator("#toasts").get_by_role("button", name="Undo").click()

    expect(connor.locator("#toasts")).to_contain_text("It isn’t offered any more.")
    house.mail_leaves(later=UNDO_IS_OVER)
    assert not any("A place" in mail.subject for mail in house.outbox.to("maya@example.com"))


def test_a_place_is_offered_and_taken_without_scripts(house: House, open_window: OpenWindow) -> None:
    connor = signed_in(open_window(house, java_script_enabled=False), house)
    visitor = open_window(house, java_script_enabled=False)
    two_wait(house, visitor)

    connor.goto("/waitlist/place/new")
    connor.get_by_label("What is it?").fill(PLACE)
    connor.get_by_role("button", name="Offer it to two people").click()
    house.mail_leaves(later=UNDO_IS_OVER)
    link = re.search(r"/place/[\w-]+", house.outbox.to("sam@example.com")[-1].text)
    assert link is not None
    visitor.goto(link[0])
    visitor.get_by_role("button", name="Yes, I’d like it").click()

    expect(visitor.get_by_role("heading", level=1)).to_have_text("It’s yours.")
    connor.goto("/today")
    expect(connor.locator("#waiting")).to_contain_text("Said yes to the place")


def test_a_place_is_offered_by_keys_alone(house: House, connor: Page, open_window: OpenWindow) -> None:
    two_wait(house, open_window(house))

    connor.goto("/waitlist")
    tabs_to(connor, "I have a place")
    connor.keyboard.press("Enter")
    expect(connor.get_by_role("heading", level=1)).to_have_text("I have a place")
    tabs_to_field(connor, "words")
    connor.keyboard.type(PLACE)
    tabs_to(connor, "Offer it to two people")
    connor.keyboard.press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Offered to")
    expect(connor.locator(".place-offered")).to_contain_text(PLACE)
    connor.wait_for_load_state()
    connor.keyboard.press("z")
    expect(connor.locator("#toasts")).to_contain_text("It isn’t offered any more.")
    expect(connor.locator(".place-offered")).to_have_count(0)

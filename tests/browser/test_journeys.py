"""Written, booked, talked, kindly declined: by keys alone, on a phone, and without scripts."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from crm import clock
from crm.models import Booking, Colleague, Outcome
from crm.rules.referring import Card
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import UNDO_IS_OVER, House
from tests.browser.test_booking import PHONE, booking_house, sends_the_form, the_call
from tests.browser.test_by_keys_alone import tabs_to_field
from tests.browser.test_main_job import WORDS
from tests.browser.test_one_person import tabs_to

__all__ = ["booking_house"]

MAYA, ADDRESS = "Maya Okafor", "maya@example.com"
DIRECTORY = (
    (Card("Noor Aziz", "children and teenagers", phone="(213) 555-0142"), 3),
    (Card("Dr. Ade Okoye", "grief", payers="Aetna", email="ade@okoye.example"), 5),
    (Card("Bea Lind", "couples", site="lind.example"), 90),
)


@pytest.fixture
def practice_house(booking_house: House) -> House:
    """Connor takes calls, and knows three colleagues."""
    with booking_house.at_work() as session:
        now = clock.now()
        for card, days in DIRECTORY:
            session.add(Colleague(**asdict(card), made_at=now, openings_at=now - timedelta(days=days)))
    return booking_house


def is_booked_and_over(house: House) -> None:
    """The call was an hour ago."""
    assert the_call(house).state == "confirmed"
    then = clock.now() - timedelta(hours=1)
    ends = then + timedelta(minutes=15)
    with house.at_work() as session:
        session.execute(
            sa.update(Booking).values(starts_at=then, busy_from=then, ends_at=ends, busy_until=ends)
        )


def is_declined(house: House, *named: str) -> None:
    """The call counts as held, the letter goes, and her page tells to whom she was referred."""
    assert the_call(house).outcome is Outcome.HELD
    assert house.person(MAYA).stage == "referred_out"
    house.mail_leaves(later=UNDO_IS_OVER)
    letter = house.outbox.to(ADDRESS)[-1]
    assert letter.subject == "People I’d trust with this"
    for name in named:
        assert name in letter.text


def test_by_keys_alone(practice_house: House, open_window: OpenWindow) -> None:
    visitor = open_window(practice_house, viewport={"width": 1280, "height": 900})
    writes_by_keys(visitor)
    books_by_keys(visitor)
    is_booked_and_over(practice_house)

    connor = at_today(practice_house, open_window, viewport={"width": 1280, "height": 900})
    tabs_to(connor, "It’s decided")
    connor.keyboard.press("Enter")
    tabs_to(connor, "Not a fit…")
    connor.keyboard.press("Enter")
    expect(connor.locator("#dialog [name=wanted]")).to_be_focused()
    connor.keyboard.type("grief")
    expect(connor.locator("#dialog .colleague")).to_have_count(1)
    tabs_to_field(connor, "to")
    connor.keyboard.press("Space")
    expect(connor.locator("#dialog #letter-words")).to_have_value(re.compile("Dr. Ade Okoye, grief"))
    expect(connor.locator("#dialog [name=to]")).to_be_focused()
    tabs_to(connor, "Refer out")
    connor.keyboard.press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Maya is in Referred out. The letter is on its way.")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Nobody is waiting for you.")
    is_declined(practice_house, "Dr. Ade Okoye, grief", "ade@okoye.example")


def test_on_a_phone(practice_house: House, open_window: OpenWindow) -> None:
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    visitor = open_window(practice_house, **phone)
    sends_the_form(visitor)
    visitor.get_by_role("radio", name="Video").tap()
    visitor.locator(".times-day").nth(1).get_by_role("radio").first.tap()
    visitor.get_by_role("button", name="Book this call").tap()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")
    is_booked_and_over(practice_house)

    connor = at_today(practice_house, open_window, **phone)
    connor.get_by_role("link", name=re.compile(MAYA)).first.tap()
    expect(connor.get_by_role("heading", level=1)).to_have_text(MAYA)
    connor.get_by_role("link", name="Say how it went").tap()
    connor.locator("#dialog").get_by_role("radio", name="We talked: not a fit…").tap()
    connor.locator("#dialog").get_by_role("button", name="Keep").tap()
    connor.locator("#dialog .colleague", has_text="Noor Aziz").tap()
    expect(connor.locator("#dialog #letter-words")).to_have_value(
        re.compile("Noor Aziz, children and teenagers")
    )
    connor.locator("#dialog .colleague", has_text="Bea Lind").tap()
    expect(connor.locator("#dialog #letter-words")).to_have_value(re.compile("Bea Lind, couples"))
    assert connor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    connor.locator("#dialog").get_by_role("button", name="Refer out").tap()

    expect(connor.locator("#toasts")).to_contain_text("Maya is in Referred out.")
    is_declined(practice_house, "Noor Aziz", "(213) 555-0142", "Bea Lind", "lind.example")
    connor.goto(f"/people/{practice_house.person(MAYA).id}")
    expect(connor.locator("#story")).to_contain_text("You referred them to Noor Aziz and Bea Lind")


def test_without_scripts(practice_house: House, open_window: OpenWindow) -> None:
    visitor = open_window(practice_house, java_script_enabled=False)
    sends_the_form(visitor)
    visitor.get_by_role("radio", name="Video").check()
    visitor.locator(".times-day").nth(1).get_by_role("radio").first.check()
    visitor.get_by_role("button", name="Book this call").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")
    is_booked_and_over(practice_house)

    connor = at_today(practice_house, open_window, java_script_enabled=False)
    connor.get_by_text("It’s decided").click()
    connor.get_by_role("link", name="Not a fit…").click()
    expect(connor.get_by_role("heading", level=1)).to_have_text("Refer Maya to someone else")
    connor.get_by_label("Who would suit them?").fill("couples")
    connor.keyboard.press("Enter")
    expect(connor.locator(".colleague")).to_have_count(1)
    connor.locator(".colleague input").check()
    connor.get_by_role("button", name="Put them into the letter").click()
    expect(connor.locator("#letter-words")).to_have_value(re.compile("Bea Lind, couples"))
    words = connor.locator("#letter-words").input_value()
    connor.locator("#letter-words").fill(words.replace("Hi Maya", "Dear Maya"))
    connor.get_by_role("button", name="Refer out").click()

    expect(connor.locator("#toasts")).to_contain_text("Maya is in Referred out.")
    is_declined(practice_house, "Dear Maya", "Bea Lind", "lind.example")
    connor.goto(f"/people/{practice_house.person(MAYA).id}")
    expect(connor.locator("#story")).to_contain_text("You referred them to Bea Lind")


def test_a_colleague_is_added_and_taken_back_by_one_key(house: House, connor: Page) -> None:
    connor.goto("/settings/colleagues")
    connor.get_by_label("Name").fill("Noor Aziz")
    connor.get_by_role("button", name="Add", exact=True).click()
    expect(connor.locator("#toasts")).to_contain_text("Noor Aziz is in the directory.")
    connor.get_by_role("button", name="Confirmed today").click()
    expect(connor.locator("#directory")).to_contain_text("Openings confirmed today")
    expect(connor.locator("#toasts")).to_contain_text("Noor Aziz has openings, confirmed today.")
    connor.wait_for_load_state("networkidle")

    connor.keyboard.press("z")

    expect(connor.locator("#directory")).to_contain_text("Openings never confirmed")


def at_today(house: House, open_window: OpenWindow, **options: object) -> Page:
    """Connor, whose first look after the call asks how it went."""
    connor = signed_in(open_window(house, **options), house)
    connor.goto("/today")
    expect(connor.locator("#waiting")).to_contain_text("How did it go?")
    connor.wait_for_load_state()
    return connor


def writes_by_keys(visitor: Page) -> None:
    visitor.goto("/consultation")
    for name, text in (("name", MAYA), ("email", ADDRESS), ("message", WORDS)):
        tabs_to_field(visitor, name)
        visitor.keyboard.type(text)
    tabs_to(visitor, "Send to")
    visitor.keyboard.press("Enter")
    expect(visitor).to_have_url(re.compile("/consultation/thanks"))
    tabs_to(visitor, "Choose a time now")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Choose a time to talk")


def books_by_keys(visitor: Page) -> None:
    tabs_to_field(visitor, "by")
    visitor.keyboard.press("ArrowRight")
    tabs_to_field(visitor, "at")
    visitor.keyboard.press("ArrowDown")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("We’ll talk then.")

"""From Today: answered from a template, declined with a referral, snoozed; three keystrokes and the text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.flows.capture import capture
from crm.models import Colleague
from crm.rules.intake import Limits, Submission
from tests.browser.house import UNDO_IS_OVER, House
from tests.letterbox import mail_from

MAYA, ADDRESS = "Maya Okafor", "maya@example.com"
AT_MOST = 3


class Keyboard:
    """Connor's hands: every key he presses besides the text he writes is counted."""

    def __init__(self, page: Page) -> None:
        self._page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self._page.keyboard.press(key)

    def writes(self, text: str) -> None:
        self._page.keyboard.type(text)


@pytest.fixture
def keyboard(house: House, connor: Page) -> Keyboard:
    """Maya has just written, and Connor has opened Today."""
    with house.at_work():
        note = Submission(name=MAYA, email=ADDRESS, message="I read your piece.", nonce="1")
        capture(note, Limits(min_seconds=0), clock.now())
    house.mail_leaves()
    connor.goto("/today")
    expect(connor.locator("#panel h2.name")).to_have_text(MAYA)
    return Keyboard(connor)


def test_answered_from_a_template(house: House, connor: Page, keyboard: Keyboard) -> None:
    keyboard.press("t")
    expect(connor.locator("[data-composer] .menu-list")).to_be_visible()
    keyboard.press("2")
    expect(connor.locator("#words")).to_be_focused()
    expect(connor.locator("#words")).not_to_be_empty()
    keyboard.writes("Dear Maya, it is good that you wrote. ")
    keyboard.press("Control+Enter")

    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")
    assert keyboard.pressed <= AT_MOST
    maya_gets(house, "it is good that you wrote.")


def test_declined_with_a_referral(house: House, connor: Page, keyboard: Keyboard) -> None:
    keyboard.press("d")
    expect(connor.locator("#dialog textarea")).to_be_focused()
    keyboard.writes("Dr. Lin, 213 555 0199, works with this.")
    keyboard.press("Control+Enter")

    expect(connor.locator("#toasts")).to_contain_text("Maya")
    assert keyboard.pressed <= AT_MOST
    assert house.person(MAYA).stage == "referred_out"
    maya_gets(house, "Dr. Lin, 213 555 0199")


def test_declined_with_a_referral_to_somebody_in_the_directory(
    house: House, connor: Page, keyboard: Keyboard
) -> None:
    with house.at_work() as session:
        for name, focus in (("Noor Aziz", "couples"), ("Dr. Lin", "panic and grief")):
            session.add(Colleague(name=name, focus=focus, phone="+12135550199", made_at=clock.now()))

    keyboard.press("d")
    expect(connor.locator("#wanted")).to_be_focused()
    keyboard.writes("grief")
    keyboard.press("Enter")
    expect(connor.locator("#letter-words")).to_have_value(re.compile("Dr. Lin"))
    keyboard.press("Control+Enter")

    expect(connor.locator("#toasts")).to_contain_text("Maya is in Referred out.")
    assert keyboard.pressed <= AT_MOST
    maya_gets(house, "Dr. Lin")
    assert "Noor" not in house.outbox.to(ADDRESS)[-1].text


def test_what_their_mail_asks_for_is_done_and_taken_back(
    house: House, connor: Page, keyboard: Keyboard
) -> None:
    text = "Thank you. I have found someone closer to me."
    house.reads(mail_from(None, text, {"from_": ADDRESS}, clock.now()))
    connor.reload()
    connor.wait_for_load_state()
    expect(connor.locator("#panel .wishes button")).to_contain_text("Close: found someone")

    keyboard.press("y")

    expect(connor.locator("#toasts")).to_contain_text("Maya is closed: found someone.")
    assert house.person(MAYA).stage == "closed"
    keyboard.press("z")
    expect(connor.locator("#panel .wishes button")).to_be_visible()
    assert keyboard.pressed <= AT_MOST
    assert house.person(MAYA).stage != "closed"


@pytest.mark.parametrize("which", ["1", "2", "3"])
def test_snoozed(house: House, connor: Page, keyboard: Keyboard, which: str) -> None:
    keyboard.press("h")
    expect(connor.locator("#panel .menu[open]")).to_be_visible()
    offered = connor.locator(
        "#panel .menu[open] [name=until]"
    ).count()  # no evening at night, no Monday on Sunday
    keyboard.press(min(which, str(offered)))

    expect(connor.locator("#toasts")).to_contain_text("Maya is back")
    assert keyboard.pressed <= AT_MOST
    assert house.person(MAYA).snoozed_until is not None


def test_answered_in_his_own_words(house: House, connor: Page, keyboard: Keyboard) -> None:
    keyboard.press("r")
    expect(connor.locator("#words")).to_be_focused()
    keyboard.writes("Would Thursday at four suit you?")
    keyboard.press("Control+Enter")

    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")
    assert keyboard.pressed <= AT_MOST
    maya_gets(house, "Would Thursday at four suit you?")


def maya_gets(house: House, words: str) -> None:
    house.mail_leaves(later=UNDO_IS_OVER)
    assert words in house.outbox.to(ADDRESS)[-1].text

"""The front door in a real browser: one key frees somebody from spam, and the form does its small sum."""

from __future__ import annotations

from playwright.sync_api import expect

from crm.models import Practice
from crm.rules.proof import is_proof
from tests.browser.conftest import PATIENCE, OpenWindow, signed_in
from tests.browser.house import House


def test_one_key_frees_the_card_in_hand_and_no_other(demo_house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(demo_house), demo_house)
    page.goto("/today/spam")
    cards = page.locator("[data-card]")
    before = cards.count()

    page.keyboard.press("f")
    expect(cards).to_have_count(before)
    page.keyboard.press("j")
    name = page.locator("[data-card]:focus h2").inner_text()
    page.keyboard.press("f")

    expect(cards).to_have_count(before - 1)
    assert name not in page.locator("main").inner_text()


def test_the_browser_does_the_sum_of_the_form_it_shows(demo_house: House, open_window: OpenWindow) -> None:
    with demo_house.at_work():
        Practice.current().asks_proof = True
    page = open_window(demo_house)

    page.goto("/consultation")
    page.wait_for_function("document.querySelector('input[name=proof]').value !== ''", timeout=PATIENCE)

    assert is_proof(page.input_value("input[name=token]"), page.input_value("input[name=proof]"))

"""Saying yes by hand, with scripts and without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from crm import clock
from crm.db import db
from crm.flows import sequences
from crm.flows.foresight import plan_of
from crm.models import Sequence
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_main_job import writes

PEOPLE = {
    "Maya Okafor": "maya@example.com",
    "Grace Kim": "grace@example.com",
    "Joel Weiss": "joel@example.com",
}


def three_wait(house: House, page: Page) -> None:
    """Three people whose second email waits for a yes."""
    with house.at_work():
        sequence = db.session.scalars(db.select(Sequence).where(Sequence.key == "new_inquiry")).one()
        sequences.save(sequence, replace(plan_of(sequence), asks_first=True), clock.now())
    for name, address in PEOPLE.items():
        writes(page, name, address)
    house.mail_leaves()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_some_and_all_are_approved_and_a_click_is_taken_back(
    house: House, open_window: OpenWindow, *, scripts: bool
) -> None:
    page = signed_in(open_window(house, java_script_enabled=scripts), house)
    three_wait(house, page)
    title, toasts = page.locator("#drafts-title"), page.locator("#toasts")

    page.goto("/follow-ups")
    expect(title).to_have_text("Three wait for your yes")
    page.get_by_role("button", name="to Maya").first.click()
    expect(title).to_have_text("Two wait for your yes")
    page.get_by_role("checkbox", name="to Grace").check()
    page.get_by_role("button", name="Approve the chosen").click()
    expect(title).to_have_text("One waits for your yes")
    expect(toasts).to_contain_text("One email is approved.")
    toasts.get_by_role("button", name="Undo").last.click()
    expect(title).to_have_text("Two wait for your yes")
    page.goto("/follow-ups")
    page.get_by_role("button", name="Approve all").click()

    expect(title).to_have_count(0)
    expect(toasts).to_contain_text("Two emails are approved.")


def test_enter_in_a_checkbox_approves_what_is_chosen_and_nothing_else(
    house: House, open_window: OpenWindow
) -> None:
    page = signed_in(open_window(house), house)
    three_wait(house, page)

    page.goto("/follow-ups")
    box = page.get_by_role("checkbox", name="to Grace")
    box.focus()
    box.press("Space")
    box.press("Enter")

    expect(page.locator("#drafts-title")).to_have_text("Two wait for your yes")
    expect(page.locator("#drafts")).not_to_contain_text("Grace Kim")

"""Changing what goes out: one text, one wait, and everything at once."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.test_main_job import writes


def opens_the_text(connor: Page, subject: str) -> None:
    connor.goto("/follow-ups/emails")
    connor.get_by_role("link", name=subject).first.click()
    expect(connor.get_by_label("Subject", exact=True)).to_have_value(subject)


def test_a_text_is_seen_as_someone_gets_it_and_refused_while_a_blank_is_unknown(
    house: House, connor: Page
) -> None:
    opens_the_text(connor, "Still here, if it’s useful")
    body = connor.locator("textarea[name=body]")

    body.fill("Hi {first name},\n\nThe kettle is on.\n\n{my name}")
    expect(connor.frame_locator("iframe:not(.coming)").get_by_text("The kettle is on.")).to_be_visible()
    body.fill("Hi {frist name},\n\nThe kettle is on.")
    connor.get_by_role("button", name="Save").first.click()
    expect(connor.get_by_text("frist name").last).to_be_visible()
    expect(body).to_have_value("Hi {frist name},\n\nThe kettle is on.")
    body.fill("Hi {first name},\n\nThe kettle is on.\n\n{my name}")
    connor.get_by_role("button", name="Save").first.click()

    expect(connor.locator("#toasts")).to_contain_text("Saved.")
    connor.reload()
    expect(body).to_have_value(re.compile(r"^Hi \{first name\},\n\nThe kettle is on\.\n\n\{my name\}\s*$"))


def test_a_wait_is_changed_and_nobody_gets_a_second_copy(
    house: House, connor: Page, open_window: OpenWindow
) -> None:
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    house.mail_leaves()
    connor.goto("/follow-ups/sequences/1")

    wait = connor.get_by_label("Wait before email 2", exact=True)
    expect(wait).to_have_value("3")
    with connor.expect_response("**/draft"):
        wait.fill("6")
        wait.press("Tab")
    connor.get_by_role("button", name="Save").first.click()
    expect(connor.locator("#toasts")).to_contain_text("Saved")

    connor.reload()
    expect(connor.get_by_label("Wait before email 2", exact=True)).to_have_value("6")
    house.mail_leaves(later=timedelta(days=4))
    assert house.outbox.subjects_to("maya@example.com") == ["I got your note"]


def test_everything_is_held_and_resumed(house: House, connor: Page, open_window: OpenWindow) -> None:
    connor.goto("/follow-ups")
    connor.get_by_role("button", name="Hold everything").click()
    expect(connor.locator("#banner")).to_contain_text("paused for everyone")
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    house.mail_leaves()
    assert house.outbox.to("maya@example.com") == []

    connor.goto("/today")
    connor.locator("#banner").get_by_role("button", name="Resume").click()
    expect(connor.locator("#banner")).not_to_contain_text("paused for everyone")
    house.mail_leaves(later=timedelta(minutes=2))

    assert house.outbox.subjects_to("maya@example.com") == ["I got your note"]

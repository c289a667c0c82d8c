"""The main job by hand: from the setup link to a letter, with a keyboard and two browsers."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import OWNER_EMAIL, PASSWORD, UNDO_IS_OVER, House

WORDS = "I read your piece, and I think I’d like to talk."
ANSWER = "Thank you for writing. Would Thursday at four suit you?"


def sets_up(page: Page, house: House) -> None:
    page.goto(house.setup_link())
    page.get_by_label("Your name").fill("Connor")
    page.get_by_label("practice", exact=False).first.fill("Spring Street Therapy")
    page.get_by_label("Email").fill(OWNER_EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the practice").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def writes(page: Page, name: str, email: str, words: str = WORDS) -> None:
    page.goto("/consultation")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("What brings you here?").fill(words)
    page.get_by_role("button", name="Send to").click()


def test_the_whole_way_from_the_setup_link_to_a_letter(new_house: House, open_window: OpenWindow) -> None:
    owner = open_window(new_house, viewport={"width": 1280, "height": 900})
    visitor = open_window(new_house, java_script_enabled=False)

    sets_up(owner, new_house)
    slips_and_corrects(visitor)
    writes(visitor, "Daniel Reyes", "daniel@example.net", "My wife suggested I write.")
    new_house.mail_leaves()
    assert new_house.outbox.subjects_to("maya@example.com") == ["I got your note"]

    owner.goto("/today")
    walks_the_rows_and_opens_maya(owner)
    answers(owner)
    takes_it_back(owner)
    new_house.mail_leaves(later=UNDO_IS_OVER)
    assert len(new_house.outbox.to("maya@example.com")) == 1

    sends_it_after_all(owner)
    new_house.mail_leaves(later=UNDO_IS_OVER)
    letter = new_house.outbox.to("maya@example.com")[-1]
    assert ANSWER in letter.text
    assert letter.subject == "Re: I got your note"

    finds_it_in_the_story_and_moves_her(owner)
    assert new_house.person("Maya Okafor").stage == "consult_done"


def slips_and_corrects(visitor: Page) -> None:
    writes(visitor, "Maya Okafor", "maya@exa")
    expect(visitor.get_by_text("That address looks unfinished.")).to_be_visible()
    expect(visitor.get_by_label("What brings you here?")).to_have_value(WORDS)
    visitor.get_by_label("Email").fill("maya@example.com")
    visitor.get_by_role("button", name="Send to").click()
    expect(visitor).to_have_url(re.compile("/consultation/thanks$"))


def walks_the_rows_and_opens_maya(owner: Page) -> None:
    expect(owner.locator("#panel")).to_contain_text(WORDS)
    owner.keyboard.press("j")
    expect(owner.locator("#panel h2.name")).to_have_text("Daniel Reyes")
    owner.keyboard.press("k")
    expect(owner.locator("#panel h2.name")).to_have_text("Maya Okafor")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", level=1)).to_have_text("Maya Okafor")
    owner.wait_for_load_state()


def takes_it_back(owner: Page) -> None:
    owner.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(owner.locator("#words")).to_have_value(ANSWER)


def sends_it_after_all(owner: Page) -> None:
    owner.locator("#words").press("Control+Enter")
    expect(owner.locator("#toasts")).to_contain_text("Sent to Maya.")


def finds_it_in_the_story_and_moves_her(owner: Page) -> None:
    owner.reload()
    expect(owner.locator("#story")).to_contain_text("You answered")
    owner.get_by_role("button", name="Consult done").click()
    expect(owner.locator(".path [aria-current]")).to_have_text("Consult done")


def answers(owner: Page) -> None:
    owner.keyboard.press("r")
    expect(owner.locator("#words")).to_be_focused()
    owner.keyboard.type(ANSWER)
    owner.get_by_role("button", name="Send", exact=True).click()
    expect(owner.locator("#toasts")).to_contain_text("Sent to Maya.")


def test_someone_stops_the_emails_with_one_button(house: House, open_window: OpenWindow) -> None:
    visitor = open_window(house)
    writes(visitor, "Noor Aziz", "noor@example.org")
    house.mail_leaves()
    link = house.outbox.only_to("noor@example.org").mail["List-Unsubscribe"].strip("<>")

    visitor.goto(link)
    visitor.get_by_role("button", name="Stop these emails").click()

    expect(visitor.get_by_role("heading", level=1)).to_have_text("Done. No more follow-ups.")
    house.mail_leaves(later=timedelta(days=30))
    assert len(house.outbox.to("noor@example.org")) == 1


def test_a_draft_is_kept_while_it_is_typed(house: House, connor: Page, open_window: OpenWindow) -> None:
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    connor.goto(f"/people/{house.person('Maya Okafor').id}")

    with connor.expect_response("**/draft"):
        connor.locator("#words").press_sequentially("Dear Maya")
    connor.reload()

    expect(connor.locator("#words")).to_have_value("Dear Maya")


def test_a_reply_sent_twice_by_impatient_clicks_is_one_letter(
    house: House, connor: Page, open_window: OpenWindow
) -> None:
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    connor.goto(f"/people/{house.person('Maya Okafor').id}")
    connor.locator("#words").fill(ANSWER)

    connor.get_by_role("button", name="Send", exact=True).dblclick()
    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")
    house.mail_leaves(later=UNDO_IS_OVER)

    letters = [each for each in house.outbox.to("maya@example.com") if ANSWER in each.text]
    assert len(letters) == 1

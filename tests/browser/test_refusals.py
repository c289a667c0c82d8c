"""What a page does when the server says no, under the policy that forbids every script but our own."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from crm import clock
from crm.flows.correspondence import OwnLetter, answer
from crm.models import Account, Lead
from crm.rules.wording import Wording
from tests.browser.conftest import OpenWindow
from tests.browser.house import PASSWORD, House
from tests.browser.test_main_job import ANSWER, writes
from tests.browser.watch import Watch


def opens_maya(connor: Page, house: House, open_window: OpenWindow) -> None:
    writes(open_window(house), "Maya Okafor", "maya@example.com")
    connor.goto(f"/people/{house.person('Maya Okafor').id}")


def test_an_empty_letter_is_refused_in_place(house: House, connor: Page, open_window: OpenWindow) -> None:
    opens_maya(connor, house, open_window)

    connor.get_by_role("button", name="Send", exact=True).click()

    expect(connor.locator("#words")).to_have_attribute("aria-invalid", "true")
    expect(connor.locator("#words")).to_be_focused()


def test_a_failing_server_costs_no_word(
    house: House, connor: Page, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected += ["status of 500", "500"]
    opens_maya(connor, house, open_window)
    connor.route("**/replies", fails)
    connor.locator("#words").fill(ANSWER)

    connor.get_by_role("button", name="Send", exact=True).click()
    expect(connor.get_by_role("alert")).to_be_visible()
    expect(connor.locator("#words")).to_have_value(ANSWER)

    connor.unroute("**/replies")
    connor.get_by_role("button", name="Try again").click()
    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")


def fails(route: Route) -> None:
    route.fulfill(status=500, body="no", content_type="text/html")


def test_a_form_whose_page_is_too_old_is_refused_and_keeps_the_words(
    house: House, connor: Page, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 400")
    opens_maya(connor, house, open_window)
    connor.locator("#words").fill(ANSWER)
    kept = [each for each in connor.context.cookies() if each.get("name") == "crm_sign_in"]
    connor.context.clear_cookies()
    connor.context.add_cookies(
        [{"name": "crm_sign_in", "value": str(kept[0].get("value")), "url": house.base}]
    )

    connor.get_by_role("button", name="Send", exact=True).click()

    expect(connor.get_by_role("alert")).to_be_visible()
    expect(connor.locator("#words")).to_have_value(ANSWER)


def test_without_a_network_the_words_stay_and_go_when_it_is_back(
    house: House, connor: Page, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected += ["net::ERR_INTERNET_DISCONNECTED", "Failed to fetch"]
    opens_maya(connor, house, open_window)
    connor.context.set_offline(True)
    connor.locator("#words").fill(ANSWER)

    connor.get_by_role("button", name="Send", exact=True).click()
    expect(connor.get_by_role("alert").last).to_contain_text("No connection. What you typed is kept here.")
    expect(connor.locator("#words")).to_have_value(ANSWER)

    connor.context.set_offline(False)
    connor.get_by_role("button", name="Try again").last.click()
    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")


def test_counts_follow_an_act_without_a_new_page(house: House, connor: Page, open_window: OpenWindow) -> None:
    visitor = open_window(house)
    writes(visitor, "Maya Okafor", "maya@example.com")
    writes(visitor, "Daniel Reyes", "daniel@example.net", "Another note.")
    connor.goto("/today")
    connor.evaluate("window.sameDocument = true")
    expect(connor.locator(".places .slot-waiting")).to_contain_text("2")

    connor.keyboard.press("h")
    connor.locator(".panel-actions details[open] button").first.click()

    expect(connor.locator(".places .slot-waiting")).to_contain_text("1")
    expect(connor.locator("#panel h2.name")).to_have_text("Daniel Reyes")
    assert connor.evaluate("window.sameDocument") is True


def test_a_colleague_who_wrote_first_is_told_beside_the_words(
    house: House, connor: Page, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 409")
    opens_maya(connor, house, open_window)
    connor.locator("#words").fill(ANSWER)
    with house.at_work() as session:
        maya, now = session.get_one(Lead, house.person("Maya Okafor").id), clock.now()
        june = Account.create("june@springstreet.example", "June", PASSWORD, now)
        session.flush()
        answer(maya, OwnLetter(Wording("Your note", "", "June here.")), june, now)

    connor.get_by_role("button", name="Send", exact=True).click()

    expect(connor.locator(".composer .notice")).to_contain_text("June wrote to Maya today at")
    expect(connor.locator("#words")).to_have_value(ANSWER)
    connor.get_by_role("button", name="Send", exact=True).click()
    expect(connor.locator("#toasts")).to_contain_text("Sent to Maya.")

"""Today’s own refresh, each minute: nothing moves that nobody moved."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.test_main_job import writes

A_MINUTE = "01:01"

# Chromium's own measure (Layout Instability): each move of something that stood in sight.
WATCH_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.shifts.push(
    entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? "text").join(", "))
  )).observe({ type: "layout-shift" });
}"""


def two_wait(house: House, connor: Page, open_window: OpenWindow) -> Page:
    visitor = open_window(house)
    writes(visitor, "Maya Okafor", "maya@example.com")
    writes(visitor, "Daniel Reyes", "daniel@example.net", "Another note.")
    connor.clock.install()
    connor.goto("/today")
    connor.evaluate(WATCH_SHIFTS)
    return visitor


def a_minute_goes_by(connor: Page, asks: str) -> None:
    with connor.expect_response(f"**/today/{asks}*"):
        connor.clock.fast_forward(A_MINUTE)


def shifts(connor: Page) -> list[str]:
    connor.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    moved: list[str] = connor.evaluate("window.shifts")
    return moved


def test_nothing_moves_while_nothing_is_new(house: House, connor: Page, open_window: OpenWindow) -> None:
    two_wait(house, connor, open_window)
    connor.evaluate("document.querySelector('#lists').dataset.old = 'yes'")

    a_minute_goes_by(connor, "waiting")
    expect(connor.locator("#lists[data-old]")).to_have_count(0)

    assert shifts(connor) == []


def test_under_his_hand_news_is_said_and_nothing_moves(
    house: House, connor: Page, open_window: OpenWindow
) -> None:
    visitor = two_wait(house, connor, open_window)
    connor.keyboard.press("j")
    expect(connor.locator("#panel h2.name")).to_have_text("Daniel Reyes")
    connor.evaluate("window.shifts.length = 0")

    writes(visitor, "Noor Aziz", "noor@example.org")
    a_minute_goes_by(connor, "news")
    expect(connor.locator("#news")).to_have_text("1 new. Show it.")
    expect(connor.locator("#waiting .row-name")).to_have_text(["Maya Okafor", "Daniel Reyes"])
    assert shifts(connor) == []
    connor.locator("#news a").click()

    expect(connor.locator("#waiting .row-name")).to_have_text(["Maya Okafor", "Daniel Reyes", "Noor Aziz"])


def test_who_came_meanwhile_joins_the_list_and_the_panel_stays(
    house: House, connor: Page, open_window: OpenWindow
) -> None:
    visitor = two_wait(house, connor, open_window)
    panel = connor.locator("#panel").bounding_box()

    writes(visitor, "Noor Aziz", "noor@example.org")
    a_minute_goes_by(connor, "waiting")

    expect(connor.locator("#waiting .row-name")).to_have_text(["Maya Okafor", "Daniel Reyes", "Noor Aziz"])
    expect(connor.locator(".places .slot-waiting")).to_contain_text("3")
    assert connor.locator("#panel").bounding_box() == panel

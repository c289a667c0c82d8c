"""Every page in a filled practice: silent, whole at every width, with one heading, names and landmarks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import PAGES, PUBLIC_PAGES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.watch import Watch
from tests.local.waiting import until

# What every page must have, asked of the page itself. Each line that comes back is a defect in words.
DEFECTS = """() => {
  const found = [], seen = (e) => e.offsetParent !== null || e.getClientRects().length > 0;
  const name = (e) => (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.title
    || document.getElementById((e.getAttribute("aria-labelledby") || "").split(" ")[0])?.textContent
    || e.textContent || "").trim();
  const say = (words, e) => found.push(words + ": " + e.outerHTML.slice(0, 120));
  const h1 = [...document.querySelectorAll("h1")].filter(seen);
  if (h1.length !== 1) found.push(h1.length + " level-one headings");
  if (document.querySelectorAll("main").length !== 1) found.push("not one main landmark");
  if (!document.documentElement.lang) found.push("no language");
  if (!document.title.trim()) found.push("no title");
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (seen(e) && !name(e)) say("a field without a label", e);
  for (const e of document.querySelectorAll("a[href], button, summary"))
    if (seen(e) && !name(e)) say("a control without a name", e);
  for (const e of document.querySelectorAll("img:not([alt]), iframe:not([title])")) say("no alternative", e);
  for (const e of document.querySelectorAll("nav")) if (!name(e)) say("an unnamed navigation", e);
  for (const e of document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]"))
    for (const id of (e.getAttribute("aria-describedby") || e.getAttribute("aria-labelledby")
        || e.getAttribute("for")).split(" "))
      if (id && seen(e) && !document.getElementById(id)) say("points at nothing", e);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push("id twice: " + id);
  const levels = [...document.querySelectorAll("h1,h2,h3,h4")].filter(seen).map((e) => +e.tagName[1]);
  if (levels.some((level, at) => at && level > levels[at - 1] + 1)) found.push("heading levels " + levels);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) found.push("wider than the window by " + wide);
  return found;
}"""


# Forty points on a phone. Links in a sentence are as high as their line, and the trap is for robots only.
TOO_SMALL = """() => {
  const controls = "button:not(.link), summary, input:not([type=hidden]), select, .btn";
  const tall = (e) => e.getBoundingClientRect().height;
  const high = (e) => Math.max(tall(e), ...[...(e.labels ?? [])].map(tall));
  return [...document.querySelectorAll(controls)]
    .filter((e) => e.checkVisibility() && !e.closest(".trap, .toast") && high(e) < 39.5)
    .map((e) => `${Math.round(high(e))} high: ${e.outerHTML.slice(0, 100)}`);
}"""


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_silent_and_whole(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch, width: int
) -> None:
    watch.expected.append("status of 404")
    page = signed_in(open_window(demo_house, viewport={"width": width, "height": 844}), demo_house)

    found = [
        f"{address}: {each}"
        for address in (*PAGES, *PUBLIC_PAGES)
        for each in defects(page, address.format(**places))
    ]

    assert not found, "\n".join(found)


def test_every_page_is_whole_in_the_dark_and_without_scripts(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    page = signed_in(
        open_window(
            demo_house,
            viewport={"width": 390, "height": 844},
            color_scheme="dark",
            java_script_enabled=False,
        ),
        demo_house,
    )

    headings = {}
    for address in (*PAGES, *PUBLIC_PAGES):
        page.goto(address.format(**places))
        headings[address] = page.locator("h1:visible").count()

    assert {address for address, count in headings.items() if count != 1} == set()


def test_a_stranger_sees_the_sign_in_page_and_comes_back(demo_house: House, open_window: OpenWindow) -> None:
    page = open_window(demo_house)

    page.goto("/follow-ups")
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("Email").fill("connor@springstreet.example")
    page.get_by_label("Password").fill("wrong words here")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That email and password don’t go together.")).to_be_visible()
    page.get_by_label("Password").fill("three slow breaths")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Going out")


def test_the_screen_can_be_hidden_and_comes_back(demo_house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(demo_house), demo_house)
    page.goto("/today")

    page.keyboard.press("Shift+H")
    expect(page.get_by_role("dialog", name="The screen is hidden")).to_be_visible()
    veil = page.get_by_role("dialog", name="The screen is hidden")

    def is_back() -> bool:
        page.keyboard.press("x")
        return veil.count() == 0

    assert until(is_back)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_keys_lead_through_the_places(demo_house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(demo_house), demo_house)
    page.goto("/today")

    for key, heading in (("p", "People"), ("f", "Going out"), ("r", "How it’s going"), ("s", "Settings")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.wait_for_load_state()
    page.keyboard.press("?")

    expect(page.locator("#shortcuts")).to_be_visible()


def test_on_a_phone_a_finger_hits_every_control(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    phone = open_window(demo_house, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = signed_in(phone, demo_house)

    found = []
    for address in (*PAGES, *PUBLIC_PAGES):
        page.goto(address.format(**places))
        found += [f"{address}: {each}" for each in page.evaluate(TOO_SMALL)]

    assert not found, "\n".join(found)


def test_on_a_phone_a_row_opens_the_persons_page(demo_house: House, open_window: OpenWindow) -> None:
    phone = open_window(demo_house, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = signed_in(phone, demo_house)
    page.goto("/today")

    page.locator("[data-row]", has_text="Maya Okafor").tap()

    expect(page.get_by_role("heading", level=1)).to_have_text("Maya Okafor")
    expect(page.locator(".tabbar")).to_be_visible()


def defects(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    wrong: list[str] = page.evaluate(DEFECTS)
    return wrong if answer.status < 500 else [f"status {answer.status}", *wrong]

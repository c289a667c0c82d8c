"""Windows' high contrast and its like: where the focus is can be seen on every page."""

from __future__ import annotations

from tests.browser.addresses import PAGES, PUBLIC_PAGES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.watch import Watch

# Shadows and backgrounds are gone there, so a ring is an outline round the control, or round its stand-in.
WITHOUT_A_RING = """() => {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const drawn = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const rings = (e, part) => e?.checkVisibility() && drawn(getComputedStyle(e, part));
  const lost = (e) => {
    e.focus();
    const standsFor = [e, e.nextElementSibling, e.closest("label"), e.closest(".write")];
    return document.activeElement === e && !standsFor.some((each) => rings(each)) && !rings(e, "::after");
  };
  return [...document.querySelectorAll(controls)]
    .filter((e) => e.checkVisibility({ opacityProperty: false }) && !e.closest(".trap") && lost(e))
    .map((e) => e.outerHTML.slice(0, 120));
}"""


def test_the_focus_is_seen_on_every_page(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    window = open_window(demo_house, viewport={"width": 1280, "height": 900}, forced_colors="active")
    page = signed_in(window, demo_house)

    found = []
    for address in (*PAGES, *PUBLIC_PAGES):
        page.goto(address.format(**places))
        page.keyboard.press("Tab")  # from here on the browser shows where the focus is
        found += [f"{address}: {each}" for each in page.evaluate(WITHOUT_A_RING)]

    assert not found, "\n".join(found)


def test_what_is_chosen_and_what_is_drawn_is_seen(
    demo_house: House, places: dict[str, str], open_window: OpenWindow
) -> None:
    page = signed_in(open_window(demo_house, forced_colors="active"), demo_house)
    background = "e => getComputedStyle(e).backgroundColor"

    page.goto("/follow-ups/emails/1")
    tried = page.locator(".segmented label")
    assert tried.nth(0).evaluate(background) != tried.nth(1).evaluate(background)

    page.goto("/reports")
    dot = page.locator(".chart circle").first.evaluate("e => getComputedStyle(e).fill")
    ground = page.locator("body").evaluate(background)
    square = page.locator(".legend").first.evaluate("e => getComputedStyle(e, '::before').backgroundColor")
    assert ground not in (dot, square)

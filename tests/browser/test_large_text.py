"""Text at twice its size (WCAG 1.4.4): nothing is cut off, and no page grows wider than its window."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.addresses import PAGES, PUBLIC_PAGES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.watch import Watch

TWICE = {"fontSizes": {"standard": 32, "fixed": 26}}
"""What somebody chooses in the browser's settings, to which breakpoints answer too."""
WIDTHS = (1280, 390)

# An ellipsis says itself that there is more, and what scrolls can be read to its end.
CUT_OFF = """() => {
  const name = (e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const hides = (value) => value === "hidden" || value === "clip";
  const isCut = (e) => {
    const style = getComputedStyle(e);
    if (style.clipPath !== "none" || style.position === "fixed") return false;
    if (e.clientWidth <= 2 || e.clientHeight <= 2) return false;
    const wide = e.scrollWidth > e.clientWidth + 2 && style.textOverflow !== "ellipsis";
    const high = e.scrollHeight > e.clientHeight + 2 && !parseInt(style.webkitLineClamp);
    return (hides(style.overflowX) && wide) || (hides(style.overflowY) && high);
  };
  const visible = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility());
  const cut = visible
    .filter((e) => e.textContent.trim() && !e.closest("svg") && isCut(e))
    .map((e) => `cut off: ${name(e)}`);
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return cut;
  const wide = visible.filter((e) => e.getBoundingClientRect().right > room + 1);
  return [...cut, ...wide.slice(-2).map((e) => `wider than the window: ${name(e)}`)];
}"""


def test_text_of_twice_its_size_is_read_whole_on_every_page_wide_and_narrow(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    page = signed_in(open_window(demo_house), demo_house)
    page.context.new_cdp_session(page).send("Page.setFontSizes", TWICE)

    found = []
    for address in (*PAGES, *PUBLIC_PAGES):
        page.goto(address.format(**places))
        expect(page.locator("iframe.coming")).to_have_count(0)  # a preview on its way is seen by nobody
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            found += [f"{address} at {width}: {each}" for each in page.evaluate(CUT_OFF)]

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert not found, "\n".join(found)

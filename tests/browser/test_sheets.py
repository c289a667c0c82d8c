"""A page loads the sheets it needs: nothing on it, or in what opens over it, waits for a rule of another."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.addresses import PAGES, PUBLIC_PAGES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.watch import Watch

STATIC = Path(__file__).resolve().parents[2] / "crm" / "static"
SHEETS = sorted(file.name for file in STATIC.glob("*.css"))

# Which selectors of sheets that the page has not loaded would dress something of it, or of a dialog it opens.
UNDRESSED = """async (names) => {
  const loaded = [...document.styleSheets].map((sheet) => sheet.href?.split("/").at(-1));
  const rules = (list) => [...list].flatMap((rule) => rule.selectorText ?? rules(rule.cssRules ?? []));
  // An element counts in whatever state it is.
  const states = /::?(before|after|file-selector-button|hover|focus-visible|focus|checked|-webkit-[a-z-]+)/g;
  const fetched = async (address) => (await fetch(address)).text();
  const shown = [["here", document]];
  for (const link of document.querySelectorAll("a[data-dialog]")) {
    const page = new DOMParser().parseFromString(await fetched(link.href), "text/html");
    shown.push([link.getAttribute("href"), page.querySelector("#main") ?? page]);
  }
  const found = [];
  for (const name of names.filter((each) => !loaded.includes(each))) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await fetched("/static/" + name));
    for (const selector of rules(sheet.cssRules))
      for (const [where, root] of shown)
        if (root.querySelector(selector.replace(states, "").replaceAll(":has()", "")))
          found.push(`${name} ${selector} (${where})`);
  }
  return found;
}"""


def test_no_page_forgets_a_sheet(
    demo_house: House, places: dict[str, str], open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected.append("status of 404")
    page = signed_in(open_window(demo_house), demo_house)

    found = [
        f"{address}: {each}"
        for address in (*PAGES, *PUBLIC_PAGES)
        for each in undressed(page, address.format(**places))
    ]

    assert not found, "\n".join(found)


def test_today_loads_one_sheet(demo_house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(demo_house), demo_house)

    page.goto("/today")

    assert page.evaluate("document.styleSheets.length") == 1


def undressed(page: Page, address: str) -> list[str]:
    page.goto(address)
    found: list[str] = page.evaluate(UNDRESSED, SHEETS)
    return found

"""Several forms in a browser: written by keys alone, seen meanwhile, and embedded where they may be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from crm import clock
from crm.flows import asking
from crm.local.sockets import HOME, listen_anywhere, port_of
from crm.seeds.forms import COUPLES
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House
from tests.browser.test_accessibility import violations
from tests.browser.watch import Watch

FOLDER = os.environ.get("SCREENS_DIR", "")
PAGE = """<!doctype html><html lang="en"><title>{title}</title><link rel="icon" href="data:,"><h1>{title}</h1>
<script src="{house}/static/embed.js" data-form="couples" data-button="end" async></script>"""


@contextmanager
def website(house: House, title: str) -> Iterator[str]:
    """A site with the form in it, from a port of its own."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(title=title, house=house.base).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    with listen_anywhere() as place:
        port = port_of(place)
    server = ThreadingHTTPServer((HOME, port), Site)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOME}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def has_couples(house: House, *hosts: str) -> None:
    with house.at_work():
        asking.make_form(asking.Terms("Couples", "couples", hosts=hosts), COUPLES, clock.now())


def shown(page: Page) -> FrameLocator:
    """The preview that stands there now."""
    return page.frame_locator(".form-shown iframe:not(.coming)")


def types_over(page: Page, words: str, into: str) -> None:
    page.locator(into).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def test_a_form_is_written_by_keys_alone_and_seen_meanwhile(house: House, connor: Page) -> None:
    connor.goto("/settings/form/1")
    expect(shown(connor).get_by_role("heading", level=1)).to_have_text("Schedule a call")

    types_over(connor, "Talk with me", into="#headline")
    expect(shown(connor).get_by_role("heading", level=1)).to_have_text("Talk with me")

    connor.get_by_role("button", name="Move down: Your name").focus()
    connor.keyboard.press("Enter")
    expect(connor.locator("#asked-said")).to_have_text("“Your name” is now 2 of 6.")
    connor.wait_for_function("document.activeElement.id === 'down-2'")
    connor.keyboard.press("Enter")
    expect(connor.locator("#asked-said")).to_have_text("“Your name” is now 3 of 6.")
    expect(shown(connor).locator("label").first).to_have_text("Email")

    connor.locator("#added").select_option("yes_no")
    connor.locator("#add").focus()
    connor.keyboard.press("Enter")
    expect(connor.locator("#asked-said")).to_contain_text("is added at the end")
    connor.wait_for_function("document.activeElement.id === 'questions-6-label'")
    types_over(connor, "Have we met?", into="#questions-6-label")
    expect(shown(connor).get_by_text("Have we met?")).to_be_visible()
    connor.keyboard.press("Enter")

    expect(connor.locator("#toasts")).to_contain_text("Saved.")
    connor.goto("/consultation")
    expect(connor.get_by_role("heading", level=1)).to_have_text("Talk with me")
    expect(connor.get_by_text("Have we met?")).to_be_visible()


def test_it_is_written_without_scripts_too(house: House, open_window: OpenWindow) -> None:
    page = signed_in(open_window(house, java_script_enabled=False), house)
    page.goto("/settings/form")
    page.get_by_label("What do you call it?").fill("For two")
    page.get_by_label("Start from").select_option("kind-couples")
    page.get_by_role("button", name="Make it").click()

    page.get_by_label("Headline", exact=True).fill("The two of you")
    page.get_by_role("button", name="Move up: Email").click()
    expect(page.get_by_label("Headline", exact=True)).to_have_value("The two of you")
    page.get_by_role("button", name="Take out: When are you usually free?").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.frame_locator("iframe[name=shown]").get_by_role("heading", level=1)).to_have_text(
        "The two of you"
    )
    page.get_by_role("button", name="Save").first.click()

    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.goto("/f/couples")
    assert page.locator(".form .field label, .form .field legend").all_inner_texts()[:2] == [
        "Your name",
        "Email",
    ]


def test_what_is_wrong_is_told_beside_it_and_the_question_stands_open(house: House, connor: Page) -> None:
    connor.goto("/settings/form/1")
    connor.locator("summary", has_text="What brings you here?").click()
    connor.get_by_label("Question").nth(4).fill("")
    connor.get_by_role("button", name="Save").first.click()

    expect(connor.get_by_text("What do you ask? A few words are enough.")).to_be_visible()
    expect(connor.locator("[aria-invalid=true]")).to_be_focused()


def test_it_stands_on_the_sites_it_may_and_on_no_other(
    new_house: House, open_window: OpenWindow, watch: Watch
) -> None:
    watch.expected += [
        "frame-ancestors",
        "Content Security Policy",
        "Refused to",
        "Framing",
        "Blocked autofocusing",
    ]
    new_house.opens(website="https://springstreet.example")
    with website(new_house, "Allowed") as allowed, website(new_house, "Refused") as refused:
        has_couples(new_house, allowed)
        page = open_window(new_house, viewport={"width": 900, "height": 900})

        page.goto(allowed)
        frame = page.frame_locator("iframe")
        page.wait_for_function("Number(document.querySelector('iframe').height) !== 900")
        frame.get_by_role("button", name="Send to").click()
        expect(frame.get_by_text("What should I call you?")).to_be_visible()
        frame.get_by_label("Your name", exact=True).fill("Maya Okafor")
        frame.get_by_label("Email").fill("maya@example.com")
        frame.get_by_label("No", exact=True).check()
        frame.get_by_role("button", name="Send to").click()
        expect(frame.get_by_role("heading", level=1)).to_have_text("Thank you.")

        kept = new_house.inquiry("Maya Okafor")
        assert kept.more == {"Does your partner know that you’re writing?": "No"}
        assert (kept.button, page.context.cookies()) == ("end", [])

        page.goto(refused)
        page.wait_for_timeout(500)
        assert page.frames[-1].url.startswith("chrome-error") or not page.frames[-1].locator("h1").count()
        expect(page.frame_locator("iframe").get_by_label("Your name", exact=True)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_its_pages_break_no_rule_of_accessibility(
    house: House, open_window: OpenWindow, width: int, theme: str
) -> None:
    has_couples(house, "https://couples.example")
    page = signed_in(open_window(house, viewport={"width": width, "height": 844}, color_scheme=theme), house)
    found = {}
    pages = {
        "forms": "/settings/form",
        "form-editor": "/settings/form/2",
        "form-site": "/settings/form/2/site",
        "form-versions": "/settings/form/2/versions",
        "form-pause": "/settings/form/2/pause",
        "form-public": "/f/couples",
        "form-thanks": "/f/couples/thanks",
    }

    for name, path in pages.items():
        page.goto(path)
        if name == "form-editor":
            page.locator("summary", has_text="When are you usually free?").click()
            page.wait_for_timeout(700)
        found[name] = violations(page)
        if FOLDER:
            page.screenshot(path=Path(FOLDER, f"{name}-{width}-{theme}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto("/settings/form/2/pause")
    page.get_by_role("button", name="Let it rest").click()
    page.goto("/f/couples")
    found["resting"] = violations(page)
    if FOLDER:
        page.screenshot(path=Path(FOLDER, f"form-resting-{width}-{theme}.png"), full_page=True)

    assert {name: broken for name, broken in found.items() if broken} == {}
    assert re.search("resting", page.inner_text("h1"))

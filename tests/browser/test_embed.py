"""The form inside the practice's own website, which is another origin."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from crm.local.sockets import HOME, listen_anywhere, port_of
from tests.browser.conftest import OpenWindow
from tests.browser.house import House

WORDS = "I read this on your own site."


ARTICLE = """<!doctype html>
<html lang="en"><title>You don’t go to therapy</title><link rel="icon" href="data:,">
<h1>An article</h1><script src="{form}/static/embed.js" data-button="article-end" async></script>
"""


class Site(BaseHTTPRequestHandler):
    """One article with the script under it."""

    form = ""

    def do_GET(self) -> None:
        body = ARTICLE.format(form=self.form).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def website(new_house: House) -> Iterator[str]:
    """The practice's website, from a port of its own."""
    with listen_anywhere() as place:
        port = port_of(place)
    Site.form = new_house.base
    server = ThreadingHTTPServer((HOME, port), Site)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://{HOME}:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_form_in_a_frame_grows_and_sends(new_house: House, website: str, open_window: OpenWindow) -> None:
    new_house.opens(website=website)
    page = open_window(new_house, viewport={"width": 900, "height": 900})

    page.goto(f"{website}/article")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_label("Your name")).to_be_visible()
    page.wait_for_function("Number(document.querySelector('iframe').height) !== 900")
    frame.get_by_label("Your name").fill("Maya Okafor")
    frame.get_by_label("Email").fill("maya@example.com")
    frame.get_by_label("What brings you here?").fill(WORDS)
    frame.get_by_role("button", name="Send to").click()
    expect(frame.get_by_role("heading", level=1)).not_to_have_text("Schedule a call")

    house_knows = new_house.inquiry("Maya Okafor")
    assert (house_knows.article, house_knows.button, house_knows.message) == (
        "You don’t go to therapy",
        "article-end",
        WORDS,
    )


def test_another_site_may_not_frame_the_form(new_house: House, website: str, open_window: OpenWindow) -> None:
    new_house.opens(website="https://springstreet.example")
    page = open_window(new_house)
    page.goto("/consultation")

    answer = page.request.get(f"{new_house.base}/consultation?embed=1")

    assert "frame-ancestors 'self' https://springstreet.example" in answer.headers["content-security-policy"]
    assert website not in answer.headers["content-security-policy"]

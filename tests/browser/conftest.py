"""Debian's Chromium before a running practice. Whatever a page complains about fails its test."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from crm.db import db
from crm.models import Booking, Lead, Message, Offer
from crm.rules.sending import MessageState
from crm.web.access import COOKIE
from tests.browser.house import House, copied, empty_database, running
from tests.browser.watch import Watch
from tests.conftest import need

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 15_000  # milliseconds a page may take on a machine that does much else
OpenWindow = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """For pytest-playwright: no browser of its own, and no sandbox, which root cannot have."""
    need("Chromium at /usr/bin/chromium", there=CHROMIUM.exists())
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return {"executable_path": str(CHROMIUM), "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def empty_practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def new_house(empty_practice: Path, tmp_path: Path) -> Iterator[House]:
    """A practice on its first day: nobody has an account."""
    with running(copied(empty_practice, tmp_path), tmp_path) as house:
        yield house


@pytest.fixture
def house(new_house: House) -> House:
    """Connor's practice, in which nobody has written yet."""
    new_house.opens()
    return new_house


@pytest.fixture(scope="module")
def demo_house(empty_practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A practice full of invented people, for all tests of a file."""
    folder = tmp_path_factory.mktemp("demo")
    with running(copied(empty_practice, folder), folder) as house:
        house.is_filled()
        house.tells_a_program()
        house.mail_comes()
        house.knows_its_domain()
        house.has_a_waitlist()
        yield house


@pytest.fixture
def places(demo_house: House) -> dict[str, str]:
    """What stands in the addresses of the demo."""
    maya, theo = demo_house.person("Maya Okafor"), demo_house.person("Theo Lindqvist")
    planned = db.select(Message.id).where(Message.state == MessageState.SCHEDULED)
    with demo_house.app.app_context():
        return {
            "person": str(maya.id),
            "theo": str(theo.id),
            "other": str(db.session.scalars(db.select(Lead.id).where(Lead.id != maya.id)).first()),
            "booking": str(db.session.scalars(db.select(Booking.id)).first()),
            "planned": str(db.session.scalars(planned).first()),
            "stop": maya.unsubscribe_token,
            "page": maya.page_token,
            "call": str(db.session.scalars(db.select(Booking.token)).first()),
            "offer": str(db.session.scalars(db.select(Offer.id)).first()),
            "place": str(db.session.scalars(db.select(Offer.token)).first()),
        }


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test for a line on the console, an error of a script, a request that leaves the machine."""
    watch = Watch()
    yield watch
    assert watch.troubles == []


@pytest.fixture
def open_window(browser: Browser, watch: Watch) -> Iterator[OpenWindow]:
    """`open_window(house, java_script_enabled=False)`: a browser of its own, a stranger's."""
    contexts: list[BrowserContext] = []

    def open_one(house: House, **options: Any) -> Page:  # noqa: ANN401 - Playwright's own options
        context = browser.new_context(base_url=house.base, **{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def connor(house: House, open_window: OpenWindow) -> Page:
    """Connor's laptop, signed in, at Today. It is closed before the practice stops."""
    page = signed_in(open_window(house, viewport={"width": 1280, "height": 900}), house)
    page.goto("/today")
    return page


def signed_in(page: Page, house: House) -> Page:
    page.context.add_cookies([{"name": COOKIE, "value": house.sign_in_token(), "url": house.base}])
    return page

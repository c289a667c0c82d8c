"""Photographs of every screen, for `make screens`: wide and narrow, light and dark.

Without a folder one round of them is taken and thrown away, so that `make screens` can't break unseen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page

from crm.db import db
from crm.models import Booking, Lead, Offer
from crm.models.booking import Outcome
from tests.browser import test_accessibility as states
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import House, copied, running
from tests.browser.watch import Watch
from tests.practice import TUESDAY

FOLDER = os.environ.get("SCREENS_DIR", "")
WIDTHS = {"": (1280, 900), "-phone": (390, 844)}
LOOKS = [(width, theme) for theme in ("light", "dark") for width in WIDTHS] if FOLDER else [("", "light")]
SCREENS = {
    "inbox": "/today?person={maya}",
    "inbox-read-first": "/today?person={theo}",
    "board": "/people",
    "list": "/people?view=list",
    "find": "/people/find?q=sleep",
    "find-nobody": "/people/find?q=Zo%C3%AB%20Novak",
    "tags": "/people/tags",
    "view": "/people/views/new?stage=new&show=waiting",
    "lead": "/people/{grace}",
    "contact": "/people/{grace}/contact",
    "merge": "/people/{grace}/merge/new?with={maya}",
    "add": "/people/new",
    "close": "/people/{grace}/closure/new",
    "refer": "/people/{grace}/referral/new",
    "book": "/people/{grace}/booking/new",
    "reminder": "/people/{maya}/reminder/new",
    "import": "/people/imports",
    "reports-people": "/reports/people?reached=heard",
    "queue": "/follow-ups",
    "sequences": "/follow-ups/sequences",
    "sequence": "/follow-ups/sequences/1",
    "emails": "/follow-ups/emails",
    "template": "/follow-ups/emails/2",
    "sent": "/follow-ups/sent",
    "why": "/follow-ups/why",
    "message": "/messages/1",
    "reports": "/reports",
    "settings": "/settings",
    "settings-sending": "/settings/sending",
    "settings-mailbox": "/settings/mailbox",
    "settings-hours": "/settings/hours",
    "settings-calls": "/settings/calls",
    "settings-colleagues": "/settings/colleagues",
    "settings-colleague": "/settings/colleagues/1",
    "settings-form": "/settings/form",
    "settings-form-editor": "/settings/form/1",
    "settings-form-site": "/settings/form/1/site",
    "settings-ways-in": "/settings/ways-in",
    "settings-other-programs": "/settings/other-programs",
    "settings-other-program": "/settings/other-programs/1",
    "settings-told": "/settings/other-programs/1/told/1",
    "settings-spam": "/settings/spam",
    "settings-danger": "/settings/danger",
    "settings-privacy": "/settings/privacy",
    "settings-coming": "/settings/privacy/coming",
    "settings-record": "/settings/privacy/record",
    "looks": "/people/{grace}/looks",
    "export": "/people/{grace}/export/new",
    "erase": "/people/{grace}/erasure/new",
    "settings-account": "/settings/account",
    "settings-passkey": "/settings/account/passkeys/new",
    "settings-accounts": "/settings/accounts",
    "spam": "/today/spam",
    "mail": "/today/mail",
    "what-was-done": "/people/{theo}/reassurance/new",
    "not-found": "/nowhere",
}
PUBLIC = {
    "login": "/sign-in",
    "forgotten": "/sign-in/forgotten",
    "joining-late": "/join/none",
    "form": "/consultation",
    "thanks": "/consultation/thanks",
    "unsubscribe": "/stop/{stop}",
    "person-page": "/call/{page}?say=else",
    "person-details": "/call/{page}/details",
    "booking": "/call/{page}/times",
    "booking-wishes": "/call/{page}/wishes",
    "booked": "/booking/{call}",
    "api": "/api/v1",
}

STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "dialog": ("/people/{maya}", states.puts_off),
    "shortcuts": ("/today?person={maya}", states.opens_the_shortcuts),
    "hidden": ("/today", states.hides_the_screen),
    "sequence-changed": ("/follow-ups/sequences/1", states.changes_a_wait),
    "template-wrong": ("/follow-ups/emails/2", states.forgets_a_brace),
    "form-wrong": ("/consultation", states.sends_nothing),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `make screens` wants them; in any other run they are thrown away."""
    return Path(FOLDER) if FOLDER else tmp_path


@pytest.fixture(scope="module")
def pictured(empty_practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo on Tuesday, March 10, at 1:52 pm: the clock of the pictures, which stands still."""
    folder = tmp_path_factory.mktemp("screens")
    with time_machine.travel(TUESDAY, tick=True), running(copied(empty_practice, folder), folder) as house:
        house.is_filled(TUESDAY)
        house.tells_a_program(TUESDAY)
        house.mail_comes(TUESDAY)
        house.knows_its_domain(TUESDAY)
        yield house


@pytest.fixture
def places(pictured: House) -> dict[str, str]:
    with pictured.app.app_context():
        people = {lead.first_name.lower(): lead for lead in db.session.scalars(db.select(Lead))}
        ids = {name: str(lead.id) for name, lead in people.items()}
        call = db.session.scalars(db.select(Booking.token).where(Booking.outcome.is_(None))).first()
        maya = people["maya"]
        return ids | {"stop": maya.unsubscribe_token, "page": maya.page_token, "call": str(call)}


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_screen_is_photographed(
    pictured: House,
    places: dict[str, str],
    open_window: OpenWindow,
    watch: Watch,
    folder: Path,
    width: str,
    theme: str,
) -> None:
    watch.expected += ["status of 404", "inline style"]
    wide, high = WIDTHS[width]
    page = open_window(pictured, viewport={"width": wide, "height": high}, color_scheme=theme)
    ending = f"{width}{'-dark' if theme == 'dark' else ''}.png"

    for name, address in PUBLIC.items():
        photograph(page, address.format(**places), folder / f"{name}{ending}")
    signed_in(page, pictured)
    for name, address in SCREENS.items():
        photograph(page, address.format(**places), folder / f"{name}{ending}")
    for name, (address, does) in STATES.items():
        photograph(page, address.format(**places), folder / f"{name}{ending}", does)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_so_are_an_empty_today_and_the_end_of_the_emails(
    pictured: House,
    places: dict[str, str],
    open_window: OpenWindow,
    folder: Path,
    width: str,
    theme: str,
) -> None:
    """After all others: by then everybody has heard, and Maya has had enough."""
    wide, high = WIDTHS[width]
    page = open_window(pictured, viewport={"width": wide, "height": high}, color_scheme=theme)
    ending = f"{width}{'-dark' if theme == 'dark' else ''}.png"
    everybody_has_heard(pictured)

    photograph(signed_in(page, pictured), "/today", folder / f"inbox-empty{ending}")
    assert "Nobody is waiting for you." in page.inner_text("h1")
    photograph(page, f"/stop/{places['stop']}", folder / f"unsubscribed{ending}", stops_the_emails)
    assert page.get_by_role("button", name="Stop these emails").count() == 0


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_so_is_the_waitlist(
    pictured: House, open_window: OpenWindow, folder: Path, width: str, theme: str
) -> None:
    """After the board, from which it takes four people."""
    wide, high = WIDTHS[width]
    page = open_window(pictured, viewport={"width": wide, "height": high}, color_scheme=theme)
    ending = f"{width}{'-dark' if theme == 'dark' else ''}.png"
    place = offered(pictured)

    photograph(page, f"/place/{place}", folder / f"place{ending}")
    photograph(signed_in(page, pictured), "/waitlist", folder / f"waitlist{ending}")
    photograph(page, "/waitlist/place/new", folder / f"waitlist-place{ending}")
    assert page.locator("main form").count()


def offered(house: House) -> str:
    """The link of a place that somebody has been offered."""
    first = sa.select(Offer.token).order_by(Offer.id)
    with house.app.app_context():
        if token := db.session.scalar(first):
            return token
    house.has_a_waitlist(TUESDAY)
    with house.app.app_context():
        return str(db.session.scalar(first))


def everybody_has_heard(house: House) -> None:
    with house.at_work() as session:
        session.execute(sa.update(Lead).values(waiting_for=None, waiting_since=None, read_first_at=None))
        for over in session.scalars(sa.select(Booking).where(Booking.starts_at < TUESDAY)):
            over.settle(Outcome.HELD, TUESDAY)


def stops_the_emails(page: Page) -> None:
    if (stop := page.get_by_role("button", name="Stop these emails")).count():
        stop.click()


def photograph(page: Page, address: str, to: Path, does: Callable[[Page], None] = lambda _: None) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status < 500, address
    does(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=to, full_page=True)

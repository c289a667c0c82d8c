"""Passkeys in a real browser, with an authenticator of Chromium's own that says yes or no as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import CDPSession, Page, expect

from crm.models import Account, Passkey, SignIn
from tests.browser.conftest import OpenWindow, signed_in
from tests.browser.house import OWNER_EMAIL, PASSWORD, House, copied, running
from tests.browser.watch import Watch


@pytest.fixture
def house(empty_practice: Path, tmp_path: Path) -> Iterator[House]:
    """Connor's practice under a name: to a bare number no passkey is given."""
    with running(copied(empty_practice, tmp_path), tmp_path, name="localhost") as house:
        house.opens()
        yield house


class Authenticator:
    """What asks for a finger. `verified`: the finger is the right one."""

    def __init__(self, page: Page) -> None:
        self._line: CDPSession = page.context.new_cdp_session(page)
        self._line.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        answer = self._line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = answer["authenticatorId"]

    def verifies(self, *, verified: bool) -> None:
        known = {"authenticatorId": self._id, "isUserVerified": verified}
        self._line.send("WebAuthn.setUserVerified", known)

    def credentials(self) -> list[dict[str, Any]]:
        found = self._line.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"]
        return list(found)

    def rewinds(self, count: int) -> None:
        """As a copy would be: the same key, which counts from before."""
        (one,) = self.credentials()
        self._line.send(
            "WebAuthn.removeCredential", {"authenticatorId": self._id, "credentialId": one["credentialId"]}
        )
        again = {"authenticatorId": self._id, "credential": one | {"signCount": count}}
        self._line.send("WebAuthn.addCredential", again)


@pytest.fixture
def page(house: House, open_window: OpenWindow) -> Page:
    """Connor's laptop, signed in. It is closed before the practice stops, or it would hear that break off."""
    return signed_in(open_window(house), house)


@pytest.fixture
def authenticator(page: Page) -> Authenticator:
    return Authenticator(page)


def makes_a_passkey(page: Page, name: str = "My laptop") -> None:
    page.goto("/settings/account/passkeys/new")
    page.get_by_label("Its name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


def keeps_one(page: Page) -> None:
    makes_a_passkey(page)
    expect(page.get_by_text("Your passkey is kept.")).to_be_visible()


def is_at(page: Page, path: str) -> None:
    """There, and nothing of it still on its way."""
    page.wait_for_url(f"**{path}")
    page.wait_for_load_state("networkidle")


def leaves(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")


def test_a_passkey_is_made_and_brings_ten_codes(
    page: Page, authenticator: Authenticator, house: House
) -> None:
    keeps_one(page)

    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#passkeys")).to_contain_text("My laptop")
    (made,) = authenticator.credentials()
    assert made["rpId"] == "localhost"
    assert made["isResidentCredential"]


def test_a_passkey_alone_opens_the_practice_without_a_name_typed(
    page: Page, authenticator: Authenticator
) -> None:
    keeps_one(page)
    leaves(page)

    page.get_by_role("button", name="Use a passkey").click()

    is_at(page, "/today")
    expect(page.locator("h1")).to_be_visible()


def test_after_a_passkey_they_are_where_they_were_going(page: Page, authenticator: Authenticator) -> None:
    keeps_one(page)
    page.context.clear_cookies()
    page.goto("/reports")

    page.get_by_role("button", name="Use a passkey").click()

    is_at(page, "/reports")


def test_with_a_passkey_the_password_asks_for_it_as_the_second_step(
    page: Page, authenticator: Authenticator
) -> None:
    keeps_one(page)
    leaves(page)
    page.get_by_label("Email").fill(OWNER_EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()

    page.get_by_role("button", name="Use a passkey").click()

    is_at(page, "/today")


def test_who_is_not_recognised_gets_in_nowhere(
    page: Page, authenticator: Authenticator, house: House
) -> None:
    keeps_one(page)
    leaves(page)
    authenticator.verifies(verified=False)

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert").filter(has_text="Nothing was done")).to_be_visible()
    assert page.request.get("/today", max_redirects=0).status == 303


def test_an_answer_opens_once_and_in_one_browser_only(
    page: Page, authenticator: Authenticator, open_window: OpenWindow, house: House, watch: Watch
) -> None:
    keeps_one(page)
    leaves(page)
    with page.expect_request("**/sign-in/passkey") as sent:
        page.get_by_role("button", name="Use a passkey").click()
    is_at(page, "/today")
    typed = sent.value.post_data_json
    assert typed is not None
    answer = typed["credential"]
    thief = open_window(house)
    thief.goto("/sign-in")
    for other in (thief, page):
        other.context.clear_cookies(name="crm_sign_in")
        other.goto("/sign-in")
        token = other.locator("input[name=csrf_token]").first.input_value()
        other.request.post("/sign-in/passkey", form={"csrf_token": token, "credential": answer})

        assert other.request.get("/today", max_redirects=0).status == 303


def test_a_copy_that_counts_from_before_is_refused(page: Page, authenticator: Authenticator) -> None:
    keeps_one(page)
    for _ in range(2):
        leaves(page)
        page.get_by_role("button", name="Use a passkey").click()
        is_at(page, "/today")
    leaves(page)
    authenticator.rewinds(1)

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("That passkey doesn’t open an account here.")).to_be_visible()


def test_a_passkey_answers_the_question_who_it_is(
    page: Page, authenticator: Authenticator, house: House, watch: Watch
) -> None:
    watch.expected.append("status of 403")
    keeps_one(page)
    with house.at_work() as session:
        for each in session.scalars(sa.select(SignIn)):
            each.proved_at = each.proved_at.replace(year=2020)
    page.goto("/settings/account")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Please confirm it’s you")).to_be_visible()

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", name="A new passkey")).to_be_visible()


def test_what_was_typed_goes_on_after_the_passkey(
    page: Page, authenticator: Authenticator, house: House, watch: Watch
) -> None:
    watch.expected.append("status of 403")
    keeps_one(page)
    page.goto("/settings/accounts")
    page.get_by_label("Name").fill("June")
    page.locator("#email").fill("june@springstreet.example")
    with house.at_work() as session:
        for each in session.scalars(sa.select(SignIn)):
            each.proved_at = each.proved_at.replace(year=2020)
    page.get_by_role("button", name="Invite").click()

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("June is invited")).to_be_visible()


def test_one_device_keeps_one_passkey_of_a_person(page: Page, authenticator: Authenticator) -> None:
    keeps_one(page)

    makes_a_passkey(page, "Again")

    expect(page.get_by_role("alert").filter(has_text="has a passkey for you already")).to_be_visible()


def test_a_passkey_is_renamed_and_removed_and_then_opens_nothing(
    page: Page, authenticator: Authenticator, house: House
) -> None:
    keeps_one(page)
    page.goto("/settings/account")
    page.get_by_text("Rename").click()
    page.locator("#passkeys input[name=name]").fill("The old laptop")
    page.locator("#passkeys").get_by_role("button", name="Save").click()
    expect(page.locator("#passkeys")).to_contain_text("The old laptop")

    page.get_by_role("button", name="Remove The old laptop").click()

    expect(page.locator("#passkeys")).to_contain_text("You have none yet.")
    leaves(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That passkey doesn’t open an account here.")).to_be_visible()


def test_without_scripts_the_pages_say_so_and_the_password_works(
    house: House, open_window: OpenWindow
) -> None:
    page = open_window(house, java_script_enabled=False)
    page.goto("/sign-in")

    expect(page.get_by_text("Passkeys need JavaScript, which is off here.")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("Email").fill(OWNER_EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    is_at(page, "/today")


def test_a_deactivated_account_has_no_passkey_that_opens(
    page: Page, authenticator: Authenticator, house: House
) -> None:
    keeps_one(page)
    with house.at_work() as session:
        owner = session.scalars(sa.select(Account)).one()
        owner.deactivated_at = owner.created_at
        Account.create("june@springstreet.example", "June", PASSWORD, owner.created_at)
    leaves(page)

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("doesn’t open the practice any more")).to_be_visible()
    with house.at_work() as session:
        assert session.scalar(sa.select(sa.func.count(Passkey.id))) == 1

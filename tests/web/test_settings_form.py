"""Settings, Your forms and Your account: what to copy, where it may stand, and who signs in."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from crm.models import Account, FollowUpPolicy
from crm.models import Practice as PracticeRow
from tests.practice import OWNER_EMAIL, PASSWORD, Practice, sign_in
from tests.web.desk import Desk
from tests.web.door import FORM, inquiries
from tests.web.reading import Page


def row(practice: Practice) -> PracticeRow:
    with practice.reading():
        return PracticeRow.current()


def owner(practice: Practice) -> Account:
    with practice.reading():
        found = Account.owner()
        assert found is not None
        return found


def refused(desk: Desk, address: str, **fields: object) -> Page:
    answer = desk.sends(address, **fields)
    assert answer.status_code == 422
    return Page(answer.text)


def copied(desk: Desk, name: str) -> str:
    """What the Copy button takes."""
    found = re.search(rf'<code id="{name}">(.*?)</code>', desk.gets("/settings/form/1/site").text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_what_there_is_to_copy_names_our_own_address(desk: Desk) -> None:
    assert copied(desk, "address") == "http://localhost/consultation"
    assert copied(desk, "snippet").splitlines() == [
        '<script src="http://localhost/static/embed.js" data-button="article-end" async></script>',
        '<noscript><a href="http://localhost/consultation">Schedule a call</a></noscript>',
    ]


def test_the_script_in_the_snippet_is_there_for_any_site(desk: Desk, visitor: FlaskClient) -> None:
    address = re.search(r'src="http://localhost([^"]+)"', copied(desk, "snippet"))
    assert address is not None

    answer = visitor.get(address[1])
    script = answer.text
    answer.close()

    assert "iframe" in script


@pytest.mark.parametrize("policy", FollowUpPolicy)
def test_the_plain_form_sends_a_note_that_is_believed(
    practice: Practice, desk: Desk, visitor: FlaskClient, policy: FollowUpPolicy
) -> None:
    desk.does("/settings/form", website="springstreet.example", follow_up_policy=str(policy))
    page = Page(copied(desk, "plain"))
    fields = {
        each.attributes["name"]: each.attributes.get("value", "") for each in page.root.find("form input")
    }
    typed = fields | {"name": "Maya", "email": "maya@example.com", "message": "Hello", "website": ""}
    typed.pop("personal_only", None)

    answer = visitor.post(
        page.attribute("form", "action").removeprefix("http://localhost"),
        data=typed,
        headers={"Origin": "https://springstreet.example"},
    )
    practice.advance(days=30)

    assert answer.status_code == 303
    assert len(practice.outbox.to("maya@example.com")) == 4
    assert inquiries(practice)[0].button == "plain-form"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("springstreet.example", "https://springstreet.example"),
        (" HTTPS://WWW.SpringStreet.example/ ", "https://www.springstreet.example"),
        ("http://springstreet.example:8080", "http://springstreet.example:8080"),
        ("https://sites.example.com/view/connor", "https://sites.example.com/view/connor"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_a_website_is_understood_however_it_is_written(
    practice: Practice, desk: Desk, typed: str, kept: str
) -> None:
    desk.does("/settings/form", website=typed, follow_up_policy="notice")

    assert row(practice).website == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "springstreet",
        "https://",
        "https://a.example; script-src *",
        "https://a.example 'unsafe-inline'",
        "https://user:word@a.example",
        "ftp://a.example",
        "https://a.example/<script>",
        "https://*.example",
        "https://[::1",
        "a" * 300,
    ],
)
def test_what_is_no_website_is_told_and_never_reaches_the_policy(
    practice: Practice, desk: Desk, visitor: FlaskClient, typed: str
) -> None:
    before = visitor.get(FORM).headers["Content-Security-Policy"]

    page = refused(desk, "/settings/form", website=typed, follow_up_policy="notice")

    assert page.text(".error")
    assert visitor.get(FORM).headers["Content-Security-Policy"] == before


def test_how_the_form_asks_is_seen_on_the_form(practice: Practice, desk: Desk, visitor: FlaskClient) -> None:
    page = desk.does("/settings/form", website="springstreet.example", follow_up_policy="ask_first")

    assert page.toast == "Saved. Your forms show it from now on."
    assert 'name="agreed"' in visitor.get(FORM).text
    assert 'name="personal_only"' not in visitor.get(FORM).text


def test_a_form_without_a_site_says_what_is_missing(desk: Desk) -> None:
    desk.does("/settings/form", website="", follow_up_policy="notice")

    assert "where your site is, or browsers won’t show" in desk.opens("/settings/form/1/site").all_text


def test_his_name_changes_without_a_password(practice: Practice, desk: Desk) -> None:
    page = desk.does("/settings/account", name="Con", email=OWNER_EMAIL)

    assert page.toast == "Saved."
    assert owner(practice).name == "Con"


def test_another_address_takes_the_password(practice: Practice, desk: Desk) -> None:
    page = refused(desk, "/settings/account", name="Connor", email="con@elm.example", password="not it")
    assert page.text(".error") == "That isn’t your password."
    assert page.attribute("#email", "value") == "con@elm.example"
    assert owner(practice).email == OWNER_EMAIL

    desk.does("/settings/account", name="Connor", email="Con@Elm.example", password=PASSWORD)
    assert owner(practice).email == "con@elm.example"


def test_an_address_that_is_somebody_elses_is_told(practice: Practice, desk: Desk) -> None:
    with practice.at_work():
        Account.create("june@springstreet.example", "June", PASSWORD, practice.now)

    page = refused(
        desk, "/settings/account", name="Connor", email="june@springstreet.example", password=PASSWORD
    )

    assert page.text(".error") == "Someone else here signs in with that address."


def test_a_new_password_takes_the_old_one_and_signs_other_browsers_out(
    practice: Practice, desk: Desk, client: FlaskClient
) -> None:
    other = practice.app.test_client()
    sign_in(practice, other)

    page = desk.does("/settings/account/password", current=PASSWORD, new="lantern gravel oboe")

    assert page.toast == "Your password is changed. Other browsers are signed out."
    assert other.get("/today").status_code == 303
    fresh = practice.app.test_client()
    old, new = (
        fresh.post("/sign-in", data={"email": OWNER_EMAIL, "password": each}).status_code
        for each in (PASSWORD, "lantern gravel oboe")
    )
    assert (old, new) == (422, 303)


@pytest.mark.parametrize(
    ("current", "new", "told"),
    [
        ("not it", "lantern gravel oboe", "That isn’t your password."),
        ("", "lantern gravel oboe", "The one you sign in with today."),
        (PASSWORD, "short", "Use at least twelve characters."),
        (PASSWORD, "springstreet2026", "That one is easy to guess."),
        (PASSWORD, PASSWORD, "That is the one you have."),
    ],
)
def test_a_password_that_cannot_be_is_told(
    practice: Practice, desk: Desk, current: str, new: str, told: str
) -> None:
    before = owner(practice).password_hash

    answer = desk.sends("/settings/account/password", current=current, new=new)

    assert answer.status_code == 422
    assert told in Page(answer.text).text(".error")
    assert "lantern" not in answer.text
    assert owner(practice).password_hash == before


def test_guessing_the_old_password_is_as_slow_as_at_the_door(desk: Desk) -> None:
    for number in range(10):
        desk.sends("/settings/account/password", current=f"guess {number}", new="lantern gravel oboe")

    page = refused(desk, "/settings/account/password", current=PASSWORD, new="lantern gravel oboe")

    assert page.text(".error") == "Too many tries. Wait 5 minutes, then try again."


def test_single_keys_are_switched_off_and_on(desk: Desk) -> None:
    off = desk.does("/settings/account/keys")
    on = desk.does("/settings/account/keys", single_keys="1")

    assert (off.toast, on.toast) == ("Single keys are off.", "Single keys are on.")
    assert off.attribute("body", "data-keys") == "off"
    assert on.attribute("body", "data-keys") == ""


def test_all_shortcuts_stand_on_a_page(desk: Desk) -> None:
    assert "hide the screen" in desk.opens("/settings/shortcuts").text("main .shortcut-list")

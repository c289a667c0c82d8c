"""Everybody must use a second step: who has none may still come in, to set one up and for nothing else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from crm.models import Account
from crm.rules.roles import Role
from tests.practice import PASSWORD, Practice
from tests.web.reading import read
from tests.web.soft_passkey import SoftPasskey
from tests.web.staff import NAMES, Staff
from tests.web.test_passkey_answers import registers
from tests.web.test_second_step import CODES, SETTINGS, app_for

OWED = f"{SETTINGS}/owed"
SWITCH = "/settings/accounts/second-step"


def signed_in(practice: Practice, role: Role = Role.ASSISTANT) -> FlaskClient:
    """Somebody with a password and nothing else, who has just signed in."""
    browser = practice.app.test_client()
    email = f"{NAMES[role].lower()}@springstreet.example"
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    return browser


@pytest.fixture
def demanded(practice: Practice, staff: Staff) -> FlaskClient:
    """The owner’s browser, in which the switch was put on; a minute has passed."""
    owner = staff.browser(Role.OWNER)
    assert owner.post(SWITCH, data={"second_step": "1"}).status_code == 303
    practice.advance(minutes=1)
    return owner


def test_who_has_no_second_step_is_led_to_set_one_up_wherever_they_go(
    practice: Practice, demanded: FlaskClient
) -> None:
    ada = signed_in(practice)

    answers = [ada.get(each) for each in ("/today", "/people", "/people/find?q=a", "/settings/account")]
    act = ada.post("/people", data={"name": "Mallory"})

    assert {(each.status_code, each.location) for each in [*answers, act]} == {(303, OWED)}
    assert ada.get(OWED).status_code == 200


def test_a_fragment_leads_there_too(practice: Practice, demanded: FlaskClient) -> None:
    answer = signed_in(practice).get("/today/news", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, OWED)


def test_the_pages_on_the_way_show_nothing_of_the_practice(practice: Practice, demanded: FlaskClient) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>", "I would like to talk.")
    ada = signed_in(practice)
    ada.post(SETTINGS)

    pages = [ada.get(each) for each in (OWED, SETTINGS, "/settings/account/passkeys/new")]
    practice.advance(minutes=15)
    asked_again = ada.get(SETTINGS)

    assert [each.status_code for each in [*pages, asked_again]] == [200, 200, 200, 403]
    assert all("/people" not in each.text and "/today" not in each.text for each in [*pages, asked_again])


def test_with_an_app_they_are_in(practice: Practice, demanded: FlaskClient) -> None:
    ada = signed_in(practice)
    ada.post(SETTINGS)
    app = app_for(ada.get(SETTINGS).text)

    shown = ada.post(f"{SETTINGS}/confirmation", data={"code": app.at(practice.now)})

    assert len(CODES.findall(shown.text)) == 10
    assert 'href="/today"' in shown.text
    assert ada.get("/today").status_code == 200


def test_with_a_passkey_they_are_in(practice: Practice, demanded: FlaskClient) -> None:
    ada = signed_in(practice)

    assert registers(ada, SoftPasskey()) == 200
    assert ada.get("/today").status_code == 200


def test_who_takes_theirs_away_owes_one_again(practice: Practice, demanded: FlaskClient) -> None:
    ada = signed_in(practice)
    registers(ada, SoftPasskey())
    passkey_id = re.findall(r"passkeys/(\d+)/removal", ada.get("/settings/account").text)[0]

    ada.post(f"/settings/account/passkeys/{passkey_id}/removal")

    assert ada.get("/today").location == OWED


def test_who_is_in_already_finishes_the_day(practice: Practice, staff: Staff) -> None:
    ada, owner = signed_in(practice), staff.browser(Role.OWNER)
    practice.advance(minutes=1)

    owner.post(SWITCH, data={"second_step": "1"})
    practice.advance(minutes=1)

    assert (ada.get("/today").status_code, owner.get("/today").status_code) == (200, 200)
    assert signed_in(practice).get("/today").location == OWED


def test_they_may_also_sign_out(practice: Practice, demanded: FlaskClient) -> None:
    ada = signed_in(practice)

    assert ada.post("/sign-out").location == "/sign-in"


def test_the_switch_can_be_put_off_and_says_who_has_none(practice: Practice, demanded: FlaskClient) -> None:
    on = read(demanded.get("/settings/accounts")).all_text
    demanded.post(SWITCH)
    off = read(demanded.get("/settings/accounts")).all_text

    assert "5 of them set one up when they next sign in" in on
    assert "5 people sign in with a password alone" in off
    assert signed_in(practice).get("/today").status_code == 200


def test_put_on_twice_it_holds_since_the_first_time(practice: Practice, demanded: FlaskClient) -> None:
    ada = signed_in(practice)
    practice.advance(minutes=1)

    demanded.post(SWITCH, data={"second_step": "1"})

    assert ada.get("/today").location == OWED


def test_it_asks_who_it_is(practice: Practice, staff: Staff) -> None:
    owner = staff.browser(Role.OWNER)
    practice.advance(minutes=15)

    assert owner.post(SWITCH, data={"second_step": "1"}).status_code == 403


def test_who_is_invited_sets_one_up_first(practice: Practice, demanded: FlaskClient) -> None:
    page = demanded.post(
        "/settings/accounts/invitations",
        data={"name": "Max", "email": "max@example.org", "role": "read_only"},
    )
    (link,) = re.findall(r"http://localhost(/join/[0-9a-f]{64})", page.text)
    guest = practice.app.test_client()

    guest.post(link, data={"name": "Max", "password": "four words of his"})

    assert guest.get("/today").location == OWED
    with practice.reading() as session:
        assert session.query(Account).filter_by(email="max@example.org").one().totp_confirmed_at is None

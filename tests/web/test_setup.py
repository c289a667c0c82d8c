"""The first visit: a one-time link makes the owner's account and opens the practice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.models import Account, SetupLink
from crm.models import Practice as PracticeRow
from tests.practice import Practice
from tests.web.reading import read

CONNOR = {
    "name": "Connor",
    "practice_name": "Spring Street Therapy",
    "email": "Connor@SpringStreet.example",
    "zone": "America/New_York",
    "password": "lantern gravel oboe",
}


@dataclass
class Newcomer:
    """Somebody with the printed link and a fresh browser."""

    practice: Practice
    browser: FlaskClient
    link: str

    def opens(self) -> TestResponse:
        return self.browser.get(self.link)

    def sends(self, **changed: str) -> TestResponse:
        return self.browser.post(self.link, data=CONNOR | changed)


@pytest.fixture
def newcomer(practice: Practice) -> Newcomer:
    practice.app.config["WTF_CSRF_ENABLED"] = False
    with practice.at_work() as session:
        session.delete(Account.owner())
        token = SetupLink.issue(practice.now)
    return Newcomer(practice, practice.app.test_client(), f"/setup/{token}")


def test_the_link_makes_the_account_and_leads_to_today(newcomer: Newcomer) -> None:
    answer = newcomer.sends()

    assert (answer.status_code, answer.location) == (303, "/today")
    assert newcomer.browser.get("/today").status_code == 200
    with newcomer.practice.reading():
        owner, practice = Account.owner(), PracticeRow.current()
        assert owner is not None
        assert (owner.name, owner.email) == ("Connor", "connor@springstreet.example")
        assert (practice.name, practice.signer) == ("Spring Street Therapy", "Connor")
        assert practice.zone_name == "America/New_York"


@pytest.mark.parametrize(
    ("practice_name", "sender"),
    [
        ("Spring Street Therapy", "Connor at Spring Street"),
        ("Oak & Elm Counseling", "Connor at Oak & Elm"),
        ("The Anxiety Clinic", "Connor"),
        ("Center for Anxiety and Trauma", "Connor at Center"),
        ("Therapy", "Connor"),
        ("Lighthouse", "Connor at Lighthouse"),
    ],
)
def test_the_sender_says_nothing_on_a_lock_screen(
    newcomer: Newcomer, practice_name: str, sender: str
) -> None:
    newcomer.sends(practice_name=practice_name)

    with newcomer.practice.reading():
        assert PracticeRow.current().sender_name == sender


def test_looking_at_the_link_uses_nothing_up(newcomer: Newcomer) -> None:
    statuses = [newcomer.opens().status_code for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert newcomer.sends().status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", " ", "What do people call you?"),
        ("practice_name", "", "What stands on your door?"),
        ("email", "connor@springstreet", "Is something missing after “springstreet”?"),
        ("email", "", "You need one to sign in."),
        ("password", "short", "Use at least twelve characters."),
        ("password", "", "Choose one you use nowhere else."),
        ("password", "springstreet123", "That one is easy to guess."),
        ("password", "x" * 1001, "A thousand characters are the most."),
        ("name", "x" * 101, "A hundred characters are the most."),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_kept(
    newcomer: Newcomer, field: str, typed: str, told: str
) -> None:
    answer = newcomer.sends(**{field: typed})

    page = read(answer)
    assert answer.status_code == 422
    assert told in page.text(".error")
    kept = {name: page.attribute(f"#{name}", "value") for name in ("name", "practice_name", "email")}
    assert kept == {name: CONNOR[name] for name in kept} | ({field: typed.strip()} if field in kept else {})
    assert page.text("option[selected]") == "New York (Eastern)"
    assert "lantern" not in answer.text
    with newcomer.practice.reading():
        assert Account.owner() is None


def test_a_zone_nobody_lives_in_is_refused(newcomer: Newcomer) -> None:
    assert newcomer.sends(zone="Mars/Olympus").status_code == 422


def test_a_link_used_twice_leads_to_sign_in(newcomer: Newcomer) -> None:
    newcomer.sends()
    other = newcomer.practice.app.test_client()

    looked, sent = other.get(newcomer.link), other.post(newcomer.link, data=CONNOR | {"name": "Mallory"})

    assert [looked.status_code, sent.status_code] == [303, 303]
    assert looked.location == "/sign-in"
    assert "That link has made its account." in other.get("/sign-in").text
    with newcomer.practice.reading():
        owner = Account.owner()
        assert owner is not None
        assert owner.name == "Connor"


def test_a_link_of_yesterday_says_where_a_new_one_comes_from(newcomer: Newcomer) -> None:
    newcomer.practice.advance(hours=25)

    looked, sent = newcomer.opens(), newcomer.sends()

    assert [looked.status_code, sent.status_code] == [404, 404]
    assert "setup-link" in looked.text


def test_a_newer_link_ends_the_older_one(newcomer: Newcomer) -> None:
    with newcomer.practice.at_work():
        SetupLink.issue(newcomer.practice.now)

    assert newcomer.opens().status_code == 404


@pytest.mark.parametrize("token", ["nope", "%00", "a" * 3000, "%F0%9F%8C%8A"])
def test_a_made_up_link_is_not_found(newcomer: Newcomer, token: str) -> None:
    assert newcomer.browser.get(f"/setup/{token}").status_code == 404

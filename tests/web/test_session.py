"""Signing in and out: slow to guess, the same for everybody who is wrong, and over when it is over."""

from __future__ import annotations

import statistics
from itertools import product
from time import process_time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.models import Account
from crm.web.access import COOKIE
from tests.practice import OWNER_EMAIL, PASSWORD, Practice
from tests.web.door import hidden
from tests.web.reading import read

WRONG = "That email and password don’t go together."


@pytest.fixture
def door(practice: Practice) -> FlaskClient:
    """A browser that keeps cookies, in which nobody is signed in."""
    practice.app.config["WTF_CSRF_ENABLED"] = False
    return practice.app.test_client()


def signs_in(
    door: FlaskClient, password: str = PASSWORD, email: str = OWNER_EMAIL, **more: str
) -> TestResponse:
    return door.post("/sign-in", data={"email": email, "password": password, **more})


def is_in(door: FlaskClient) -> bool:
    return door.get("/today").status_code == 200


def test_the_right_pair_opens_today(door: FlaskClient) -> None:
    answer = signs_in(door)

    assert (answer.status_code, answer.location) == (303, "/today")
    assert is_in(door)


def test_capitals_and_blanks_around_the_address_do_not_matter(door: FlaskClient) -> None:
    assert signs_in(door, email=f"  {OWNER_EMAIL.upper()} ").status_code == 303


def test_after_signing_in_he_is_where_he_was_going(door: FlaskClient) -> None:
    asked = door.get("/people?view=list&q=maya")
    target = hidden(door.get(asked.location).text, "next").replace("&amp;", "&")

    answer = signs_in(door, next=target)

    assert asked.status_code == 303
    assert answer.location == "/people?view=list&q=maya"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%2f%2fevil.example/../..//",
        "javascript:alert(1)",
        "/today\r\nSet-Cookie: a=b",
        "/nowhere",
        "/sign-out",
        "",
        "\x00",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(door: FlaskClient, target: str) -> None:
    assert signs_in(door, next=target).location == "/today"


def test_a_wrong_pair_keeps_the_address_and_says_so(door: FlaskClient) -> None:
    page = read(signs_in(door, password="not it"))

    assert page.text("[role]") == WRONG
    assert page.attribute("#email", "value") == OWNER_EMAIL
    assert page.attribute("#password", "value") == ""
    assert not is_in(door)


def test_every_wrong_pair_gets_the_same_page_and_status(door: FlaskClient) -> None:
    emails = [OWNER_EMAIL, "nobody@example.org", "", "\x00", "x" * 10_000]
    passwords = ["not it", "", "\x00", "ü" * 5_000]
    answers = [
        door.post(
            "/sign-in",
            data={"email": email, "password": password},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
        for number, (email, password) in enumerate(product(emails, passwords))
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert {read(answer).text("[role]") for answer in answers} == {WRONG}


def test_a_wrong_address_takes_as_long_as_a_wrong_password(door: FlaskClient) -> None:
    def seconds(email: str) -> float:
        """Of the processor: other tests take its time, and hashing takes nothing else."""
        started = process_time()
        signs_in(door, password="not it", email=email)
        return process_time() - started

    signs_in(door, password="not it", email="warm@example.org")
    known = statistics.median(seconds(OWNER_EMAIL) for _ in range(3))
    unknown = statistics.median(seconds("nobody@example.org") for _ in range(3))

    assert abs(known - unknown) < 0.06


def test_ten_wrong_guesses_are_slowed_down_also_for_the_right_one(door: FlaskClient) -> None:
    answers = [signs_in(door, password=f"guess {n}").status_code for n in range(11)]

    assert answers == [422] * 10 + [429]
    assert signs_in(door).status_code == 429


def test_after_five_minutes_guessing_is_forgiven(practice: Practice, door: FlaskClient) -> None:
    for number in range(11):
        signs_in(door, password=f"guess {number}")
    practice.advance(minutes=6)

    assert signs_in(door).status_code == 303


def test_claiming_to_come_from_elsewhere_does_not_help(door: FlaskClient) -> None:
    answers = [
        door.post(
            "/sign-in",
            data={"email": f"guess{n}@example.org", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}"},
        ).status_code
        for n in range(11)
    ]

    assert answers[-1] == 429


def test_guessing_from_many_places_does_not_help_either(door: FlaskClient) -> None:
    answers = [
        door.post(
            "/sign-in",
            data={"email": OWNER_EMAIL, "password": "x"},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"},
        ).status_code
        for n in range(11)
    ]

    assert answers[-1] == 429


def test_guessing_locks_nobody_out_who_is_in(practice: Practice, door: FlaskClient) -> None:
    signs_in(door)
    stranger = practice.app.test_client()
    for number in range(12):
        signs_in(stranger, password=f"guess {number}")

    assert is_in(door)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(practice: Practice, door: FlaskClient) -> None:
    signs_in(door)
    stolen = door.get_cookie(COOKIE)
    assert stolen is not None

    door.post("/sign-out")
    thief = practice.app.test_client()
    thief.set_cookie(COOKIE, stolen.value)

    assert not is_in(door)
    assert not is_in(thief)


def test_every_sign_in_has_a_cookie_of_its_own(door: FlaskClient) -> None:
    cookies = set()
    for _ in range(2):
        signs_in(door)
        cookie = door.get_cookie(COOKIE)
        cookies.add(cookie.value if cookie else "")

    assert len(cookies) == 2


def test_a_browser_left_alone_for_half_an_hour_is_signed_out(practice: Practice, door: FlaskClient) -> None:
    signs_in(door)
    practice.advance(minutes=29)
    assert is_in(door)
    practice.advance(minutes=29)
    assert is_in(door)
    practice.advance(minutes=31)
    assert not is_in(door)


def test_after_twelve_hours_he_signs_in_anew(practice: Practice, door: FlaskClient) -> None:
    signs_in(door)
    for _ in range(36):
        practice.advance(minutes=20)
        door.get("/settings/shortcuts")

    assert not is_in(door)


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(door: FlaskClient) -> None:
    (cookie,) = [line for line in signs_in(door).headers.getlist("Set-Cookie") if line.startswith(COOKIE)]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_before_there_is_an_account_the_page_says_how_to_get_one(
    practice: Practice, door: FlaskClient
) -> None:
    with practice.at_work() as session:
        owner = Account.owner()
        session.delete(owner)

    page = read(door.get("/sign-in"))

    assert "The program printed a link when it started" in page.all_text
    assert page.buttons("form") == []


def test_signed_out_in_the_middle_of_an_act_leads_to_sign_in(door: FlaskClient) -> None:
    answer = door.post("/people/1/notes", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_signed_out_under_a_refresh_he_comes_back_to_the_page_and_not_to_a_piece_of_it(
    door: FlaskClient,
) -> None:
    page = "http://localhost/today?person=7"

    answer = door.get("/today/waiting", headers={"HX-Request": "true", "HX-Current-URL": page})

    assert answer.headers["HX-Redirect"] == "/sign-in?next=/today?person%3D7"

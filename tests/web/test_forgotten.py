"""“Forgot it?”: a link by mail, once, for an hour, and nobody learns who signs in here."""

from __future__ import annotations

import re
from argparse import Namespace
from functools import partial
from time import perf_counter

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.cli import accounts
from crm.models import Account, Message, PasswordReset
from crm.web.access import COOKIE
from tests.at_once import at_once
from tests.practice import OWNER_EMAIL, PASSWORD, Practice

FORGOTTEN = "/sign-in/forgotten"
LINK = re.compile(r"http://localhost(/sign-in/new-password/[0-9a-f]{64})")
NEW = {"password": "a quite different one"}


@pytest.fixture
def door(practice: Practice) -> FlaskClient:
    practice.app.config["WTF_CSRF_ENABLED"] = False
    return practice.app.test_client()


def asks(door: FlaskClient, email: str = OWNER_EMAIL, place: str = "198.51.100.7") -> int:
    answer = door.post(FORGOTTEN, data={"email": email}, environ_overrides={"REMOTE_ADDR": place})
    return answer.status_code


def link_to(practice: Practice, email: str = OWNER_EMAIL) -> str:
    """The one in the newest mail."""
    practice.work()
    return str(LINK.findall(practice.outbox.to(email)[-1].text)[0])


def signs_in(door: FlaskClient, password: str) -> int:
    return door.post("/sign-in", data={"email": OWNER_EMAIL, "password": password}).status_code


def test_a_link_comes_by_mail_and_changes_the_password(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    link = link_to(practice)

    answer = door.post(link, data=NEW)

    assert answer.location == "/sign-in"
    assert signs_in(door, PASSWORD) == 422
    assert signs_in(door, NEW["password"]) == 303


def test_known_and_unknown_addresses_get_the_same_page(practice: Practice, door: FlaskClient) -> None:
    def page(email: str) -> tuple[int, str]:
        answer = door.post(FORGOTTEN, data={"email": email})
        return answer.status_code, answer.text.replace(email, "…")

    assert page(OWNER_EMAIL) == page("nobody@springstreet.example")
    practice.work()
    assert practice.outbox.to("nobody@springstreet.example") == []


def test_known_and_unknown_addresses_take_the_same_time(practice: Practice, door: FlaskClient) -> None:
    def seconds(email: str, number: int) -> float:
        started = perf_counter()
        asks(door, email, f"198.51.100.{number}")
        return perf_counter() - started

    asks(door, "warm@example.org")
    known, unknown = [], []
    for number in range(5):
        practice.advance(hours=1)
        known.append(seconds(OWNER_EMAIL, number))
        unknown.append(seconds(f"nobody{number}@example.org", number))

    assert abs(min(known) - min(unknown)) < 0.06


def test_a_link_works_once(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    link = link_to(practice)
    door.post(link, data=NEW)

    assert door.get(link).status_code == 404
    assert door.post(link, data={"password": "and yet another one"}).status_code == 404
    assert signs_in(door, NEW["password"]) == 303


def test_of_five_who_use_one_link_at_once_one_chooses_the_password(
    practice: Practice, door: FlaskClient
) -> None:
    asks(door)
    link = link_to(practice)
    browsers = [practice.app.test_client() for _ in range(5)]

    chosen = [{"password": f"the words of number {number}"} for number in range(5)]

    answers = at_once(
        *(partial(each.post, link, data=words) for each, words in zip(browsers, chosen, strict=True))
    )

    assert sorted(each.status_code for each in answers) == [303, 404, 404, 404, 404]


def test_a_link_is_good_for_an_hour(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    link = link_to(practice)
    practice.advance(minutes=59)
    early = door.get(link).status_code
    practice.advance(minutes=2)

    assert (early, door.get(link).status_code) == (200, 404)


def test_the_newest_link_ends_the_one_before(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    first = link_to(practice)
    asks(door)
    second = link_to(practice)

    assert (door.get(first).status_code, door.get(second).status_code) == (404, 200)


def test_looking_at_the_link_uses_nothing_up(practice: Practice, door: FlaskClient) -> None:
    """Mail scanners follow links."""
    asks(door)
    link = link_to(practice)
    for method in ("GET", "HEAD", "GET"):
        door.open(link, method=method)

    assert door.post(link, data=NEW).status_code == 303


def test_a_new_password_ends_every_sign_in(
    practice: Practice, client: FlaskClient, door: FlaskClient
) -> None:
    asks(door)
    door.post(link_to(practice), data=NEW)

    assert client.get("/today").status_code == 303


def test_a_new_password_does_not_stand_in_for_the_second_step(practice: Practice, door: FlaskClient) -> None:
    with practice.at_work() as session:
        owner = session.get_one(Account, 1)
        owner.totp_secret, owner.totp_confirmed_at = pyotp.random_base32(), practice.now
    asks(door)
    door.post(link_to(practice), data=NEW)

    answer = door.post("/sign-in", data={"email": OWNER_EMAIL, **NEW})

    assert answer.location == "/sign-in/second-step"
    assert door.get_cookie(COOKIE) is None


def test_nobody_fills_somebodys_mailbox(practice: Practice, door: FlaskClient) -> None:
    answers = [asks(door, place=f"198.51.100.{n}") for n in range(5)]
    practice.work()

    assert answers == [200, 200, 200, 429, 429]
    assert len(practice.outbox.to(OWNER_EMAIL)) == 3


def test_from_one_place_few_addresses_are_asked_about(door: FlaskClient) -> None:
    answers = [asks(door, f"nobody{n}@example.org") for n in range(11)]

    assert answers == [200] * 10 + [429]


def test_a_deactivated_account_gets_no_link(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    link = link_to(practice)
    with practice.at_work() as session:
        session.get_one(Account, 1).deactivated_at = practice.now
    asks(door)
    practice.work()

    assert len(practice.outbox.to(OWNER_EMAIL)) == 1
    assert door.get(link).status_code == 404


def test_of_the_link_nothing_is_kept_that_opens_it(practice: Practice, door: FlaskClient) -> None:
    asks(door)
    token = link_to(practice).rpartition("/")[2]

    with practice.reading() as session:
        rows = [*session.scalars(sa.select(Message)), *session.scalars(sa.select(PasswordReset))]
        kept = " ".join(str(value) for row in rows for value in vars(row).values())

    assert token not in kept


def test_while_strangers_guess_the_link_is_still_a_way_in(practice: Practice, door: FlaskClient) -> None:
    stranger = practice.app.test_client()
    for number in range(12):
        stranger.post(
            "/sign-in",
            data={"email": OWNER_EMAIL, "password": f"guess {number}"},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
    before = signs_in(door, PASSWORD)
    asks(door)
    door.post(link_to(practice), data=NEW)

    assert (before, signs_in(door, NEW["password"])) == (429, 303)


def test_the_operator_makes_a_link_where_mail_does_not_work(
    practice: Practice, door: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with practice.app.app_context():
        assert accounts.reset_link(practice.app, Namespace(email=OWNER_EMAIL)) == 0
        (link,) = LINK.findall(capsys.readouterr().out)
        assert accounts.reset_link(practice.app, Namespace(email="nobody@example.org")) == 2
        assert "Nobody signs in as" in capsys.readouterr().err

    assert door.post(link, data=NEW).status_code == 303
    assert practice.outbox.to(OWNER_EMAIL) == []

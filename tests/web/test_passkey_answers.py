"""Answers of passkeys that are not what they should be: each in one point only, and each refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Account, Challenge, Passkey
from tests.at_once import at_once
from tests.practice import PASSWORD, Practice
from tests.web.soft_passkey import PRESENT, VERIFIED, SoftPasskey

REGISTER, PROVE = "/settings/account/passkeys", "/sign-in/passkey"
Change = Callable[[SoftPasskey], object]


def asked(browser: FlaskClient, path: str) -> dict[str, object]:
    """What the browser is told to ask for."""
    options: dict[str, object] = json.loads(browser.post(f"{path}/options").data)
    return options


def registers(client: FlaskClient, passkey: SoftPasskey) -> int:
    answer = passkey.made(asked(client, REGISTER))
    return client.post(REGISTER, data={"name": "Laptop", "credential": answer}).status_code


def enters(door: FlaskClient, passkey: SoftPasskey) -> bool:
    answer = passkey.proves(asked(door, PROVE))
    door.post(PROVE, data={"credential": answer})
    return door.get("/today").status_code == 200


@pytest.fixture
def passkey(client: FlaskClient) -> SoftPasskey:
    """One of Connor's."""
    kept = SoftPasskey()
    assert registers(client, kept) == 200
    return kept


@pytest.fixture
def door(practice: Practice) -> FlaskClient:
    return practice.app.test_client()


WRONG: dict[str, Change] = {
    "made for another site": lambda one: setattr(one, "origin", "http://evil.example"),
    "made for another port": lambda one: setattr(one, "origin", "http://localhost:8000"),
    "made for another name": lambda one: setattr(one, "rp_id", "evil.example"),
    "not asked who uses it": lambda one: setattr(one, "flags", PRESENT),
    "nobody was there": lambda one: setattr(one, "flags", VERIFIED),
}


def test_a_passkey_that_is_what_it_should_be_opens(passkey: SoftPasskey, door: FlaskClient) -> None:
    assert enters(door, passkey)


@pytest.mark.parametrize("what", WRONG)
def test_a_passkey_is_not_kept_that_was(practice: Practice, client: FlaskClient, what: str) -> None:
    passkey = SoftPasskey()
    WRONG[what](passkey)

    assert registers(client, passkey) == 422
    with practice.reading() as session:
        assert session.scalars(sa.select(Passkey)).all() == []


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_does_not_open_that_was(passkey: SoftPasskey, door: FlaskClient, what: str) -> None:
    WRONG[what](passkey)

    assert not enters(door, passkey)


def test_another_key_under_the_same_name_does_not_open(passkey: SoftPasskey, door: FlaskClient) -> None:
    assert not enters(door, SoftPasskey(id=passkey.id, handle=passkey.handle))


def test_a_passkey_nobody_has_does_not_open(passkey: SoftPasskey, door: FlaskClient) -> None:
    assert not enters(door, SoftPasskey(handle=passkey.handle))


@pytest.mark.parametrize("handle", ["", "AAAA"])
def test_an_answer_names_whose_it_is(passkey: SoftPasskey, door: FlaskClient, handle: str) -> None:
    passkey.handle = handle

    assert not enters(door, passkey)


def test_a_challenge_of_another_browser_is_none(
    practice: Practice, passkey: SoftPasskey, door: FlaskClient
) -> None:
    options = asked(practice.app.test_client(), PROVE)
    asked(door, PROVE)

    door.post(PROVE, data={"credential": passkey.proves(options)})

    assert door.get("/today").status_code == 303


def test_a_challenge_for_making_one_is_none_for_signing_in(client: FlaskClient, passkey: SoftPasskey) -> None:
    options = asked(client, REGISTER)

    client.post("/sign-out")
    client.post(PROVE, data={"credential": passkey.proves(options)})

    assert client.get("/today").status_code == 303


def test_a_challenge_is_good_for_five_minutes(
    practice: Practice, passkey: SoftPasskey, door: FlaskClient
) -> None:
    options = asked(door, PROVE)
    practice.at(practice.now + timedelta(minutes=5))

    door.post(PROVE, data={"credential": passkey.proves(options)})

    assert door.get("/today").status_code == 303


def test_a_challenge_is_used_up_by_a_wrong_answer_too(passkey: SoftPasskey, door: FlaskClient) -> None:
    options = asked(door, PROVE)
    door.post(PROVE, data={"credential": SoftPasskey(id=passkey.id, handle=passkey.handle).proves(options)})
    door.post(PROVE, data={"credential": passkey.proves(options)})

    assert door.get("/today").status_code == 303


def test_of_one_answer_sent_by_four_at_once_one_gets_in(practice: Practice, passkey: SoftPasskey) -> None:
    first = practice.app.test_client()
    passkey.count = 7
    answer = passkey.proves(asked(first, PROVE))
    cookie = first.get_cookie("crm_page")
    assert cookie is not None

    def send() -> str:
        browser = practice.app.test_client()
        browser.set_cookie("crm_page", cookie.value)
        return str(browser.post(PROVE, data={"credential": answer}).location)

    assert sorted(at_once(*[send] * 4)) == ["/sign-in"] * 3 + ["/today"]


def test_a_counter_never_goes_back(passkey: SoftPasskey, practice: Practice) -> None:
    passkey.count = 5
    first = enters(practice.app.test_client(), passkey)
    again = enters(practice.app.test_client(), passkey)
    passkey.count = 6

    assert (first, again, enters(practice.app.test_client(), passkey)) == (True, False, True)


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "null", "{}", '{"id": 1}', '{"id": "x", "response": {}}', "\x00", "{" * 5000,
     "x" * 30_000,
     '{"id": "x", "rawId": "x", "type": "public-key", "response": {"userHandle": "x"}}'],
)  # fmt: skip
def test_made_up_answers_are_refused_and_break_nothing(
    client: FlaskClient, door: FlaskClient, answer: str
) -> None:
    asked(door, PROVE)
    asked(client, REGISTER)

    assert door.post(PROVE, data={"credential": answer}).location == "/sign-in"
    assert client.post(REGISTER, data={"name": "x", "credential": answer}).status_code == 422


def test_somebody_elses_passkey_is_no_answer_to_the_question_who_it_is(
    practice: Practice, client: FlaskClient, passkey: SoftPasskey
) -> None:
    with practice.at_work() as session:
        other = Account(email="june@example.org", name="June", password_hash="x", created_at=practice.now)
        other.handle = "AAAAAAAA"
        session.add(other)
        session.flush()
        session.execute(sa.update(Passkey).values(account_id=other.id))
    passkey.handle = "AAAAAAAA"
    practice.advance(minutes=15)

    answer = client.post("/again", data={"again_passkey": passkey.proves(asked(client, PROVE))})

    assert answer.status_code == 422


def test_what_is_asked_says_nothing_of_anybody(passkey: SoftPasskey, door: FlaskClient) -> None:
    options = asked(door, PROVE)

    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"


def test_challenges_are_few_for_one_place_and_forgotten(practice: Practice, door: FlaskClient) -> None:
    practice.app.config["WTF_CSRF_ENABLED"] = False
    statuses = [door.post(f"{PROVE}/options").status_code for _ in range(61)]
    practice.at(practice.now + timedelta(minutes=6))
    later = door.post(f"{PROVE}/options").status_code

    assert statuses == [200] * 60 + [429]
    assert later == 200
    with practice.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Challenge.id))) == 1


def test_another_persons_passkey_is_not_there_to_rename_or_remove(
    practice: Practice, client: FlaskClient, passkey: SoftPasskey
) -> None:
    with practice.at_work() as session:
        other = Account(email="june@example.org", name="June", password_hash="x", created_at=practice.now)
        session.add(other)
        session.flush()
        session.execute(sa.update(Passkey).values(account_id=other.id))

    assert client.post(f"{REGISTER}/1/name", data={"name": "Mine"}).status_code == 404
    assert client.post(f"{REGISTER}/1/removal").status_code == 404


def test_with_the_last_passkey_the_codes_go_and_the_password_is_enough(
    practice: Practice, client: FlaskClient, passkey: SoftPasskey, door: FlaskClient
) -> None:
    pair = {"email": "connor@springstreet.example", "password": PASSWORD}
    before = door.post("/sign-in", data=pair).location
    client.post(f"{REGISTER}/1/removal")

    assert before == "/sign-in/second-step"
    assert door.post("/sign-in", data=pair).location == "/today"

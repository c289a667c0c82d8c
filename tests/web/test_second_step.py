"""The second step: a code of an app or one of ten, each good once; set up, replaced and removed with care."""

from __future__ import annotations

import re
from functools import partial

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.models import Account, RecoveryCode
from tests.at_once import at_once
from tests.practice import OWNER_EMAIL, PASSWORD, Practice

SETTINGS = "/settings/account/second-step"
STEP = "/sign-in/second-step"
CODES = re.compile(r"<code>([a-z0-9-]{29})</code>")
KEY = re.compile(r'<code class="wrap">([A-Z2-7 ]+)</code>')


class Phone:
    """Connor's authenticator app, and the ten codes he keeps."""

    def __init__(self, practice: Practice, client: FlaskClient) -> None:
        self.practice = practice
        client.post(SETTINGS)
        self.page = client.get(SETTINGS).text
        self._app = app_for(self.page)
        self.codes = CODES.findall(client.post(f"{SETTINGS}/confirmation", data={"code": self.code}).text)
        practice.advance(seconds=30)

    @property
    def code(self) -> str:
        return self._app.at(self.practice.now)


def app_for(page: str) -> pyotp.TOTP:
    """The app after the key was typed into it."""
    (key,) = KEY.findall(page)
    return pyotp.TOTP(key.replace(" ", ""))


@pytest.fixture
def phone(practice: Practice, client: FlaskClient) -> Phone:
    return Phone(practice, client)


@pytest.fixture
def door(practice: Practice) -> FlaskClient:
    return practice.app.test_client()


def knows_the_password(door: FlaskClient, **more: str) -> TestResponse:
    return door.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD, **more})


def is_in(door: FlaskClient) -> bool:
    return door.get("/today").status_code == 200


def test_an_app_counts_once_it_has_shown_a_code(practice: Practice, client: FlaskClient) -> None:
    client.post(SETTINGS)
    wrong = client.post(f"{SETTINGS}/confirmation", data={"code": "000000"})
    door = practice.app.test_client()
    knows_the_password(door)

    assert wrong.status_code == 422
    assert is_in(door)


def test_the_picture_is_drawn_in_the_page_and_says_nothing_our_policy_forbids(phone: Phone) -> None:
    (picture,) = re.findall(r"<svg[^>]*viewBox.*?</svg>", phone.page.partition('class="qr"')[2], re.DOTALL)[
        :1
    ]

    assert "style=" not in picture
    assert "<script" not in picture


def test_with_an_app_the_password_alone_opens_nothing(phone: Phone, door: FlaskClient) -> None:
    answer = knows_the_password(door)

    assert (answer.status_code, answer.location) == (303, STEP)
    assert not is_in(door)


def test_the_code_opens_and_leads_where_they_were_going(phone: Phone, door: FlaskClient) -> None:
    asked = knows_the_password(door, next="/people?view=list")

    answer = door.post(STEP, data={"code": phone.code, "next": "/people?view=list"})

    assert asked.location == f"{STEP}?next=/people?view%3Dlist"
    assert answer.location == "/people?view=list"
    assert is_in(door)


def test_a_code_is_taken_once(practice: Practice, phone: Phone, door: FlaskClient) -> None:
    code = phone.code
    knows_the_password(door)
    first = door.post(STEP, data={"code": code}).status_code
    thief = practice.app.test_client()
    knows_the_password(thief)

    assert first == 303
    assert thief.post(STEP, data={"code": code}).status_code == 422
    assert not is_in(thief)


def test_the_code_that_turned_it_on_is_used_up(practice: Practice, client: FlaskClient) -> None:
    client.post(SETTINGS)
    app = app_for(client.get(SETTINGS).text)
    code = app.at(practice.now)
    client.post(f"{SETTINGS}/confirmation", data={"code": code})
    door = practice.app.test_client()
    knows_the_password(door)

    assert door.post(STEP, data={"code": code}).status_code == 422


def test_an_earlier_code_than_the_last_one_is_not_taken(
    practice: Practice, phone: Phone, door: FlaskClient
) -> None:
    early = phone.code
    practice.advance(seconds=30)
    knows_the_password(door)
    door.post(STEP, data={"code": phone.code})
    thief = practice.app.test_client()
    knows_the_password(thief)

    assert thief.post(STEP, data={"code": early}).status_code == 422


def test_a_clock_may_be_half_a_minute_off_and_no_more(
    practice: Practice, phone: Phone, door: FlaskClient
) -> None:
    code = phone.code
    practice.advance(seconds=61)
    knows_the_password(door)

    assert door.post(STEP, data={"code": code}).status_code == 422

    code = phone.code
    practice.advance(seconds=30)

    assert door.post(STEP, data={"code": code}).status_code == 303


def test_of_two_who_type_one_code_at_once_one_gets_in(practice: Practice, phone: Phone) -> None:
    browsers = [practice.app.test_client() for _ in range(4)]
    for each in browsers:
        knows_the_password(each)
    code = phone.code

    answers = at_once(*(partial(each.post, STEP, data={"code": code}) for each in browsers))

    assert sorted(each.status_code for each in answers) == [303, 422, 422, 422]


def test_each_of_the_ten_codes_opens_once(practice: Practice, phone: Phone, door: FlaskClient) -> None:
    knows_the_password(door)
    first = door.post(STEP, data={"code": f"  {phone.codes[3].upper()} "})
    later = practice.app.test_client()
    knows_the_password(later)

    assert len(set(phone.codes)) == 10
    assert first.status_code == 303
    assert "9 codes are left" in door.get("/today").text
    assert later.post(STEP, data={"code": phone.codes[3]}).status_code == 422
    assert later.post(STEP, data={"code": phone.codes[4]}).status_code == 303


def test_of_the_codes_only_hashes_are_kept(practice: Practice, phone: Phone) -> None:
    with practice.reading() as session:
        kept = session.scalars(sa.select(RecoveryCode.code_hash)).all()

    assert all(len(each) == 64 for each in kept)
    assert not {code.replace("-", "") for code in phone.codes} & set(kept)


def test_new_codes_make_the_old_ones_worthless(
    practice: Practice, client: FlaskClient, phone: Phone, door: FlaskClient
) -> None:
    new = CODES.findall(client.post(f"{SETTINGS}/codes").text)
    knows_the_password(door)

    assert door.post(STEP, data={"code": phone.codes[0]}).status_code == 422
    assert door.post(STEP, data={"code": new[0]}).status_code == 303


def test_guessing_codes_is_slow_and_only_so_many_a_day(practice: Practice, phone: Phone) -> None:
    door = practice.app.test_client()
    knows_the_password(door)

    first = [door.post(STEP, data={"code": f"{n:06}"}).status_code for n in range(11)]
    later = []
    for _ in range(3):
        practice.advance(minutes=6)
        knows_the_password(door)
        later += [door.post(STEP, data={"code": f"{n:06}"}) for n in range(11)]

    assert first == [422] * 10 + [429]
    assert {each.status_code for each in later[-11:]} == {429}
    assert int(later[-1].headers["Retry-After"]) > 3600


def test_guessing_codes_elsewhere_does_not_slow_down_a_browser_that_is_known(
    practice: Practice, phone: Phone, door: FlaskClient
) -> None:
    knows_the_password(door)
    door.post(STEP, data={"code": phone.code})
    door.post("/sign-out")
    practice.advance(seconds=30)
    stranger = practice.app.test_client()
    knows_the_password(stranger)
    for number in range(12):
        stranger.post(STEP, data={"code": f"{number:06}"})

    knows_the_password(door)

    assert stranger.post(STEP, data={"code": phone.code}).status_code == 429
    assert door.post(STEP, data={"code": phone.code}).status_code == 303


def test_half_a_sign_in_is_good_for_ten_minutes(practice: Practice, phone: Phone, door: FlaskClient) -> None:
    knows_the_password(door)
    practice.advance(minutes=11)

    answer = door.post(STEP, data={"code": phone.code})

    assert answer.location == "/sign-in"
    assert not is_in(door)


def test_without_the_password_there_is_no_second_step(phone: Phone, door: FlaskClient) -> None:
    assert door.get(STEP).location == "/sign-in"
    assert door.post(STEP, data={"code": phone.code}).location == "/sign-in"


def test_removing_the_app_asks_who_it_is_and_ends_the_second_step(
    practice: Practice, client: FlaskClient, phone: Phone, door: FlaskClient
) -> None:
    practice.advance(minutes=11)
    asked = client.post(f"{SETTINGS}/removal").status_code
    client.post(f"{SETTINGS}/removal", data={"again_password": PASSWORD})
    knows_the_password(door)

    assert asked == 403
    assert is_in(door)
    with practice.reading() as session:
        owner = session.scalars(sa.select(Account)).one()
        assert owner.totp_secret is None
        assert session.scalars(sa.select(RecoveryCode)).all() == []

"""Where somebody is signed in: seen, ended one by one or all at once, and nobody else's business."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Account, SignIn
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.at_once import at_once
from tests.practice import OWNER_EMAIL, PASSWORD, Practice
from tests.web.reading import read

ACCOUNT = "/settings/account"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


def signs_in(practice: Practice, user_agent: str = FIREFOX, **more: str) -> FlaskClient:
    browser = practice.app.test_client()
    browser.post(
        "/sign-in",
        data={"email": OWNER_EMAIL, "password": PASSWORD, **more},
        headers={"User-Agent": user_agent},
    )
    return browser


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/today").status_code == 200


def ids(practice: Practice) -> list[int]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(SignIn.id).order_by(SignIn.id)))


def test_each_browser_is_listed_by_words_its_owner_knows(practice: Practice, client: FlaskClient) -> None:
    signs_in(practice)
    signs_in(practice, PHONE)

    page = client.get(ACCOUNT).text

    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "This browser" in page


def test_of_a_browser_nothing_is_kept_but_these_words(practice: Practice, client: FlaskClient) -> None:
    signs_in(practice, f"{FIREFOX} planted-mark")

    with practice.reading() as session:
        rows = session.scalars(sa.select(SignIn)).all()
        kept = " ".join(str(value) for row in rows for value in vars(row).values())

    assert "planted-mark" not in kept
    assert "127.0.0.1" not in kept


def test_one_browser_is_signed_out(practice: Practice, client: FlaskClient) -> None:
    stolen, phone = signs_in(practice), signs_in(practice, PHONE)

    client.post(f"{ACCOUNT}/browsers/{ids(practice)[1]}/end")

    assert (is_in(stolen), is_in(phone), is_in(client)) == (False, True, True)


def test_all_others_are_signed_out(practice: Practice, client: FlaskClient) -> None:
    stolen, phone = signs_in(practice), signs_in(practice, PHONE)

    client.post(f"{ACCOUNT}/browsers/others/end")

    assert (is_in(stolen), is_in(phone), is_in(client)) == (False, False, True)


def test_somebody_elses_browser_is_not_there(practice: Practice, client: FlaskClient) -> None:
    with practice.at_work() as session:
        june = Account(email="june@example.org", name="June", password_hash="x", created_at=practice.now)
        june.role = Role.ASSISTANT
        session.add(june)
        session.flush()
        SignIn.start(june, practice.now)

    answer = client.post(f"{ACCOUNT}/browsers/{ids(practice)[-1]}/end")

    assert answer.status_code == 404
    with practice.reading() as session:
        assert session.get_one(SignIn, ids(practice)[-1]).ended_at is None


def test_ending_a_browser_asks_who_it_is(practice: Practice, client: FlaskClient) -> None:
    practice.advance(minutes=15)

    assert client.post(f"{ACCOUNT}/browsers/others/end").status_code == 403


def test_signing_in_again_ends_the_sign_in_this_browser_had(practice: Practice) -> None:
    browser = signs_in(practice)
    before = browser.get_cookie(COOKIE)
    assert before is not None
    browser.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD})
    thief = practice.app.test_client()
    thief.set_cookie(COOKIE, before.value)

    assert is_in(browser)
    assert not is_in(thief)


def test_a_cookie_that_was_there_before_is_never_taken_over(practice: Practice) -> None:
    browser = practice.app.test_client()
    browser.set_cookie(COOKIE, "planted-by-somebody-else")
    browser.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD})

    after = browser.get_cookie(COOKIE)

    assert after is not None
    assert after.value != "planted-by-somebody-else"
    assert is_in(browser)


def test_a_new_password_gives_this_browser_a_new_cookie_and_ends_the_others(
    practice: Practice, client: FlaskClient
) -> None:
    other, before = signs_in(practice), client.get_cookie(COOKIE)
    assert before is not None

    client.post(f"{ACCOUNT}/password", data={"current": PASSWORD, "new": "words of another kind"})
    thief = practice.app.test_client()
    thief.set_cookie(COOKIE, before.value)

    assert (is_in(client), is_in(other), is_in(thief)) == (True, False, False)


def test_guessing_at_the_own_password_is_slow_and_leaves_the_door_alone(
    practice: Practice, client: FlaskClient
) -> None:
    guesses = [
        client.post(f"{ACCOUNT}/password", data={"current": f"guess {n}", "new": "words of another kind"})
        for n in range(11)
    ]

    assert read(guesses[-1]).text("#current-error").startswith("Too many tries.")
    assert is_in(signs_in(practice))


def test_a_stranger_who_guesses_locks_out_no_browser_that_was_here_before(practice: Practice) -> None:
    known, stranger = signs_in(practice), practice.app.test_client()
    known.post("/sign-out")
    for number in range(30):
        stranger.post(
            "/sign-in",
            data={"email": OWNER_EMAIL, "password": f"guess {number}"},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
    pair = {"email": OWNER_EMAIL, "password": PASSWORD}

    new = practice.app.test_client().post("/sign-in", data=pair)
    here = known.post("/sign-in", data=pair)

    assert (new.status_code, here.status_code) == (429, 303)
    assert 0 < int(new.headers["Retry-After"]) <= 300


def test_nor_does_one_who_guesses_from_the_same_place(practice: Practice) -> None:
    known, stranger = signs_in(practice), practice.app.test_client()
    known.post("/sign-out")
    for number in range(12):
        stranger.post("/sign-in", data={"email": f"x{number}@example.org", "password": "x"})

    assert is_in(known) is False
    known.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD})
    assert is_in(known)


def test_a_browser_that_is_known_may_not_guess_for_ever_either(practice: Practice) -> None:
    known = signs_in(practice)
    known.post("/sign-out")

    answers = [
        known.post("/sign-in", data={"email": OWNER_EMAIL, "password": f"guess {n}"}).status_code
        for n in range(11)
    ]

    assert answers == [422] * 10 + [429]


def test_a_browser_is_known_for_its_own_account_only(practice: Practice) -> None:
    known = signs_in(practice)
    known.post("/sign-out")

    answers = [
        known.post("/sign-in", data={"email": "june@example.org", "password": f"guess {n}"}).status_code
        for n in range(11)
    ]

    assert answers[-1] == 429


@pytest.mark.parametrize("change", ["drop a letter", "another secret"])
def test_a_made_up_device_is_no_device(practice: Practice, change: str) -> None:
    known = signs_in(practice)
    cookie = known.get_cookie("crm_device")
    assert cookie is not None
    stranger = practice.app.test_client()
    stranger.set_cookie("crm_device", cookie.value[:-1] if change == "drop a letter" else "WyJ4IixbMV1d.x.y")
    for number in range(10):
        stranger.post("/sign-in", data={"email": OWNER_EMAIL, "password": f"guess {number}"})

    assert stranger.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD}).status_code == 429


def test_a_device_is_forgotten_after_half_a_year(practice: Practice) -> None:
    known = signs_in(practice)
    known.post("/sign-out")
    practice.at(practice.now + timedelta(days=181))
    for number in range(10):
        practice.app.test_client().post(
            "/sign-in", data={"email": OWNER_EMAIL, "password": f"guess {number}"}
        )

    assert known.post("/sign-in", data={"email": OWNER_EMAIL, "password": PASSWORD}).status_code == 429


def test_a_hundred_guesses_at_once_are_ten(practice: Practice) -> None:
    """Counted before they are looked at: whoever asks in parallel is told no as often."""

    def guess() -> int:
        pair = {"email": OWNER_EMAIL, "password": "x"}
        return practice.app.test_client().post("/sign-in", data=pair).status_code

    answers = at_once(*[guess] * 24)

    assert answers.count(422) == 10
    assert answers.count(429) == 14


def test_what_was_typed_as_an_address_is_not_kept(practice: Practice) -> None:
    practice.app.test_client().post("/sign-in", data={"email": "planted@example.org", "password": "x"})

    with practice.reading() as session:
        rows = session.execute(sa.text("SELECT * FROM guess_tally")).all()

    assert rows
    assert "planted" not in str(rows)
    assert "127.0.0.1" not in str(rows)

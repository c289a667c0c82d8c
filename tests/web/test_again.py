"""“Please confirm it’s you”: asked before what can do harm, and nothing typed is lost over it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Account, SignIn
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.practice import PASSWORD, Practice
from tests.web.door import hidden
from tests.web.reading import read

GUEST = {"name": "June Park", "email": "june@springstreet.example", "role": "assistant"}
INVITE = "/settings/accounts/invitations"


@pytest.fixture
def later(practice: Practice, client: FlaskClient) -> FlaskClient:
    """Connor's browser, a quarter of an hour after he signed in."""
    practice.advance(minutes=15)
    client.get("/today")
    return client


def test_soon_after_signing_in_nobody_is_asked(client: FlaskClient) -> None:
    assert "June Park</b> is invited" in client.post(INVITE, data=GUEST).text


def test_later_the_question_comes_and_carries_along_what_was_typed(later: FlaskClient) -> None:
    asked = later.post(INVITE, data=GUEST)
    page = read(asked, 403)

    assert asked.status_code == 403
    assert page.text("h1") == "Please confirm it’s you"
    assert {name: hidden(asked.text, name) for name in GUEST} == GUEST

    done = later.post(INVITE, data=GUEST | {"again_password": PASSWORD})

    assert "June Park</b> is invited" in done.text


def test_a_wrong_password_does_nothing_and_keeps_what_was_typed(later: FlaskClient) -> None:
    answer = later.post(INVITE, data=GUEST | {"again_password": "not it"})

    assert answer.status_code == 422
    assert read(answer).text(".bad") == "That isn’t your password."
    assert hidden(answer.text, "email") == GUEST["email"]
    assert "June" not in later.get("/settings/accounts").text


def test_the_password_is_no_field_of_what_is_sent_on(later: FlaskClient) -> None:
    answer = later.post(INVITE, data=GUEST | {"again_password": "not it"})

    assert "not it" not in answer.text


def test_for_ten_minutes_after_the_answer_nobody_is_asked_again(
    practice: Practice, later: FlaskClient
) -> None:
    later.post(INVITE, data=GUEST | {"again_password": PASSWORD})
    practice.advance(minutes=9)
    soon = later.post(INVITE, data=GUEST).status_code
    practice.advance(minutes=2)
    late = later.post(INVITE, data=GUEST).status_code

    assert (soon, late) == (200, 403)


def test_a_page_that_asks_comes_after_the_answer(later: FlaskClient) -> None:
    asked = later.get("/settings/account/passkeys/new")
    target = hidden(asked.text, "next")

    answer = later.post("/again", data={"next": target, "again_password": PASSWORD})

    assert asked.status_code == 403
    assert (answer.status_code, answer.location) == (303, "/settings/account/passkeys/new")
    assert later.get(answer.location or "").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/nowhere"])
def test_the_answer_leads_nobody_to_another_site(later: FlaskClient, target: str) -> None:
    answer = later.post("/again", data={"next": target, "again_password": PASSWORD})

    assert answer.location == "/today"


def test_with_the_answer_comes_a_new_cookie_and_the_old_one_opens_nothing(
    practice: Practice, later: FlaskClient
) -> None:
    before = later.get_cookie(COOKIE)
    later.post("/again", data={"again_password": PASSWORD})
    after = later.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    thief = practice.app.test_client()
    thief.set_cookie(COOKIE, before.value)

    assert before.value != after.value
    assert later.get("/today").status_code == 200
    assert thief.get("/today").status_code == 303


def test_guessing_at_the_question_is_slow(later: FlaskClient) -> None:
    answers = [later.post("/again", data={"again_password": f"guess {n}"}) for n in range(11)]

    assert [each.status_code for each in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 300
    assert later.get("/today").status_code == 200


def test_scripts_get_the_question_as_a_page_to_be_shown_whole(later: FlaskClient) -> None:
    answer = later.post(INVITE, data=GUEST, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("#main", "#main")


def test_in_a_dialog_the_question_stays_in_the_dialog(later: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Target": "div#dialog-body"}

    answer = later.post(INVITE, data=GUEST, headers=headers)

    assert answer.headers["HX-Retarget"] == "#dialog-body"
    assert "<html" not in answer.text
    assert read(answer).text("h2") == "Please confirm it’s you"


def test_who_is_not_asked_at_all_is_who_is_not_signed_in(practice: Practice, visitor: FlaskClient) -> None:
    practice.app.config["WTF_CSRF_ENABLED"] = False

    assert visitor.post(INVITE, data=GUEST | {"again_password": PASSWORD}).location == "/sign-in?next=/"


def test_export_of_everybody_asks(practice: Practice, later: FlaskClient) -> None:
    practice.receives_inquiry("Maya Okafor <maya.o@example.com>")

    assert later.get("/reports.csv").status_code == 403
    assert later.post("/people/sweeps/export", data={"person": "1"}).status_code == 403


def test_a_password_of_somebody_else_is_no_answer(practice: Practice, later: FlaskClient) -> None:
    with practice.at_work() as session:
        other = Account.create("june@springstreet.example", "June", "another long password", practice.now)
        other.role = Role.ASSISTANT
        session.flush()
        SignIn.start(other, practice.now)

    assert later.post("/again", data={"again_password": "another long password"}).status_code == 422

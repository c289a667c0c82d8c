"""People who sign in: invited by a link that works once, given a role, and gone at once when they are."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Account, Invitation, Message, SignIn
from crm.rules.roles import Role
from crm.web.access import COOKIE
from tests.at_once import at_once
from tests.practice import OWNER_EMAIL, PASSWORD, Practice
from tests.web.reading import read

ACCOUNTS = "/settings/accounts"
JUNE = "june@springstreet.example"
GUEST = {"name": "June", "email": JUNE, "role": "assistant"}
JOINS = {"name": "June Park", "password": "four words of hers"}
LINK = re.compile(r"http://localhost(/join/[0-9a-f]{64})")


def invited(client: FlaskClient, **more: str) -> str:
    """The way in, as the owner may copy it."""
    (link,) = LINK.findall(client.post(f"{ACCOUNTS}/invitations", data=GUEST | more).text)
    return str(link)


def account(practice: Practice, email: str) -> Account:
    with practice.reading() as session:
        return session.scalars(sa.select(Account).where(Account.email == email)).one()


def another(practice: Practice, email: str = JUNE, role: Role = Role.OWNER) -> tuple[int, FlaskClient]:
    """Somebody else who signs in, and their browser."""
    with practice.at_work() as session:
        added = Account(email=email, name="June", password_hash="x", created_at=practice.now, role=role)
        session.add(added)
        session.flush()
        token, found = SignIn.start(added, practice.now), added.id
    browser = practice.app.test_client()
    browser.set_cookie(COOKIE, token)
    return found, browser


def test_who_is_invited_chooses_a_name_and_a_password_and_is_in(
    practice: Practice, client: FlaskClient
) -> None:
    link, guest = invited(client), practice.app.test_client()

    answer = guest.post(link, data=JOINS)

    assert answer.location == "/today"
    assert guest.get("/settings/account").status_code == 200
    assert (account(practice, JUNE).name, account(practice, JUNE).role) == ("June Park", Role.ASSISTANT)
    assert read(client.get(ACCOUNTS)).all_text.count(JUNE) == 1


def test_the_link_also_leaves_by_mail(practice: Practice, client: FlaskClient) -> None:
    link = invited(client)
    practice.work()

    (mail,) = practice.outbox.to(JUNE)

    assert f"http://localhost{link}" in mail.text
    assert practice.app.test_client().get(link).status_code == 200


def test_of_the_link_nothing_is_kept_that_opens_it(practice: Practice, client: FlaskClient) -> None:
    token = invited(client).removeprefix("/join/")
    practice.work()

    with practice.reading() as session:
        rows = [*session.scalars(sa.select(Message)), *session.scalars(sa.select(Invitation))]
        kept = " ".join(str(value) for row in rows for value in vars(row).values())

    assert token not in kept
    assert "Its text isn’t kept." in kept


def test_an_invitation_works_once(practice: Practice, client: FlaskClient) -> None:
    link = invited(client)
    practice.app.test_client().post(link, data=JOINS)
    second = practice.app.test_client()

    assert second.get(link).status_code == 404
    assert second.post(link, data=JOINS | {"name": "Mallory"}).status_code == 404
    assert account(practice, JUNE).name == "June Park"


def test_of_five_who_come_with_one_link_at_once_one_gets_in(practice: Practice, client: FlaskClient) -> None:
    link = invited(client)
    guests = [practice.app.test_client() for _ in range(5)]

    answers = at_once(*(partial(guest.post, link, data=JOINS) for guest in guests))

    assert sorted(each.status_code for each in answers) == [303, 404, 404, 404, 404]


def test_an_invitation_is_good_for_a_week(practice: Practice, client: FlaskClient) -> None:
    link, guest = invited(client), practice.app.test_client()
    practice.at(practice.now + timedelta(days=6, hours=23))
    early = guest.get(link).status_code
    practice.at(practice.now + timedelta(hours=1))

    assert (early, guest.get(link).status_code) == (200, 404)


def test_a_second_invitation_ends_the_first(practice: Practice, client: FlaskClient) -> None:
    first, second, guest = invited(client), invited(client, role="clinician"), practice.app.test_client()
    practice.work()

    assert (guest.get(first).status_code, guest.get(second).status_code) == (404, 200)
    assert len(practice.outbox.to(JUNE)) == 1


def test_an_invitation_is_taken_back_with_its_mail(practice: Practice, client: FlaskClient) -> None:
    link = invited(client)
    with practice.reading() as session:
        invitation_id = session.scalars(sa.select(Invitation.id)).one()

    client.post(f"{ACCOUNTS}/invitations/{invitation_id}/withdrawal")
    practice.work()

    assert practice.app.test_client().get(link).status_code == 404
    assert practice.outbox.to(JUNE) == []


def test_an_easy_password_is_refused_and_the_link_stays_good(practice: Practice, client: FlaskClient) -> None:
    link, guest = invited(client), practice.app.test_client()

    assert guest.post(link, data=JOINS | {"password": "short"}).status_code == 422
    assert guest.post(link, data=JOINS | {"password": JUNE}).status_code == 422
    assert guest.post(link, data=JOINS).status_code == 303


def test_an_address_that_signs_in_already_is_not_invited(client: FlaskClient) -> None:
    answer = client.post(f"{ACCOUNTS}/invitations", data=GUEST | {"email": OWNER_EMAIL.upper()})

    assert answer.status_code == 422
    assert "signs in with that address already" in answer.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_owners_decide_who_signs_in(practice: Practice, role: Role) -> None:
    june_id, june = another(practice, role=role)
    practice.app.config["WTF_CSRF_ENABLED"] = False

    answers = [
        june.get(ACCOUNTS),
        june.post(f"{ACCOUNTS}/invitations", data=GUEST),
        june.post(f"{ACCOUNTS}/{june_id}/role", data={"role": "owner"}),
        june.post(f"{ACCOUNTS}/1/deactivation"),
        june.post(f"{ACCOUNTS}/1/second-step/removal"),
    ]

    assert {each.status_code for each in answers} == {403}
    assert "People who sign in" not in june.get("/settings/account").text
    assert account(practice, JUNE).role is role


def test_a_role_is_changed_after_the_question_who_it_is(practice: Practice, client: FlaskClient) -> None:
    june_id, _ = another(practice, role=Role.ASSISTANT)
    practice.advance(minutes=15)
    change = {"role": "clinician"}

    asked = client.post(f"{ACCOUNTS}/{june_id}/role", data=change)
    client.post(f"{ACCOUNTS}/{june_id}/role", data=change | {"again_password": PASSWORD})

    assert asked.status_code == 403
    assert account(practice, JUNE).role is Role.CLINICIAN


def test_who_is_deactivated_is_out_at_once_and_stays_out(practice: Practice, client: FlaskClient) -> None:
    link = invited(client)
    june = practice.app.test_client()
    june.post(link, data=JOINS)
    june_id = account(practice, JUNE).id

    client.post(f"{ACCOUNTS}/{june_id}/deactivation")
    pair = {"email": JUNE, "password": JOINS["password"]}
    out, refused = june.get("/today").status_code, june.post("/sign-in", data=pair)
    client.post(f"{ACCOUNTS}/{june_id}/reactivation")

    assert (out, refused.status_code) == (303, 422)
    assert "don’t go together" in refused.text
    assert june.get("/today").status_code == 303
    assert june.post("/sign-in", data=pair).status_code == 303


def test_somebody_is_signed_out_everywhere(practice: Practice, client: FlaskClient) -> None:
    june_id, june = another(practice)

    client.post(f"{ACCOUNTS}/{june_id}/sign-out")

    assert june.get("/today").status_code == 303
    assert client.get("/today").status_code == 200


@pytest.mark.parametrize(("what", "data"), [("deactivation", {}), ("role", {"role": "assistant"})])
def test_the_last_owner_stays(
    practice: Practice, client: FlaskClient, what: str, data: dict[str, str]
) -> None:
    answer = client.post(f"{ACCOUNTS}/1/{what}", data=data, follow_redirects=True)

    assert "Somebody has to own the practice." in answer.text
    assert account(practice, OWNER_EMAIL).role is Role.OWNER
    assert account(practice, OWNER_EMAIL).deactivated_at is None


@pytest.mark.parametrize(("what", "data"), [("deactivation", {}), ("role", {"role": "assistant"})])
def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    practice: Practice, client: FlaskClient, what: str, data: dict[str, str]
) -> None:
    for number in range(4):
        june_id, june = another(practice, email=f"june{number}@springstreet.example")
        with practice.at_work() as session:
            session.execute(sa.update(Account).where(Account.id != june_id).values(role=Role.ASSISTANT))
            session.execute(
                sa.update(Account).where(Account.id == 1).values(role=Role.OWNER, deactivated_at=None)
            )
            token = SignIn.start(session.get_one(Account, 1), practice.now)
        client.set_cookie(COOKIE, token)

        at_once(
            partial(client.post, f"{ACCOUNTS}/{june_id}/{what}", data=data),
            partial(june.post, f"{ACCOUNTS}/1/{what}", data=data),
        )

        with practice.reading() as session:
            assert len(session.scalars(Account.owners()).all()) == 1


def test_a_second_step_is_turned_off_for_who_lost_their_phone(
    practice: Practice, client: FlaskClient
) -> None:
    june_id, _ = another(practice)
    with practice.at_work() as session:
        june = session.get_one(Account, june_id)
        june.totp_secret, june.totp_confirmed_at = "A" * 32, practice.now

    client.post(f"{ACCOUNTS}/{june_id}/second-step/removal")

    assert account(practice, JUNE).totp_confirmed_at is None

"""Whoever is signed in leaves a line with everything they do, and with every person they look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from flask import abort
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import trail_check
from crm.models import Audit
from crm.rules.trail import Act
from crm.web.access import PUBLIC
from tests.practice import OWNER_EMAIL, PASSWORD, Practice, sign_in
from tests.web.desk import Desk
from tests.web.routes import routes

MAYA = "Maya Okafor <maya@example.org>"


def trail(practice: Practice, *which: sa.ColumnElement[bool]) -> Sequence[Audit]:
    """What is on record, the oldest first."""
    with practice.reading():
        return db.session.scalars(sa.select(Audit).where(*which).order_by(Audit.number)).all()


def acts(practice: Practice, lead_id: int) -> list[str]:
    return [line.act for line in trail(practice, Audit.lead_id == lead_id)]


def test_every_unsafe_private_route_leaves_a_line(practice: Practice, client: FlaskClient) -> None:
    practice.app.config["WTF_CSRF_ENABLED"] = False
    practice.receives_inquiry(MAYA)
    unsafe = [each for each in routes(practice.app) if each.endpoint not in PUBLIC and each.method != "GET"]
    silent = []
    for route in unsafe:
        before = len(trail(practice))
        sign_in(practice, client)
        client.open(route.address, method=route.method)
        lines = trail(practice)[before:]
        of_it = [line for line in lines if line.facts.get("by") == route.endpoint]
        if not of_it and Act.SIGNED_OUT not in [line.act for line in lines]:
            silent.append(str(route))

    assert len(unsafe) > 90
    assert silent == []
    with practice.reading():
        assert trail_check.verify(None).broken is None


def test_every_page_of_a_person_leaves_a_line(practice: Practice, client: FlaskClient) -> None:
    maya = practice.receives_inquiry(MAYA)
    pages = [each for each in routes(practice.app) if each.method == "GET" and "/people/1" in each.address]
    silent = []
    for route in pages:
        before = len(trail(practice, Audit.lead_id == maya))
        sign_in(practice, client)
        answer = client.get(route.address)
        seen = trail(practice, Audit.lead_id == maya)[before:]
        if answer.status_code == 200 and [line.act for line in seen] not in ([Act.LOOKED], [Act.EXPORTED]):
            silent.append(f"{route}: {answer.status}")

    assert len(pages) > 12
    assert silent == []


def test_looking_at_one_of_their_emails_is_looking_at_them(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)

    desk.opens(f"/messages/{practice.open_message(maya).id}")

    assert acts(practice, maya) == [Act.LOOKED]


def test_the_person_beside_the_list_of_today_is_looked_at(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", message="I sleep badly since spring.")

    desk.opens(f"/today?person={sam}")

    assert (acts(practice, maya), acts(practice, sam)) == ([], [Act.LOOKED])


def test_who_opens_a_page_again_within_ten_minutes_is_still_looking(
    practice: Practice, client: FlaskClient
) -> None:
    maya = practice.receives_inquiry(MAYA)
    for minutes in (0, 4, 5, 2):
        practice.advance(minutes=minutes)
        client.get(f"/people/{maya}")
        client.get(f"/people/{maya}", headers={"HX-Request": "true"})

    assert acts(practice, maya) == [Act.LOOKED, Act.LOOKED]


def test_a_new_sign_in_is_a_new_look(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)

    desk.opens(f"/people/{maya}")
    desk.opens(f"/people/{maya}")

    assert acts(practice, maya) == [Act.LOOKED, Act.LOOKED]


def test_nobody_is_looked_at_who_is_not_there(practice: Practice, client: FlaskClient) -> None:
    assert client.get("/people/7").status_code == 404

    assert acts(practice, 7) == []


def test_what_is_done_to_a_person_is_on_record_in_words_of_ours(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)

    desk.sends(f"/people/{maya}/closure", reason="found_someone_else")

    (line,) = trail(practice, Audit.lead_id == maya)
    assert (line.act, line.account_id) == (Act.CHANGED, 1)
    assert line.facts["by"] == "stages.create_closure"
    assert "stage_moved" in line.facts["events"]
    assert "lead.stage" in line.facts["fields"]


def test_a_reply_is_sent_by_hand(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)

    desk.sends(f"/people/{maya}/replies", words="Thursday at ten?", after="nothing")

    assert acts(practice, maya) == [Act.SENT]


def test_coming_going_and_not_getting_in_are_on_record(practice: Practice) -> None:
    browser = practice.app.test_client()
    practice.app.config["WTF_CSRF_ENABLED"] = False
    for password in ("wrong", PASSWORD):
        browser.post("/sign-in", data={"email": OWNER_EMAIL, "password": password})
    browser.post("/sign-out")

    lines = [(line.act, line.account_id) for line in trail(practice)]
    assert lines == [(Act.SIGN_IN_FAILED, None), (Act.SIGNED_IN, 1), (Act.SIGNED_OUT, 1)]


def test_settings_are_named_and_not_their_values(practice: Practice, desk: Desk) -> None:
    desk.sends("/settings/practice/daily-note", daily_note_at="07:30")

    line = trail(practice)[-1]
    assert (line.act, line.facts["fields"]) == (Act.SETTINGS_CHANGED, ["practice.daily_note_at"])


def test_who_is_refused_has_tried(practice: Practice, client: FlaskClient) -> None:
    client.post("/people/7/closure", data={"reason": "other"})

    (line,) = [line for line in trail(practice) if line.act == Act.TRIED]
    assert line.facts == {"by": "stages.create_closure", "status": 404}


def test_who_is_turned_away_before_the_act_has_tried(practice: Practice, client: FlaskClient) -> None:
    client.post("/people/7/closure", headers={"Origin": "https://elsewhere.example"})
    practice.app.before_request_funcs[None].append(turns_away)
    try:
        answer = client.get("/people/7")
    finally:
        practice.app.before_request_funcs[None].remove(turns_away)

    assert answer.status_code == 403
    (line,) = [line for line in trail(practice) if line.act == Act.TRIED]
    assert (line.lead_id, line.facts) == (7, {"by": "person.show", "status": 403})


def turns_away() -> None:
    """As a check of roles does."""
    abort(403)


def test_typing_writes_one_line_and_not_one_for_each_word(practice: Practice, client: FlaskClient) -> None:
    maya = practice.receives_inquiry(MAYA)
    for words in ("I", "I would", "I would like"):
        client.post(f"/people/{maya}/draft", data={"kind": "reply", "text": words})

    assert acts(practice, maya) == [Act.CHANGED]


def test_a_file_of_people_is_an_export(practice: Practice, client: FlaskClient) -> None:
    practice.receives_inquiry(MAYA)

    client.get("/reports.csv")

    assert trail(practice)[-1].act == Act.EXPORTED


def test_a_line_costs_a_page_two_statements_and_none_while_somebody_keeps_looking(
    practice: Practice, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    maya = practice.receives_inquiry(MAYA)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", message="I sleep badly since spring.")
    client.get(f"/people/{sam}")

    first = count_queries(lambda: client.get(f"/people/{maya}"))
    again = count_queries(lambda: client.get(f"/people/{maya}"))

    begins = 1 if practice.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else 0
    assert first - again == 2 + begins


@pytest.mark.parametrize("address", ["/today", "/people", "/reports", "/settings/practice"])
def test_a_page_that_shows_nobody_leaves_no_line(
    practice: Practice, client: FlaskClient, address: str
) -> None:
    before = len(trail(practice))

    client.get(address)

    assert len(trail(practice)) == before

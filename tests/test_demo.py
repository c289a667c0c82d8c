"""The demo: an empty practice becomes Spring Street Therapy, whenever it is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db, transaction
from crm.demo import OWNER_EMAIL, PASSWORD, fill
from crm.links import Links
from crm.models import Account, Lead, Message, Practice, SignIn, attention
from crm.rules.sending import MessageKind, MessageState
from crm.rules.stages import Stage
from crm.web.access import COOKIE
from tests.conftest import empty_all_tables
from tests.practice import TUESDAY
from tests.web.reading import Page, read

LINKS = Links("http://localhost")


@pytest.fixture(scope="module")
def demo(migrated_app: Flask) -> Iterator[Flask]:
    """The practice of the pictures, filled once: the tests here only look."""
    with time_machine.travel(TUESDAY, tick=False):
        with migrated_app.app_context():
            fill(TUESDAY, LINKS)
        yield migrated_app
    with migrated_app.app_context():
        empty_all_tables()


@pytest.fixture
def inside(demo: Flask) -> Iterator[None]:
    with demo.app_context():
        yield


@pytest.fixture
def desk(demo: Flask) -> FlaskClient:
    with demo.app_context(), transaction():
        owner = Account.owner()
        assert owner is not None
        token = SignIn.start(owner, TUESDAY)
    client = demo.test_client()
    client.set_cookie(COOKIE, token)
    return client


def page(desk: FlaskClient, address: str) -> Page:
    return read(desk.get(address))


def named(name: str) -> Lead:
    (only,) = [each for each in db.session.scalars(sa.select(Lead)) if each.name == name]
    return only


def test_there_is_somebody_in_every_stage(inside: None) -> None:
    stages = set(db.session.scalars(sa.select(Lead.stage)))

    assert stages >= {*Stage} - {Stage.WAITLISTED, Stage.SPAM}


def test_those_who_wait_are_those_of_the_pictures(inside: None) -> None:
    waiting = [lead.name for lead in db.session.scalars(attention.on_today(TUESDAY))]

    assert waiting == ["Theo Lindqvist", "Maya Okafor", "Daniel Reyes", "Priya Raman", "Hannah Brandt"]


def test_three_emails_are_in_trouble_each_in_its_own_way(inside: None) -> None:
    owen, lena, tomas = (named(name) for name in ("Owen Fitzgerald", "Lena Brooks", "Tomas Vela"))

    assert owen.messages[-1].state is MessageState.FAILED
    assert lena.messages[-1].state is MessageState.UNCERTAIN
    assert (tomas.messages[-1].state, tomas.messages[-1].attempts) == (MessageState.SCHEDULED, 2)


def test_the_emails_of_today_are_those_of_the_pictures(desk: FlaskClient) -> None:
    today = page(desk, "/today")

    planned = today.text("#going-out")
    assert "2:10 pm Grace Kim" in planned
    assert "4:30 pm Amara Diallo" in planned
    assert "5:05 pm Joel Weiss" in planned


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/today", "Maya Okafor"),
        ("/today", "Two more look like spam"),
        ("/people", "Ruth Calloway"),
        ("/people?view=list", "Kofi Mensah"),
        ("/follow-ups", "gmial.com"),
        ("/follow-ups", "Irene Soto"),
    ],
)
def test_each_screen_has_something_true(desk: FlaskClient, address: str, words: str) -> None:
    assert words in page(desk, address).all_text


def test_every_person_has_a_page_that_tells_their_story(desk: FlaskClient, demo: Flask) -> None:
    with demo.app_context():
        people = [(lead.id, lead.name) for lead in db.session.scalars(sa.select(Lead))]

    assert len(people) > 20
    for lead_id, name in people:
        assert page(desk, f"/people/{lead_id}").heading == name


def test_nothing_lies_in_the_past_that_should_have_left(inside: None) -> None:
    overdue = db.session.scalars(Message.due(TUESDAY)).all()

    assert overdue == []


def test_follow_ups_left_within_hours_only(inside: None) -> None:
    window = Practice.current().window
    sent = sa.select(Message).where(Message.kind == MessageKind.STEP, Message.sent_at.is_not(None))

    at_odd_hours = [
        message
        for message in db.session.scalars(sent)
        if message.step and not message.step.at_once and not window.contains(message.sent_at or TUESDAY)
    ]

    assert at_odd_hours == []


def test_who_starts_the_demo_can_sign_in_with_what_it_says(demo: Flask) -> None:
    with demo.app_context():
        assert Account.with_password(OWNER_EMAIL, PASSWORD) is not None
        assert PASSWORD in fill(TUESDAY, LINKS)


def test_a_practice_in_use_gets_no_invented_people(demo: Flask) -> None:
    with demo.app_context():
        before = db.session.scalar(sa.select(sa.func.count(Lead.id)))

        fill(TUESDAY, LINKS)

        assert db.session.scalar(sa.select(sa.func.count(Lead.id))) == before

"""No more mail, by whichever way it was asked for; and again only by the person, or as they asked for it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crm.models import Suppression
from crm.rules.sending import SuppressionReason
from tests.flows.merged import merge
from tests.practice import OWNER_EMAIL, Practice
from tests.web.desk import Desk


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


@pytest.fixture
def sam(practice: Practice) -> int:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.advance(days=1)
    return sam


def stops(practice: Practice, address: str = "sam@example.org") -> bool:
    with practice.reading():
        return Suppression.unsubscribed(address) is not None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("unsubscribe", ""),
        ("Unsubscribe", "unsubscribe"),
        ("Re: I got your note", "Please stop sending me emails."),
        ("Re: I got your note", "Por favor, no me envíe más correos."),
        ("STOP", "stop"),
    ],
)
def test_a_mail_that_asks_to_stop_stops(subject: str, text: str, practice: Practice, sam: int) -> None:
    practice.receives_mail(answering=practice.outbox.only_to("sam@example.org"), subject=subject, text=text)
    practice.advance(days=30)

    assert stops(practice)
    assert "unsubscribed" in practice.story(sam)
    assert len(practice.outbox.to("sam@example.org")) == 1


def test_the_mail_may_come_from_another_address_of_theirs(practice: Practice, sam: int) -> None:
    first = practice.outbox.only_to("sam@example.org")

    practice.receives_mail(answering=first, from_="sam@work.example", subject="unsubscribe", text="")

    assert stops(practice)
    assert stops(practice, "sam@work.example")
    assert sam


def test_somebody_nobody_knows_is_remembered_for_later(practice: Practice) -> None:
    practice.receives_mail(from_="ana@example.net", subject="unsubscribe", text="")

    practice.receives_inquiry("Ana <ana@example.net>")
    practice.advance(days=30)

    assert practice.outbox.to("ana@example.net") == []


def test_the_wish_of_a_mail_survives_a_merge(practice: Practice, sam: int) -> None:
    practice.receives_mail(from_="sam@example.org", subject="unsubscribe", text="")
    other = practice.receives_inquiry("Sam Rivers <sam@work.example>")

    merge(practice, other, sam)
    practice.advance(days=30)

    assert stops(practice)
    assert stops(practice, "sam@work.example")
    assert len(practice.outbox.to("sam@work.example")) <= 1


def test_they_are_written_to_again_only_as_they_asked(practice: Practice, desk: Desk, sam: int) -> None:
    practice.receives_mail(from_="sam@example.org", subject="unsubscribe", text="")
    page = desk.opens(f"/people/{sam}")

    empty = desk.sends(f"/people/{sam}/resubscription", words=" ")
    still = stops(practice)
    done = desk.does(f"/people/{sam}/resubscription", f"/people/{sam}", words="On the phone, on Tuesday.")
    practice.advance(days=30)

    assert "They asked to hear from you again" in page.text("#privacy")
    assert empty.status_code == 422
    assert still
    assert done.toast == "It is written down. Sam may get follow-ups again, and none starts by itself."
    assert not stops(practice)
    assert practice.story(sam)[-1] == "resubscribed"
    assert len(practice.outbox.to("sam@example.org")) == 1
    story = desk.opens(f"/people/{sam}").text("#story")
    assert "You wrote down that Sam wants the emails again" in story
    assert "On the phone, on Tuesday." in story


def test_a_complaint_is_lifted_by_nobody(practice: Practice, desk: Desk, sam: int) -> None:
    with practice.at_work():
        Suppression.suppress("sam@example.org", SuppressionReason.COMPLAINED, practice.now)

    done = desk.does(f"/people/{sam}/resubscription", f"/people/{sam}", words="They said so.")

    assert done.toast == "Sam had stopped nothing."
    with practice.reading():
        assert Suppression.of("sam@example.org")
    assert "asked to hear" not in desk.opens(f"/people/{sam}").text("#privacy")
    assert OWNER_EMAIL

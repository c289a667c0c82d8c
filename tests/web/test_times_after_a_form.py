"""A call chosen after a form, which proves no address: what may be mailed there because of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.flows import triage
from crm.models import Confirms, turns
from tests.practice import Practice
from tests.web.door import limits
from tests.web.test_times import bookings, chooses, sends_form, takes_calls

VICTIM = "victim@example.net"
THURSDAY, FRIDAY = "20260312T1600Z", "20260313T1600Z"
WORDS = "Buy-gold.example NOW"


@pytest.fixture
def link(practice: Practice, visitor: FlaskClient) -> str:
    """A stranger types somebody else's address into the form, and goes on to the times."""
    takes_calls(practice)
    return fills_in(visitor)


def fills_in(visitor: FlaskClient, email: str = VICTIM, **more: str) -> str:
    typed = {"name": WORDS, "email": email, "message": "", **more}
    found = re.search(r"/call/([^\"/]+)/times", visitor.get(sends_form(visitor, **typed).location).text)
    assert found
    return found[1]


def typed_words_in(practice: Practice) -> list[str]:
    return [each.subject for each in practice.outbox.to(VICTIM) if "gold" in each.mail.as_string()]


def test_the_page_of_the_call_that_follows_proves_no_more_than_the_form(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    its = chooses(visitor, link).location.rpartition("/")[2]

    assert chooses(visitor, its, FRIDAY, nonce="n2").status_code == 303
    practice.advance(days=4)

    assert bookings(practice)[0].sequence == 1
    assert len(practice.outbox.to(VICTIM)) > 1
    assert typed_words_in(practice) == []


def test_words_typed_on_a_page_prove_no_more_than_the_form(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    visitor.post(f"/call/{link}/wishes", data={"first": "Tuesday at noon"})
    chooses(visitor, link)
    practice.advance(days=4)

    assert len(practice.outbox.to(VICTIM)) > 1
    assert typed_words_in(practice) == []


def test_nobodys_mailbox_is_filled_by_choosing_and_calling_off_in_their_name(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    practice.work()
    practice.outbox.received.clear()

    for number in range(12):
        at = (THURSDAY, FRIDAY)[number % 2]
        answer = chooses(visitor, link, at, nonce=f"n{number}")
        practice.work()
        if number % 3 == 2:
            visitor.post(f"{answer.location}/cancellation")
            practice.work()
        practice.at(practice.now + timedelta(minutes=10))

    assert len(practice.outbox.to(VICTIM)) == 3


def test_a_yes_of_the_owner_is_told_also_to_whom_a_ceiling_had_kept_from_the_first_answer(
    practice: Practice, visitor: FlaskClient
) -> None:
    takes_calls(practice, confirms=Confirms.ASKED)
    with limits(practice.app, acks_per_client_hour=0):
        chooses(visitor, fills_in(visitor))
    practice.advance(minutes=1)
    assert practice.outbox.to(VICTIM) == []

    with practice.at_work():
        turns.take(1)
        triage.approve_call(practice.lead(1).bookings[0], 1, practice.now)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to(VICTIM) == ["Our call: Thu, March 12, 9:00 am"]


def test_one_mailbox_under_many_names_hears_no_more_than_one(
    practice: Practice, visitor: FlaskClient, link: str
) -> None:
    takes_calls(practice, "09:00-17:00")
    for number in range(6):
        theirs = fills_in(visitor, f"victim+{number}@gmail.com", message=f"Note {number}, please call.")
        chooses(visitor, theirs, f"2026031{2 + number % 2}T{16 + number}00Z", nonce=f"m{number}")
        practice.work()
        practice.at(practice.now + timedelta(minutes=20))

    about_calls = [each for each in practice.outbox.received if each.subject.startswith("Our call")]
    assert len(about_calls) == 3

"""An act on a person is taken back, and there is a call: theirs stays, and nobody is told what they know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.flows import calls, triage
from crm.models import BookingState, Medium, Undo, turns
from tests.flows.test_calls import THURSDAY, books, the_call, wish
from tests.practice import Practice

MAYA = "Maya Okafor <maya.o@example.com>"
TO_MAYA = "maya.o@example.com"


@pytest.fixture
def maya(practice: Practice) -> int:
    """She wrote, has her acknowledgement, and agreed on a call of which she knows."""
    lead_id = practice.receives_inquiry(MAYA, "Could we talk?")
    practice.work()
    books(practice, lead_id, wish())
    practice.work()
    practice.advance(minutes=1)
    practice.outbox.received.clear()
    return lead_id


def does(practice: Practice, lead_id: int, act: str) -> int:
    """Connor does it to her call. Returns the id of the Undo."""
    with practice.at_work():
        turns.take(lead_id)
        booking = practice.lead(lead_id).bookings[-1]
        undo: Undo
        if act == "moves":
            later = THURSDAY + timedelta(hours=1)
            undo = triage.book(practice.lead(lead_id), later, Medium.PHONE, 1, practice.now)
        else:
            undo = {
                "calls off": triage.cancel_call,
                "says yes": triage.approve_call,
                "declines": triage.decline_call,
            }[act](booking, 1, practice.now)
        return undo.id


@pytest.mark.parametrize("act", ["moves", "calls off"])
def test_what_was_taken_back_at_once_is_told_to_nobody(practice: Practice, maya: int, act: str) -> None:
    undo_id = does(practice, maya, act)

    assert practice.undo(undo_id)
    practice.advance(minutes=5)

    assert practice.outbox.subjects_to(TO_MAYA) == []


@pytest.mark.parametrize("act", ["says yes", "declines"])
def test_a_yes_or_a_no_taken_back_at_once_tells_no_wish_a_second_time(practice: Practice, act: str) -> None:
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", "Could we talk?")
    practice.work()
    books(practice, sam, wish(needs_yes=True))
    practice.advance(minutes=1)
    practice.outbox.received.clear()

    assert practice.undo(does(practice, sam, act))
    practice.advance(minutes=5)

    assert the_call(practice, sam).state is BookingState.ASKED
    assert practice.outbox.subjects_to("sam@example.org") == []


def test_reminders_of_a_call_that_was_called_off_for_a_moment_still_go(practice: Practice, maya: int) -> None:
    assert practice.undo(does(practice, maya, "calls off"))

    practice.advance(days=3)

    assert practice.outbox.subjects_to(TO_MAYA) == ["A reminder: Thu, March 12, 10:00 am"] * 2


def test_moved_taken_back_and_moved_elsewhere_says_the_last_time_only(practice: Practice, maya: int) -> None:
    assert practice.undo(does(practice, maya, "moves"))
    with practice.at_work():
        turns.take(maya)
        later = THURSDAY + timedelta(hours=3)
        triage.book(practice.lead(maya), later, Medium.PHONE, 1, practice.now)
    practice.advance(minutes=5)

    (mail,) = practice.outbox.to(TO_MAYA)
    assert mail.subject == "Our call is now Thu, March 12, 1:00 pm"
    assert [note.state for note in practice.messages(maya) if note.subject == mail.subject] == ["sent"]


@pytest.mark.parametrize("hand", ["books", "calls off"])
def test_an_undo_leaves_alone_what_the_person_did_about_their_call_since(
    practice: Practice, hand: str
) -> None:
    """Without an address no email leaves that would say that something has happened since."""
    ana = practice.receives_inquiry("Ana", "Please ring me.", phone="+13105550100")
    if hand == "calls off":
        books(practice, ana, wish())
    practice.advance(minutes=1)
    with practice.at_work():
        turns.take(ana)
        undo_id = triage.snooze(practice.lead(ana), practice.now + timedelta(days=2), 1, practice.now).id
    practice.advance(minutes=1)
    if hand == "books":
        books(practice, ana, wish())
    else:
        with practice.at_work():
            turns.take(ana)
            calls.cancel(practice.lead(ana).bookings[-1], practice.now)
    stands = the_call(practice, ana).state

    assert not practice.undo(undo_id)

    assert the_call(practice, ana).state is stands

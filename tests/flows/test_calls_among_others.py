"""Calls where they meet what else happens to a person: spam, a wrong merge, a clinician who leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import calls, triage
from crm.flows.follow_up import resume_everything
from crm.flows.own_calendars import read_due
from crm.flows.referring import Farewell, refer_out
from crm.models import Account, Assignment, CallSettings, Medium, Occupancy, Outcome, OwnCalendar, Undo, turns
from crm.models import Practice as PracticeRow
from crm.outside.telling import Outside
from crm.rules.roles import Role
from crm.rules.slots import Manner, Place
from crm.rules.stages import CloseReason
from tests.flows.merged import all_rows, merge, part
from tests.flows.test_calls import THURSDAY, books, the_call, wish
from tests.practice import Practice

MAYA, SAM = "Maya Okafor <maya.o@example.com>", "Sam Rivers <sam@example.org>"
TO_MAYA, TO_SAM = "maya.o@example.com", "sam@example.org"
DAY = timedelta(days=1)


def close_them(practice: Practice, lead_id: int) -> int:
    with practice.at_work():
        turns.take(lead_id)
        return triage.close(practice.lead(lead_id), CloseReason.OTHER, 1, practice.now).id


def refer_them(practice: Practice, lead_id: int) -> int:
    with practice.at_work():
        turns.take(lead_id)
        owner = db.session.get_one(Account, 1)
        return refer_out(practice.lead(lead_id), Farewell(), owner, practice.now).id


@pytest.fixture
def maya(practice: Practice) -> int:
    """She wrote, and has a call on Thursday of which she knows."""
    lead_id = practice.receives_inquiry(MAYA, "Could we talk?")
    practice.work()
    books(practice, lead_id, wish())
    practice.advance(minutes=1)
    return lead_id


def test_who_is_spam_is_reminded_of_no_call(practice: Practice, maya: int) -> None:
    before = practice.outbox.subjects_to(TO_MAYA)
    with practice.at_work():
        turns.take(maya)
        triage.mark_spam(practice.lead(maya), 1, practice.now)

    practice.advance(days=4)

    assert practice.outbox.subjects_to(TO_MAYA) == before


@pytest.mark.parametrize("parts", [close_them, refer_them])
def test_who_leaves_us_has_no_call_and_is_told_once_it_cant_be_taken_back(
    practice: Practice, maya: int, parts: Callable[[Practice, int], int]
) -> None:
    practice.outbox.received.clear()
    undo = parts(practice, maya)
    practice.advance(seconds=15)
    assert practice.outbox.received == []
    with practice.at_work():
        turns.take(maya)
        assert triage.take_back(db.session.get_one(Undo, undo), practice.now)
    practice.advance(seconds=30)
    assert (practice.outbox.received, the_call(practice, maya).outcome) == ([], None)

    parts(practice, maya)
    practice.advance(days=4)

    (note,) = practice.outbox.to(TO_MAYA)
    assert note.subject == "Our call is off"
    assert "another time" not in note.text
    assert the_call(practice, maya).outcome is Outcome.CANCELLED


def test_who_is_spam_holds_no_time_and_has_it_again_when_that_was_wrong(
    practice: Practice, maya: int
) -> None:
    with practice.at_work():
        turns.take(maya)
        undo = triage.mark_spam(practice.lead(maya), 1, practice.now).id
    with practice.reading():
        held = db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy))
        was_off = practice.lead(maya).bookings[0].outcome

    with practice.at_work():
        turns.take(maya)
        assert triage.take_back(db.session.get_one(Undo, undo), practice.now)

    assert (held, was_off) == (0, Outcome.CANCELLED)
    assert the_call(practice, maya).outcome is None
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy))


def test_notes_about_a_call_go_back_with_it_when_two_turn_out_to_be_two(
    practice: Practice, maya: int
) -> None:
    """The older record was kept, and the call of the other was moved meanwhile."""
    practice.advance(minutes=1)
    sam = practice.receives_inquiry(SAM, "Could we talk?")
    practice.work()
    books(practice, sam, wish(THURSDAY + DAY))
    practice.work()
    merge_id = merge(practice, maya, sam)
    practice.outbox.received.clear()
    with practice.at_work():
        turns.take(maya)
        booking = next(each for each in practice.lead(maya).bookings if each.starts_at == THURSDAY + DAY)
        calls.move(booking, Place(THURSDAY + 2 * DAY, Medium.PHONE, Manner()), practice.now)

    assert part(practice, merge_id)
    practice.advance(days=6)

    assert practice.outbox.subjects_to(TO_MAYA) == ["A reminder: Thu, March 12, 10:00 am"] * 2
    assert practice.outbox.subjects_to(TO_SAM) == [
        "Our call is now Sat, March 14, 10:00 am",
        *["A reminder: Sat, March 14, 10:00 am"] * 2,
    ]


def test_two_who_have_calls_are_made_one_and_taken_apart_and_all_is_as_it_was(
    practice: Practice, maya: int
) -> None:
    practice.advance(minutes=1)
    sam = practice.receives_inquiry(SAM, "Could we talk?")
    practice.work()
    books(practice, sam, wish(THURSDAY + DAY, needs_yes=True, number="+13105550100"))
    practice.work()
    before = all_rows(practice)

    merge_id = merge(practice, maya, sam)
    with practice.reading():
        assert len(practice.lead(maya).bookings) == 2

    assert part(practice, merge_id)
    assert all_rows(practice) == before


def test_who_says_afterwards_that_a_call_was_called_off_sends_nobody_a_note(
    practice: Practice, maya: int
) -> None:
    practice.at(THURSDAY + timedelta(hours=2))
    practice.work()
    practice.outbox.received.clear()
    with practice.at_work():
        turns.take(maya)
        triage.settle_call(practice.lead(maya).bookings[0], Outcome.CANCELLED, 1, practice.now)

    practice.advance(days=2)

    assert the_call(practice, maya).outcome is Outcome.CANCELLED

    assert practice.outbox.subjects_to(TO_MAYA) == []


def test_who_has_talked_before_the_time_is_not_reminded_of_it(practice: Practice, maya: int) -> None:
    """They rang each other sooner, and Connor has said so."""
    practice.outbox.received.clear()
    with practice.at_work():
        turns.take(maya)
        triage.settle_call(practice.lead(maya).bookings[0], Outcome.HELD, 1, practice.now)

    practice.advance(days=4)

    assert practice.outbox.subjects_to(TO_MAYA) == []


def test_no_reminder_goes_while_everything_is_held_and_late_only_one(practice: Practice, maya: int) -> None:
    practice.outbox.received.clear()
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    practice.at(THURSDAY - timedelta(minutes=30))
    practice.work()
    assert practice.outbox.subjects_to(TO_MAYA) == []

    with practice.at_work():
        resume_everything(practice.now)
    practice.work()

    assert practice.outbox.subjects_to(TO_MAYA) == ["A reminder: Thu, March 12, 10:00 am"]


def test_what_somebody_does_about_a_call_is_told_while_everything_is_held(
    practice: Practice, maya: int
) -> None:
    practice.outbox.received.clear()
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    books(practice, maya, wish(THURSDAY + DAY))
    practice.work()

    assert practice.outbox.subjects_to(TO_MAYA) == ["Our call is now Fri, March 13, 10:00 am"]


def test_who_has_talked_and_chooses_a_time_anew_has_two_calls(practice: Practice, maya: int) -> None:
    """Nobody has said yet how the first one went: that is still to be told."""
    practice.at(THURSDAY + DAY)
    practice.work()
    practice.outbox.received.clear()

    books(practice, maya, wish(THURSDAY + 5 * DAY))
    practice.work()

    with practice.reading():
        first, second = practice.lead(maya).bookings
    assert (first.starts_at, first.sequence, first.outcome) == (THURSDAY, 0, None)
    assert second.starts_at == THURSDAY + 5 * DAY
    assert practice.outbox.subjects_to(TO_MAYA) == ["Our call: Tue, March 17, 10:00 am"]


@pytest.fixture
def paul(practice: Practice, maya: int) -> int:
    """A clinician in whose care Maya is, with a feed of his calls and a calendar of his own."""
    with practice.at_work():
        his = Account(email="paul@springstreet.example", name="Paul", password_hash="x", role=Role.CLINICIAN)
        his.created_at = practice.now
        db.session.add(his)
        db.session.flush()
        Assignment.put(maya, his.id, practice.now)
        settings = CallSettings.turn_of(his.id)
        settings.open_feed()
        settings.feed_has_names = True
        OwnCalendar.connect(his.id, "https://calendar.example/paul.ics", practice.now)
        return his.id


def leaves(practice: Practice, account_id: int) -> None:
    with practice.at_work():
        Account.alone(account_id).deactivate(practice.now)


def test_nobody_books_a_call_with_a_clinician_who_has_left(practice: Practice, maya: int, paul: int) -> None:
    with practice.reading():
        assert calls.clinician_of(practice.lead(maya)) == paul

    leaves(practice, paul)

    with practice.reading():
        assert calls.clinician_of(practice.lead(maya)) == 1
    assert the_call(practice, maya).clinician_id == 1


def test_a_feed_shows_nothing_to_whoever_has_left(practice: Practice, paul: int) -> None:
    with practice.reading():
        address = f"/calendar/{CallSettings.of(paul).feed_token}.ics"
    browser = practice.app.test_client()
    assert browser.get(address).status_code == 200

    leaves(practice, paul)

    assert browser.get(address).status_code == 404


def test_a_feed_names_nobody_who_is_with_somebody_else_by_now(
    practice: Practice, maya: int, paul: int
) -> None:
    with practice.reading():
        address = f"/calendar/{CallSettings.of(paul).feed_token}.ics"
    books(practice, maya, replace(wish(THURSDAY + DAY), clinician_id=paul))
    browser = practice.app.test_client()
    assert "Call with Maya" in browser.get(address).text

    with practice.at_work():
        Assignment.put(maya, 1, practice.now)

    shown = browser.get(address).text
    assert "Maya" not in shown
    assert "SUMMARY:Busy" in shown


def test_the_own_calendar_of_who_has_left_is_read_no_more(practice: Practice, paul: int) -> None:
    leaves(practice, paul)

    with practice.app.app_context():
        read_due(Outside(), lambda: practice.now, lambda: False)

    with practice.reading():
        calendar = db.session.scalars(sa.select(OwnCalendar)).one()
        assert (calendar.read_at, calendar.failed_at, calendar.claim) == (None, None, None)

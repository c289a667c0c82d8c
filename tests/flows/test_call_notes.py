"""Who has a call is told of it by email: agreed, moved, off; and reminded of what still stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from crm.db import db
from crm.flows import calls, triage
from crm.models import Medium, Message, turns
from crm.rules.call_notes import CallNote
from crm.rules.sending import MessageKind, MessageState
from crm.rules.slots import Manner, Place
from tests.flows.test_calls import THURSDAY, books, wish
from tests.outbox import Received
from tests.practice import Practice

MAYA = "Maya Okafor <maya.o@example.com>"
TO_MAYA = "maya.o@example.com"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def maya(practice: Practice) -> int:
    """She wrote, and has her acknowledgement."""
    lead_id = practice.receives_inquiry(MAYA, "Could we talk?")
    practice.work()
    practice.outbox.received.clear()
    return lead_id


def moves(practice: Practice, lead_id: int, by: timedelta) -> None:
    with practice.at_work():
        turns.take(lead_id)
        booking = practice.lead(lead_id).bookings[-1]
        calls.move(booking, Place(booking.starts_at + by, Medium.PHONE, Manner()), practice.now)


def calls_off(practice: Practice, lead_id: int) -> None:
    with practice.at_work():
        turns.take(lead_id)
        calls.cancel(practice.lead(lead_id).bookings[-1], practice.now)


def got(practice: Practice) -> list[Received]:
    return practice.outbox.to(TO_MAYA)


def entry(mail: Received) -> tuple[str, str, int, str]:
    """METHOD of type and calendar (which are one), UID, SEQUENCE and STATUS."""
    part = next(each for each in mail.mail.walk() if each.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["METHOD"])
    return str(calendar["METHOD"]), str(event["UID"]), int(str(event["SEQUENCE"])), str(event["STATUS"])


def test_who_has_a_call_is_told_when_it_is_and_gets_it_for_the_calendar(
    practice: Practice, maya: int
) -> None:
    books(practice, maya, wish())
    practice.work()

    (mail,) = got(practice)
    assert mail.subject == "Our call: Thu, March 12, 10:00 am"
    assert "We talk on Thursday, March 12 at 10:00 am (Pacific Time)." in mail.text
    assert "I’ll ring you." in mail.text
    assert entry(mail)[0::2] == ("REQUEST", 0)


def test_book_move_and_cancel_are_one_entry_that_changes_and_goes(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())
    practice.work()
    moves(practice, maya, HOUR)
    practice.work()
    calls_off(practice, maya)
    practice.work()

    entries = [entry(mail) for mail in got(practice)]
    assert [(method, sequence, status) for method, _, sequence, status in entries] == [
        ("REQUEST", 0, "CONFIRMED"),
        ("REQUEST", 1, "CONFIRMED"),
        ("CANCEL", 2, "CANCELLED"),
    ]
    assert len({uid for _, uid, _, _ in entries}) == 1


def test_reminders_go_a_day_and_an_hour_before_and_no_more(practice: Practice, maya: int) -> None:
    practice.at(THURSDAY - 3 * DAY)
    books(practice, maya, wish())
    practice.work()
    practice.outbox.received.clear()

    practice.at(THURSDAY - DAY)
    practice.work()
    assert [mail.subject for mail in got(practice)] == ["A reminder: Thu, March 12, 10:00 am"]
    practice.at(THURSDAY - HOUR)
    practice.work()
    practice.advance(days=2)

    assert len(got(practice)) == 2


def test_reminders_move_with_the_call(practice: Practice, maya: int) -> None:
    practice.at(THURSDAY - 3 * DAY)
    books(practice, maya, wish())
    practice.work()
    moves(practice, maya, 5 * DAY)
    practice.work()
    practice.outbox.received.clear()

    practice.at(THURSDAY + DAY)
    practice.work()
    assert got(practice) == []
    practice.at(THURSDAY + 5 * DAY - DAY)
    practice.work()

    assert [mail.subject for mail in got(practice)] == ["A reminder: Tue, March 17, 10:00 am"]


def test_reminders_die_with_the_call(practice: Practice, maya: int) -> None:
    practice.at(THURSDAY - 3 * DAY)
    books(practice, maya, wish())
    practice.work()
    calls_off(practice, maya)
    practice.work()
    practice.outbox.received.clear()

    practice.advance(days=5)

    assert got(practice) == []


def test_a_call_moved_before_its_note_left_is_told_once_and_as_it_is(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())
    moves(practice, maya, HOUR)
    practice.work()

    (mail,) = got(practice)
    assert mail.subject == "Our call: Thu, March 12, 11:00 am"
    assert entry(mail)[0::2] == ("REQUEST", 1)


def test_a_call_taken_back_at_once_is_never_told(practice: Practice, maya: int) -> None:
    with practice.at_work():
        turns.take(maya)
        undo_id = triage.book(practice.lead(maya), THURSDAY, Medium.PHONE, 1, practice.now).id
    assert practice.undo(undo_id)
    practice.advance(days=4)

    assert [mail for mail in got(practice) if "call" in mail.subject] == []


def test_a_reminder_that_comes_too_late_does_not_go(practice: Practice, maya: int) -> None:
    practice.at(THURSDAY - 3 * DAY)
    books(practice, maya, wish())
    practice.work()
    practice.outbox.received.clear()

    practice.at(THURSDAY + HOUR)
    practice.work()

    assert got(practice) == []
    with practice.reading():
        notes = db.session.scalars(sa.select(Message).where(Message.kind == MessageKind.CALL)).all()
        assert {note.cancel_reason for note in notes if note.state is MessageState.CANCELLED} == {
            "call_changed"
        }


def test_what_needs_a_yes_is_told_as_a_wish_and_then_as_agreed(practice: Practice, maya: int) -> None:
    books(practice, maya, wish(needs_yes=True))
    practice.work()
    with practice.at_work():
        turns.take(maya)
        calls.approve(practice.lead(maya).bookings[-1], practice.now)
    practice.work()

    asked, agreed = got(practice)
    assert "It isn’t fixed yet" in asked.text
    assert not any(part.get_content_type() == "text/calendar" for part in asked.mail.walk())
    assert entry(agreed)[0::2] == ("REQUEST", 0)


def test_the_schema_refuses_to_tell_one_version_of_a_call_twice(practice: Practice, maya: int) -> None:
    books(practice, maya, wish())

    with practice.reading():
        told = sa.select(Message).where(Message.call_note == CallNote.AGREED)
        agreed = db.session.scalars(told).one()
        again = {"booking_id": agreed.booking_id, "call_note": CallNote.AGREED, "call_sequence": 0}
    with practice.at_work():
        reminder = db.session.scalars(sa.select(Message).where(Message.call_note == CallNote.SOON)).one()
        twice = sa.update(Message).where(Message.id == reminder.id).values(**again)
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(twice)


def test_times_are_told_on_the_clock_of_whoever_reads(practice: Practice, maya: int) -> None:
    books(practice, maya, wish(zone_name="Asia/Kolkata"))
    practice.work()

    (mail,) = got(practice)
    assert "Thursday, March 12 at 10:30 pm (India Time)" in mail.text


def test_nothing_typed_by_who_proved_no_address_is_in_the_note(practice: Practice) -> None:
    sam = practice.receives_inquiry("Buy-gold.example NOW <stranger@example.net>", "Could we talk?")
    books(practice, sam, wish(nonce=f"{sam}:form1:n1"))
    practice.work()

    note = practice.outbox.to("stranger@example.net")[-1]
    assert note.subject.startswith("Our call: ")
    assert "gold" not in note.mail.as_string()
    assert "Hi there," in note.text

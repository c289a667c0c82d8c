"""Whatever happens to people is written down for other programs, in the transaction in which it happens."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from crm.db import db
from crm.flows import capture, triage
from crm.flows.acquaintance import Contact, Introduction, introduce
from crm.models import Account, CallResult, Dispatch, Event, EventKind, Lead, Medium, Undo
from crm.rules.stages import CloseReason, Stage
from tests.flows.merged import merge, part
from tests.listeners import dispatches, heard, listens, payloads
from tests.practice import Practice


def owner_id() -> int:
    owner = Account.owner()
    assert owner is not None
    return owner.id


def moves(practice: Practice, lead_id: int, stage: Stage) -> int:
    with practice.at_work():
        return triage.move(practice.lead(lead_id), stage, owner_id(), practice.now).id


def takes_back(practice: Practice, undo_id: int) -> bool:
    with practice.at_work():
        return triage.take_back(db.session.get_one(Undo, undo_id), practice.now)


def frees(practice: Practice, lead_id: int) -> None:
    with practice.at_work():
        capture.free(practice.lead(lead_id), owner_id(), practice.limits, practice.now)


def test_an_inquiry_is_told(practice: Practice) -> None:
    listens(practice)

    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>", "I can’t sleep.")

    (told,) = payloads(practice)
    assert told == {
        "type": "inquiry.received",
        "timestamp": "2026-03-10T20:52:00.000Z",
        "version": 1,
        "data": {
            "person": {
                "id": sam,
                "formerly": [],
                "url": f"http://localhost/people/{sam}",
                "stage": "new",
                "source": {"kind": "form", "name": None},
            },
            "inquiry": {"id": 1, "received_at": "2026-03-10T20:52:00.000Z"},
        },
    }


def test_nothing_is_written_down_where_nobody_listens(practice: Practice) -> None:
    practice.receives_inquiry("Sam Rivers <sam@example.org>")

    assert dispatches(practice) == []


def test_a_name_and_words_are_told_only_where_the_owner_says_so(practice: Practice) -> None:
    listens(practice)
    listens(practice, with_contact=True)
    listens(practice, with_words=True)

    practice.receives_inquiry("Sam Rivers <sam@example.org>", "I can’t sleep.")

    plain, contact, words = dispatches(practice)
    assert ("Sam" in plain.body, "sleep" in plain.body) == (False, False)
    assert (
        '"name":"Sam Rivers","email":"sam@example.org","phone":null' in contact.body,
        "sleep" in contact.body,
    ) == (
        True,
        False,
    )
    assert ("Sam" in words.body, '"message":"I can’t sleep."' in words.body) == (False, True)
    assert plain.message_id == contact.message_id == words.message_id


def test_the_same_form_twice_is_told_once(practice: Practice) -> None:
    listens(practice)

    for _ in range(2):
        practice.receives_inquiry("Sam Rivers <sam@example.org>", "I can’t sleep.")

    assert heard(practice) == ["inquiry.received"]


def test_a_program_hears_only_what_it_wants_to(practice: Practice) -> None:
    listens(practice, tells=["reply.received"])

    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.hears_back(sam)

    assert heard(practice) == ["reply.received"]


def test_whatever_puts_somebody_in_another_stage_is_told(practice: Practice) -> None:
    listens(practice, tells=["stage.changed"])
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")

    practice.answers(sam)
    with practice.at_work():
        triage.close(practice.lead(sam), CloseReason.NOT_A_FIT, owner_id(), practice.now)
    practice.hears_back(sam)
    moves(practice, sam, Stage.CLIENT)

    assert heard(practice) == [
        "stage.changed: new to contacted",
        "stage.changed: contacted to closed",
        "stage.changed: closed to new",
        "stage.changed: new to client",
    ]
    assert payloads(practice)[1]["data"]["stage"]["reason"] == "not_a_fit"


def test_closing_by_itself_is_told(practice: Practice) -> None:
    listens(practice, tells=["stage.changed"])
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")
    practice.answers(sam)

    practice.advance(days=60)

    assert heard(practice)[-1].endswith("to closed")


def test_an_undo_is_told_each_time(practice: Practice) -> None:
    listens(practice, tells=["stage.changed"])
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")

    for _ in range(2):
        assert takes_back(practice, moves(practice, sam, Stage.CLIENT))

    there, back = "stage.changed: new to client", "stage.changed: client to new"
    assert heard(practice) == [there, back, there, back]


def test_a_booking_is_told_with_its_time(practice: Practice) -> None:
    listens(practice)
    sam = practice.receives_inquiry("Sam Rivers <sam@example.org>")

    with practice.at_work():
        triage.book(
            practice.lead(sam), practice.now + timedelta(days=1), Medium.VIDEO, owner_id(), practice.now
        )

    assert heard(practice)[1:] == ["call.booked", "stage.changed: new to consult_booked"]
    assert payloads(practice)[1]["data"]["call"] == {"starts_at": "2026-03-11T20:52:00.000Z", "by": "video"}


def test_somebody_added_by_hand_is_told_as_that(practice: Practice) -> None:
    listens(practice)

    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        introduce(Introduction(Contact("Ada", phone="+12135550148")), owner, practice.now)

    (told,) = payloads(practice)
    assert told["data"]["person"]["source"] == {"kind": "by_hand", "name": None}


def test_who_is_new_and_already_called_is_told_once_as_they_are_then(practice: Practice) -> None:
    listens(practice)

    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        contact = Contact("Ada", phone="+12135550148")
        introduce(Introduction(contact, "A note", CallResult.SPOKE), owner, practice.now)

    assert heard(practice) == ["inquiry.received"]
    assert payloads(practice)[0]["data"]["person"]["stage"] == "contacted"


def test_who_is_brought_in_by_a_list_into_a_later_stage_has_not_moved(practice: Practice) -> None:
    listens(practice)

    with practice.at_work():
        lead = Lead.find_or_start("mailto:ada@example.org", "Ada", practice.now)
        lead.stage = Stage.WAITLISTED
        lead.record(EventKind.IMPORTED, practice.now, reason="people.csv")

    assert heard(practice) == []


def test_nobody_hears_of_a_suspect_until_they_are_free(practice: Practice) -> None:
    listens(practice)
    spam = practice.receives_inquiry("Casino <win@example.org>", "Win!", honeypot="filled")
    practice.hears_back(spam, "Win now!")
    assert heard(practice) == []

    practice.advance(hours=1)
    frees(practice, spam)

    (told,) = payloads(practice)
    assert told["type"] == "inquiry.received"
    assert told["data"]["inquiry"]["received_at"] == "2026-03-10T20:52:00.000Z"
    assert told["timestamp"] == "2026-03-10T21:52:00.000Z"


def test_a_plain_note_of_a_suspect_tells_of_both(practice: Practice) -> None:
    listens(practice)
    practice.receives_inquiry("Sam <sam@example.org>", "Win!", honeypot="filled")
    practice.advance(hours=1)

    practice.receives_inquiry("Sam <sam@example.org>", "I meant to ask for a call.")

    assert [told["data"]["inquiry"]["id"] for told in payloads(practice)] == [1, 2]


def test_what_the_owner_calls_spam_is_told_if_it_was_known(practice: Practice) -> None:
    listens(practice)
    known = practice.receives_inquiry("Sam <sam@example.org>")
    suspect = practice.receives_inquiry("Casino <win@example.org>", "Win!", honeypot="filled")

    with practice.at_work():
        for each in (known, suspect):
            triage.mark_spam(practice.lead(each), owner_id(), practice.now)

    assert [(told["type"], told["data"]["person"]["id"]) for told in payloads(practice)] == [
        ("inquiry.received", known),
        ("stage.changed", known),
    ]


def test_who_was_taken_for_spam_is_told_of_when_they_are_moved_out(practice: Practice) -> None:
    listens(practice)
    suspect = practice.receives_inquiry("Sam <sam@example.org>", "Win!", honeypot="filled")
    with practice.at_work():
        triage.mark_spam(practice.lead(suspect), owner_id(), practice.now)

    moves(practice, suspect, Stage.CONTACTED)

    assert heard(practice) == ["inquiry.received", "stage.changed: spam to contacted"]


def test_what_is_taken_back_by_an_error_is_not_told(practice: Practice) -> None:
    listens(practice)
    sam = practice.receives_inquiry("Sam <sam@example.org>")

    with suppress(ZeroDivisionError), practice.at_work():
        triage.move(practice.lead(sam), Stage.CLIENT, owner_id(), practice.now)
        db.session.flush()
        raise ZeroDivisionError
    moves(practice, sam, Stage.WAITLISTED)

    assert heard(practice) == ["inquiry.received", "stage.changed: new to waitlisted"]


def test_many_at_once_are_told_each(practice: Practice) -> None:
    listens(practice, tells=["stage.changed"])
    everyone = [practice.receives_inquiry(f"P{n} <p{n}@example.org>") for n in range(5)]

    with practice.at_work():
        for each in everyone:
            triage.move(practice.lead(each), Stage.CLIENT, owner_id(), practice.now)

    assert sorted(told["data"]["person"]["id"] for told in payloads(practice)) == sorted(everyone)


def test_the_name_of_a_thing_is_the_same_whenever_it_is_told_but_not_after_a_restore(
    practice: Practice,
) -> None:
    listens(practice)
    practice.receives_inquiry("Sam <sam@example.org>")
    (before,) = dispatches(practice)
    with practice.at_work() as session:  # a backup of a day ago: the inquiry's number is given once more
        session.execute(sa.delete(Dispatch))

    practice.advance(minutes=1)
    with practice.at_work() as session:
        event = session.scalars(sa.select(Event).where(Event.kind == EventKind.INQUIRY_RECEIVED)).one()
        assert event.inquiry is not None
        event.inquiry.received_at = practice.now
        session.get_one(Lead, event.lead_id).record(
            EventKind.INQUIRY_RECEIVED, practice.now, about=event.inquiry
        )

    (after,) = dispatches(practice)
    assert before.message_id != after.message_id
    assert len(after.message_id) == len("msg_") + 32


def test_who_became_one_person_is_told_with_both_numbers(practice: Practice) -> None:
    listens(practice)
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    other = practice.receives_inquiry("Sam <sam@work.example.org>")
    moves(practice, other, Stage.CLIENT)

    merged = merge(practice, sam, other)
    practice.hears_back(sam)
    assert part(practice, merged)

    together = heard(practice).index("reply.received")
    assert payloads(practice)[together]["data"]["person"]["formerly"] == [other]
    assert heard(practice)[3:] == ["stage.changed: new to client", "reply.received"]
    assert {each.lead_id for each in dispatches(practice)} == {sam, other}

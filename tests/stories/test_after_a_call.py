"""What follows a call: the note to who did not come, once; and a kind decline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from crm.db import db
from crm.flows import sequences, triage
from crm.flows.foresight import plan_of
from crm.models import Medium, Outcome, Sequence, Undo
from crm.rules.windows import Wait
from tests.practice import Practice
from tests.stories.test_follow_ups import LA, MAYA, MAYAS_ADDRESS, local, not_about_the_call


def did_not_come(practice: Practice, lead_id: int) -> None:
    """A call is agreed for Tuesday at 3 pm, and at 3:20 Connor says that they did not come."""
    with practice.at_work():
        triage.book(practice.lead(lead_id), practice.now + timedelta(days=7), Medium.PHONE, 1, practice.now)
    practice.advance(days=7, minutes=20)
    with practice.at_work():
        booking = practice.lead(lead_id).booking
        assert booking
        triage.settle_call(booking, Outcome.NO_SHOW, 1, practice.now)


def test_the_note_after_a_no_show_goes_the_next_business_morning_with_a_way_to_choose_anew(
    practice: Practice,
) -> None:
    practice.at(datetime(2026, 3, 10, 15, 0, tzinfo=LA))
    maya = practice.receives_inquiry(MAYA)

    did_not_come(practice, maya)
    practice.advance(days=1)

    note = practice.outbox.to(MAYAS_ADDRESS)[-1]
    assert local(practice, maya)[-1] == "Wed Mar 18 08:30"
    with practice.reading():
        assert practice.links.person_page(practice.lead(maya).page_token) in note.text


def test_who_does_not_come_again_gets_no_second_note_by_itself(practice: Practice) -> None:
    practice.at(datetime(2026, 3, 10, 15, 0, tzinfo=LA))
    maya = practice.receives_inquiry(MAYA)
    did_not_come(practice, maya)
    practice.advance(days=2)

    did_not_come(practice, maya)
    practice.advance(days=30)

    assert not_about_the_call(practice).count("We missed each other") == 1


def test_a_no_show_taken_back_and_said_again_sends_one_note(practice: Practice) -> None:
    practice.at(datetime(2026, 3, 10, 15, 0, tzinfo=LA))
    maya = practice.receives_inquiry(MAYA)
    did_not_come(practice, maya)
    with practice.reading() as session:
        undo_id = session.scalars(sa.select(Undo.id).order_by(Undo.id.desc())).first()
    assert undo_id
    assert practice.undo(undo_id)

    with practice.at_work():
        booking = practice.lead(maya).booking
        assert booking
        triage.settle_call(booking, Outcome.NO_SHOW, 1, practice.now)
    practice.advance(days=30)

    assert not_about_the_call(practice).count("We missed each other") == 1


def test_a_referral_sends_one_letter_of_the_owners_and_ends_what_ran(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)

    practice.refers_out(maya, "Dr. Ade Okoye", text="Dr. Ade Okoye listens well.")
    practice.advance(days=40)

    letter = practice.outbox.to(MAYAS_ADDRESS)[-1]
    assert len(practice.outbox.to(MAYAS_ADDRESS)) == 2
    assert "Dr. Ade Okoye listens well." in letter.text
    assert "List-Unsubscribe" not in letter.mail


def test_what_the_owner_put_after_the_letter_of_a_referral_follows_it(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        sequence = db.session.scalars(sa.select(Sequence).where(Sequence.key == "kind_decline")).one()
        plan = plan_of(sequence)
        later = replace(plan.emails[0], step_id=-1, at_once=False, wait=Wait(7))
        sequences.save(sequence, plan.with_email(later), practice.now)

    practice.refers_out(maya, text="Dr. Ade Okoye listens well.")
    practice.advance(days=40)

    letters = practice.outbox.to(MAYAS_ADDRESS)[1:]
    assert [("listens well" in each.text) for each in letters] == [True, False]
    assert local(practice, maya)[-1] == "Tue Mar 17 14:52"

"""Interleavings that once broke a promise (tests/storm found them), each as its plain story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows import consent, correction, correspondence, sequences, steering, triage
from crm.flows.acquaintance import Contact, edit_contact
from crm.flows.foresight import plan_of
from crm.flows.jobs import Taken
from crm.flows.verifying import verify
from crm.mail.transport import Refused, TryLater
from crm.models import Account, CallResult, Message, Sequence, Suppression, Undo
from crm.models import Practice as PracticeRow
from crm.models.claims import LEASE
from crm.rules.sending import MessageState, Reason, SuppressionReason
from crm.rules.wording import Wording
from tests.practice import Practice
from tests.worker import finds_the_dead, may_hand_over, takes_what_is_due, tells

POLICY = Refused("554 5.7.1 policy", dead_address=False)
SAM, THEO = "sam@example.org", "theo@gmial.com"


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose second email is due now. The owner wants no notices."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    lead_id = practice.receives_inquiry(f"Sam Rivers <{SAM}>")
    practice.advance(minutes=1)
    practice.at(practice.open_message(lead_id).due_at)
    return lead_id


@pytest.fixture
def theo(practice: Practice) -> int:
    """Someone whose address has a slip, and whose first email was refused for another reason."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    practice.outbox.failures = [POLICY]
    lead_id = practice.receives_inquiry(f"Theo <{THEO}>")
    practice.work()
    return lead_id


def the_sequence() -> Sequence:
    return db.session.scalars(sa.select(Sequence).where(Sequence.key == "new_inquiry")).one()


def test_an_undo_does_not_lose_the_email_after_the_one_that_was_just_leaving(
    practice: Practice, sam: int
) -> None:
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)
    with practice.at_work():
        undo = triage.snooze(practice.lead(sam), practice.now + timedelta(days=1), 1, practice.now).id
    practice.at(practice.now + timedelta(seconds=5))
    tells(practice, [(job, Taken("250 2.0.0 accepted"))])

    with practice.at_work():
        assert triage.take_back(db.session.get_one(Undo, undo), practice.now)
    practice.advance(days=10)

    assert practice.outbox.subjects_to(SAM) == ["I got your note", "About cost, plainly"]


def test_a_sequence_turned_on_again_goes_on_where_an_email_was_refused_meanwhile(
    practice: Practice, sam: int
) -> None:
    (job,) = takes_what_is_due(practice)
    with practice.at_work():
        sequences.turn_off(the_sequence(), practice.now, 1, hold=True)
    tells(practice, [(job, POLICY)])

    with practice.at_work():
        sequences.turn_on(the_sequence(), practice.now, 1)
    practice.advance(days=10)

    assert practice.outbox.subjects_to(SAM) == ["I got your note", "About cost, plainly"]


def test_what_a_worker_holds_while_the_database_turns_out_to_be_restored_does_not_go(
    practice: Practice, sam: int
) -> None:
    (job,) = takes_what_is_due(practice)

    with practice.at_work():
        PracticeRow.current().restored_at = practice.now

    assert not may_hand_over(practice, job)


def test_correcting_an_address_does_not_start_again_what_a_call_had_ended(
    practice: Practice, theo: int
) -> None:
    practice.logs_call(theo, CallResult.SPOKE)

    uses_the_meant_address(practice, theo)
    practice.advance(days=20)

    assert practice.outbox.received == []


def test_correcting_an_address_sends_the_email_that_a_refusal_had_paused(
    practice: Practice, theo: int
) -> None:
    uses_the_meant_address(practice, theo)
    practice.advance(minutes=1)

    assert practice.outbox.subjects_to("theo@gmail.com") == ["I got your note"]


def test_an_email_is_not_sent_again_once_its_sequence_has_gone_on_without_it(
    practice: Practice, client: FlaskClient, theo: int
) -> None:
    (refused,) = practice.messages(theo)
    with practice.at_work():
        steering.resume(practice.lead(theo), 1, practice.now)

    answer = client.post(f"/messages/{refused.id}/repetition", follow_redirects=True)

    assert "have gone on without it" in answer.get_data(as_text=True)
    with practice.reading():
        assert db.session.get_one(Message, refused.id).state is MessageState.FAILED


def test_who_wants_no_more_gets_none_at_an_address_added_later(practice: Practice, sam: int) -> None:
    edits(practice, sam, Contact("Sam", phone="+13105550100"))
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)

    edits(practice, sam, Contact("Sam", email="new@example.org", phone="+13105550100"))
    with practice.at_work():
        steering.start(practice.lead(sam), the_sequence(), 1, practice.now)
    practice.advance(days=20)

    assert practice.outbox.to("new@example.org") == []


def test_a_worker_taken_for_dead_may_still_say_that_it_was_accepted(practice: Practice, sam: int) -> None:
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)
    practice.at(practice.now + LEASE + timedelta(seconds=1))
    finds_the_dead(practice)

    tells(practice, [(job, Taken("250 2.0.0 accepted"))])

    assert [m.state for m in practice.messages(sam)][1:] == [MessageState.SENT, MessageState.SCHEDULED]
    with practice.reading():
        assert [t.outcome for t in db.session.get_one(Message, job.message_id).tries] == ["accepted"]
        assert [finding for finding in verify(practice.now) if not finding.is_sound] == []


def test_a_pause_taken_back_while_a_worker_has_the_email_does_not_hold_it_for_ever(
    practice: Practice, sam: int
) -> None:
    (job,) = takes_what_is_due(practice)
    with practice.at_work():
        undo = steering.pause(practice.lead(sam), 1, practice.now).id
    practice.undo(undo)

    tells(practice, [(job, TryLater("451 4.3.0 try again", account_level=False))])
    practice.advance(hours=1)

    assert practice.outbox.subjects_to(SAM) == ["I got your note", "Still here, if it’s useful"]


def test_a_letter_does_not_go_to_an_address_that_the_owner_has_taken_out(
    practice: Practice, theo: int
) -> None:
    practice.answers(theo)

    edits(practice, theo, Contact("Theo", phone="+13105550100"))
    practice.advance(minutes=1)

    assert practice.outbox.received == []
    with practice.reading():
        assert practice.lead(theo).messages[-1].cancel_reason == Reason.NO_ADDRESS


def edits(practice: Practice, lead_id: int, contact: Contact) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        edit_contact(practice.lead(lead_id), contact, owner, practice.now)


def uses_the_meant_address(practice: Practice, lead_id: int) -> None:
    with practice.at_work():
        owner = Account.owner()
        assert owner is not None
        correction.use_meant_address(practice.lead(lead_id).messages[0], owner, practice.now)


def test_the_last_email_of_paused_follow_ups_can_be_skipped(practice: Practice, sam: int) -> None:
    with practice.at_work():
        sequence = the_sequence()
        sequences.save(
            sequence, replace(plan_of(sequence).without(3).without(2), quiet_days=None), practice.now
        )
        steering.pause(practice.lead(sam), 1, practice.now)

    with practice.at_work():
        steering.skip(practice.lead(sam), practice.lead(sam).messages[-1], 1, practice.now)

    assert practice.story(sam)[-1] == "follow_ups_finished"


def test_an_earlier_undo_takes_along_what_was_done_after_it(practice: Practice, sam: int) -> None:
    answered = practice.answers(sam)
    practice.advance(seconds=1)
    with practice.at_work():
        started = steering.start(practice.lead(sam), the_sequence(), 1, practice.now).id
    practice.advance(seconds=1)

    undone = [practice.undo(answered), practice.undo(started)]

    assert undone == [True, False]
    with practice.reading():
        assert [each.is_open for each in practice.lead(sam).enrollments] == [True, False, False]


def test_the_same_words_after_the_owner_has_answered_are_a_second_reply(practice: Practice, sam: int) -> None:
    practice.hears_back(sam, "Thursday.")
    practice.advance(minutes=1)
    practice.answers(sam)
    practice.advance(minutes=1)

    practice.hears_back(sam, "Thursday.")

    assert practice.story(sam)[-2:] == ["reply_received", "follow_ups_stopped: replied"]


def test_correcting_a_bounced_address_starts_nothing_again_after_a_call(practice: Practice) -> None:
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    theo = practice.receives_inquiry(f"Theo <{THEO}>", client_key="theo")
    practice.advance(minutes=1)
    practice.logs_call(theo, CallResult.SPOKE)

    uses_the_meant_address(practice, theo)
    practice.advance(days=20)

    assert practice.outbox.to("theo@gmail.com") == []


def test_who_stops_the_emails_while_their_address_bounces_gets_none_at_the_corrected_one(
    practice: Practice,
) -> None:
    theo = bounces(practice)
    with practice.at_work():
        consent.unsubscribe(practice.lead(theo), practice.now)

    uses_the_meant_address(practice, theo)
    practice.advance(days=20)

    assert practice.outbox.to("theo@gmail.com") == []
    assert "unsubscribed" in practice.story(theo)


def test_who_takes_the_wish_back_is_still_not_written_to_where_mail_bounces(practice: Practice) -> None:
    theo = bounces(practice)
    with practice.at_work():
        consent.unsubscribe(practice.lead(theo), practice.now)
        consent.resubscribe(practice.lead(theo), practice.now)

    with practice.reading():
        (standing,) = Suppression.against(THEO)
        assert standing.reason is SuppressionReason.BOUNCED


def test_an_address_that_bounces_after_the_wish_to_stop_takes_no_letter_either(practice: Practice) -> None:
    sam = practice.receives_inquiry(f"Sam Rivers <{SAM}>")
    practice.work()
    with practice.at_work():
        consent.unsubscribe(practice.lead(sam), practice.now)
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    practice.answers(sam)
    practice.advance(minutes=1)

    with practice.reading():
        assert [each.reason for each in Suppression.against(SAM)] == ["unsubscribed", "bounced"]
        assert correspondence.obstacles(practice.lead(sam), Wording("Re: Thursday", "", "Thursday works."))


def bounces(practice: Practice) -> int:
    practice.outbox.failures = [Refused("550 5.1.1 no such user", dead_address=True)]
    theo = practice.receives_inquiry(f"Theo <{THEO}>", client_key="theo")
    practice.advance(minutes=1)
    return theo

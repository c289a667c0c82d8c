"""Between the last look and DATA only what a person's act can change is looked at again."""

from __future__ import annotations

from datetime import timedelta

from crm.db import db
from crm.flows import consent, glimpses
from crm.models import Message, Suppression, turns
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageKind, SuppressionReason
from tests.interruption import interrupted
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due


def test_what_the_last_look_knew_is_what_a_glimpse_sees_of_every_kind_of_mail(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = True
    theo = practice.receives_inquiry("Theo <theo@example.org>")
    practice.advance(minutes=1)
    practice.answers(theo)
    with practice.at_work():
        consent.unsubscribe(practice.lead(theo), practice.now)
    practice.receives_inquiry("Maya <maya@example.org>")
    practice.at(practice.now + timedelta(hours=1))

    jobs = takes_what_is_due(practice, 9)

    with practice.reading():
        found = glimpses.glimpse({job.message_id: job.seen.to_address for job in jobs})
        assert found == {job.message_id: job.seen for job in jobs}
        kinds = [db.session.get_one(Message, job.message_id).kind for job in jobs]
    assert {MessageKind.STEP, MessageKind.REPLY, MessageKind.NOTICE} == set(kinds)


def test_of_several_reasons_a_glimpse_sees_the_one_that_forbids_most(
    practice: Practice,
) -> None:
    practice.receives_inquiry("Maya <maya@example.org>")
    job, *_ = takes_what_is_due(practice)
    with practice.at_work():
        for reason in (SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED, SuppressionReason.BOUNCED):
            Suppression.suppress("maya@example.org", reason, practice.now)

    with practice.reading():
        found = glimpses.glimpse({job.message_id: job.seen.to_address})

    assert found[job.message_id].suppressed is SuppressionReason.BOUNCED
    assert not may_hand_over(practice, job)


def test_a_worker_that_waited_for_a_persons_turn_sees_what_was_done_in_it(practice: Practice) -> None:
    theo = practice.receives_inquiry("Theo <theo@example.org>")
    practice.advance(minutes=1)
    practice.answers(theo)
    practice.at(practice.now + timedelta(minutes=1))
    (job,) = takes_what_is_due(practice)
    went: list[bool] = []

    def worker() -> None:
        went.append(may_hand_over(practice, job))

    with interrupted(practice, "INSERT INTO suppression", worker), practice.at_work():
        turns.take(theo)
        Suppression.suppress("theo@example.org", SuppressionReason.BOUNCED, practice.now)

    assert went == [False]

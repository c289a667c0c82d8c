"""Between the last look and DATA only what a person's act can change is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from crm.db import db
from crm.flows import consent, glimpses
from crm.flows.glimpses import Glimpse
from crm.flows.jobs import Job
from crm.models import Message, Suppression, claims, turns
from crm.models import Practice as PracticeRow
from crm.rules.sending import EnrollmentState, MessageKind, SuppressionReason
from crm.rules.stages import Stage
from tests.interruption import interrupted
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due


def marked(practice: Practice, jobs: Sequence[Job]) -> frozenset[int]:
    """Those about which a glimpse finds nothing moved."""
    claims.lock([job.message_id for job in jobs])
    return glimpses.mark_unmoved(jobs, practice.now)


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

    with practice.at_work():
        assert marked(practice, jobs) == {job.message_id for job in jobs}
        kinds = {db.session.get_one(Message, job.message_id).kind for job in jobs}
    assert kinds == {MessageKind.STEP, MessageKind.REPLY, MessageKind.NOTICE}


@pytest.mark.parametrize("what", [*Glimpse._fields[1:]])
def test_whatever_stood_otherwise_when_it_was_seen_is_marked_by_no_glimpse(
    practice: Practice, what: str
) -> None:
    practice.receives_inquiry("Maya <maya@example.org>")
    job, *_ = takes_what_is_due(practice)
    otherwise = {
        "claim_token": "another's",
        "sealed_address": "another",
        "stage": Stage.CLOSED,
        "follow_ups_wanted": False,
        "enrollment": EnrollmentState.PAUSED,
        "is_to_talk": True,
        "suppressed": SuppressionReason.BOUNCED,
    }
    seen = job.seen._replace(**{what: otherwise.get(what, practice.now)})  # type: ignore[arg-type]  # by name

    with practice.at_work():
        assert marked(practice, [replace(job, seen=seen)]) == set()
        assert marked(practice, [job]) == {job.message_id}


def test_of_several_reasons_a_glimpse_sees_the_one_that_forbids_most(practice: Practice) -> None:
    practice.receives_inquiry("Maya <maya@example.org>")
    job, *_ = takes_what_is_due(practice)
    with practice.at_work():
        for reason in (SuppressionReason.UNSUBSCRIBED, SuppressionReason.BOUNCED, SuppressionReason.ERASED):
            Suppression.suppress("maya@example.org", reason, practice.now)

    def having_seen(reason: SuppressionReason) -> Job:
        return replace(job, seen=job.seen._replace(suppressed=reason))

    with practice.at_work():
        assert marked(practice, [having_seen(SuppressionReason.UNSUBSCRIBED)]) == set()
        assert marked(practice, [having_seen(SuppressionReason.ERASED)]) == set()
        assert marked(practice, [having_seen(SuppressionReason.BOUNCED)]) == {job.message_id}
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

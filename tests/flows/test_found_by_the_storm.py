"""Interleavings that once broke a promise (tests/storm found them), each as its plain story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from crm.db import db
from crm.flows import triage
from crm.flows.lines import Taken
from crm.mail.transport import Refused
from crm.models import Practice as PracticeRow
from crm.models import Undo
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due, tells

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

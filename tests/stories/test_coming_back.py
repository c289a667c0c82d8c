"""Someone writes again: they are always answered, and only the owner starts their follow-ups once more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.models import Sequence, Trigger
from crm.rules.sending import EnrollmentState
from crm.rules.stages import CloseReason
from tests.practice import Practice
from tests.web.desk import Desk

MAYA, MAYAS_ADDRESS = "Maya <maya@example.com>", "maya@example.com"
ANSWER = "I got your note"


@pytest.fixture
def desk(practice: Practice, client: FlaskClient) -> Desk:
    return Desk(practice, client)


def turn(practice: Practice, *, active: bool) -> None:
    with practice.at_work() as session:
        new_inquiry = sa.select(Sequence).where(Sequence.trigger == Trigger.INQUIRY)
        session.scalars(new_inquiry).one().active = active


def test_who_comes_back_after_being_closed_is_answered_and_not_put_in_again(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=40)
    with practice.at_work():
        practice.lead(maya).close(CloseReason.OTHER, practice.now)
    practice.outbox.received.clear()

    practice.receives_inquiry(MAYA, "I thought about it again.")
    practice.advance(days=60)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == [ANSWER]
    with practice.reading():
        lead = practice.lead(maya)
        assert lead.waiting_for is not None
        assert lead.enrollment is None


def test_who_writes_again_while_follow_ups_run_is_answered_and_gets_no_more(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=4)
    practice.outbox.received.clear()

    practice.receives_inquiry(MAYA, "One more thing.")
    practice.advance(days=60)

    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == [ANSWER]
    assert "follow_ups_stopped: replied" in practice.story(maya)


def test_who_never_got_an_email_of_it_starts_at_the_beginning(practice: Practice) -> None:
    turn(practice, active=False)
    maya = practice.receives_inquiry(MAYA, "First.")
    practice.advance(days=2)
    turn(practice, active=True)

    practice.receives_inquiry(MAYA, "Second.")
    practice.advance(minutes=1)

    with practice.reading():
        enrollment = practice.lead(maya).enrollment
        assert enrollment is not None
        assert enrollment.state is EnrollmentState.ACTIVE
    assert practice.outbox.subjects_to(MAYAS_ADDRESS) == [ANSWER]


def test_starting_again_by_hand_says_what_they_had_and_sends_it_all(practice: Practice, desk: Desk) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(days=4)
    practice.receives_inquiry(MAYA, "One more thing.")
    practice.advance(minutes=1)

    dialog = desk.opens(f"/people/{maya}/enrollment/new")
    with practice.reading():
        sequence_id = practice.lead(maya).enrollments[0].sequence_id
    desk.does(f"/people/{maya}/enrollment", sequence=sequence_id)

    assert "Maya had “I got your note” on Tuesday" in dialog.all_text
    with practice.reading():
        enrollment = practice.lead(maya).enrollment
        assert enrollment is not None
        assert not enrollment.answers_only

"""One person, one act at a time: the owner, the person and a worker never write over one another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.flows import follow_up
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageState
from crm.rules.stages import Stage
from tests.interruption import interrupted
from tests.practice import Practice, sign_in
from tests.worker import takes_what_is_due

SAM = "Sam Rivers <sam@example.org>"


@pytest.fixture
def sam(practice: Practice) -> int:
    """Someone whose second email is due now. The owner wants no notices."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    lead_id = practice.receives_inquiry(SAM)
    practice.advance(minutes=1)
    practice.at(practice.open_message(lead_id).due_at)
    return lead_id


def a_worker(practice: Practice) -> Callable[[], None]:
    """Claims what is due, as on every ring."""

    def claim() -> None:
        takes_what_is_due(practice)

    return claim


def later(practice: Practice) -> None:
    """The worker carries on; a claim it holds runs out."""
    practice.advance(minutes=30)
    practice.advance(days=30)


def test_someone_can_stop_the_emails_while_a_worker_takes_the_next_one(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    with practice.reading():
        token = practice.lead(sam).unsubscribe_token

    with interrupted(practice, "UPDATE message", a_worker(practice)):
        answer = visitor.post(f"/stop/{token}")
    later(practice)

    assert answer.status_code == 200
    assert len(practice.outbox.to("sam@example.org")) == 1
    assert practice.story(sam)[-2:] == ["unsubscribed", "follow_ups_stopped: unsubscribed"]


def test_an_answer_on_the_private_page_is_kept_while_a_worker_takes_the_next_email(
    practice: Practice, visitor: FlaskClient, sam: int
) -> None:
    with practice.reading():
        token = practice.lead(sam).page_token

    with interrupted(practice, "UPDATE message", a_worker(practice)):
        answer = visitor.post(f"/call/{token}", data={"answer": "not_now"})
    later(practice)

    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert len(practice.outbox.to("sam@example.org")) == 1
    assert "follow_ups_stopped: replied" in practice.story(sam)


def test_a_second_inquiry_is_kept_while_a_worker_takes_the_next_email(practice: Practice, sam: int) -> None:
    with interrupted(practice, "UPDATE message", a_worker(practice)):
        practice.receives_inquiry(SAM, "One more thing.")
    later(practice)

    assert practice.story(sam).count("inquiry_received") == 2
    assert len({mail.message_id for mail in practice.outbox.received}) == len(practice.outbox.received)


@pytest.mark.parametrize("act", ["pause", "spam", "closure"])
def test_the_owner_can_end_the_emails_while_a_worker_takes_the_next_one(
    practice: Practice, client: FlaskClient, sam: int, act: str
) -> None:
    sign_in(practice, client)

    with interrupted(practice, "UPDATE message", a_worker(practice)):
        answer = client.post(f"/people/{sam}/{act}", data={"reason": "other"})
    later(practice)

    assert answer.status_code == 303
    assert len(practice.outbox.to("sam@example.org")) == 1


def test_the_owner_can_take_his_letter_back_while_a_worker_takes_it(
    practice: Practice, client: FlaskClient, sam: int
) -> None:
    undo_id = practice.answers(sam, keep=False)
    practice.at(practice.now + timedelta(seconds=20))
    sign_in(practice, client)

    with interrupted(practice, "UPDATE message", a_worker(practice)):
        answer = client.post(f"/undo/{undo_id}")

    assert answer.status_code == 303
    letter = practice.messages(sam)[-1]
    assert letter.state is MessageState.CANCELLED


def test_nobody_is_closed_for_silence_while_they_write(practice: Practice, sam: int) -> None:
    practice.advance(days=20)
    with practice.reading():
        enrollment = practice.lead(sam).enrollment
        assert enrollment is not None
        assert enrollment.closes_at is not None
        practice.at(enrollment.closes_at)

    def they_ask_again() -> None:
        practice.receives_inquiry(SAM, "I am ready now.")

    with interrupted(practice, "UPDATE enrollment", they_ask_again), practice.at_work():
        follow_up.close_quietly(practice.now)
    practice.advance(minutes=1)

    with practice.reading():
        assert practice.lead(sam).stage is Stage.NEW
    assert practice.outbox.subjects_to("sam@example.org")[-1] == "I got your note"
    assert len(practice.outbox.to("sam@example.org")) == 5


def test_the_plan_can_be_turned_off_while_a_worker_takes_an_email(
    practice: Practice, client: FlaskClient, sam: int
) -> None:
    with practice.reading():
        enrollment = practice.lead(sam).enrollment
        assert enrollment is not None
        sequence_id = enrollment.sequence_id
    sign_in(practice, client)

    with interrupted(practice, "UPDATE message", a_worker(practice)):
        answer = client.post(f"/follow-ups/sequences/{sequence_id}/rest", data={"people": "hold"})
    later(practice)

    assert answer.status_code == 303
    assert len(practice.outbox.to("sam@example.org")) == 1

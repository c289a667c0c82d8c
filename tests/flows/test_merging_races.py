"""Two records become one while workers, the person and the owner act: nothing twice, nothing after a stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import db
from crm.flows.jobs import Taken
from crm.flows.verifying import verify
from crm.models import Lead
from crm.models import Practice as PracticeRow
from crm.rules.merging import Whose
from crm.rules.sending import MessageState
from tests.flows.merged import is_there, merge, part
from tests.interruption import interrupted
from tests.practice import Practice, sign_in
from tests.worker import may_hand_over, takes_what_is_due, tells

OLD, NEW = "sam@example.org", "sam.rivers@example.net"
THE_END = "DELETE FROM lead"
"""The last the merge does to the other record."""


@pytest.fixture
def sam(practice: Practice) -> int:
    """Has had one email more than samuel."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    lead_id = practice.receives_inquiry(f"Sam Rivers <{OLD}>", phone="+12135550148")
    practice.advance(days=4)
    return lead_id


@pytest.fixture
def samuel(practice: Practice, sam: int) -> int:
    """Their second email is due now."""
    lead_id = practice.receives_inquiry(f"Samuel Rivers <{NEW}>", phone="+12135550148")
    practice.advance(minutes=1)
    practice.at(practice.open_message(lead_id).due_at)
    return lead_id


def nothing_went_wrong(practice: Practice) -> bool:
    """Each text once, whichever address it went to, but for the first answer that each had before."""
    subjects = [mail.subject for mail in practice.outbox.received]
    once = len(subjects) - len(set(subjects)) <= 1
    return once and the_book_is_sound(practice)


def the_book_is_sound(practice: Practice) -> bool:
    with practice.reading():
        return all(finding.is_sound for finding in verify(practice.now))


def later(practice: Practice) -> None:
    """The worker carries on; a claim it holds runs out."""
    practice.advance(minutes=30)
    practice.advance(days=40)


@pytest.mark.parametrize("moment", ["UPDATE message", "UPDATE enrollment", THE_END, "INSERT INTO alias"])
def test_a_worker_takes_mail_while_two_become_one(
    practice: Practice, sam: int, samuel: int, moment: str
) -> None:
    with interrupted(practice, moment, lambda: takes_what_is_due(practice)):
        merge(practice, sam, samuel)
    later(practice)

    assert len(practice.outbox.to(NEW)) == 1
    assert len(practice.outbox.to(OLD)) == 4
    assert nothing_went_wrong(practice)


def test_a_mail_that_a_worker_had_already_does_not_go_to_the_merged_record(
    practice: Practice, sam: int, samuel: int
) -> None:
    (job,) = takes_what_is_due(practice)

    merge(practice, sam, samuel)

    assert not may_hand_over(practice, job)
    later(practice)
    assert len(practice.outbox.to(NEW)) == 1
    assert nothing_went_wrong(practice)


def test_a_mail_on_its_way_when_two_become_one_is_told_in_the_kept_story_and_not_sent_again(
    practice: Practice, sam: int, samuel: int
) -> None:
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)

    merge(practice, sam, samuel)
    tells(practice, [(job, Taken("250 ok"))])
    practice.advance(days=40)

    assert practice.story(sam).count("message_sent") == 6, "three before, this one, and the two to come"
    assert len(practice.outbox.to(NEW)) == 1, "the one on its way is the worker's own"
    (sent,) = [message for message in practice.messages(sam) if message.id == job.message_id]
    assert sent.state is MessageState.SENT
    assert len(practice.outbox.to(OLD)) == len(set(practice.outbox.subjects_to(OLD))) == 4
    assert the_book_is_sound(practice)


def test_a_worker_that_is_about_to_hand_over_loses_the_mail_to_the_merge(
    practice: Practice, sam: int, samuel: int
) -> None:
    def they_become_one() -> None:
        if is_there(practice, samuel):
            merge(practice, sam, samuel)

    practice.outbox.before_hand_over = they_become_one

    later(practice)

    assert len(practice.outbox.to(NEW)) == 1
    assert nothing_went_wrong(practice)


@pytest.mark.parametrize("moment", ["UPDATE message", THE_END])
def test_the_stop_link_of_the_merged_record_is_pressed_while_two_become_one(
    practice: Practice, visitor: FlaskClient, sam: int, samuel: int, moment: str
) -> None:
    with practice.reading():
        token = practice.lead(samuel).unsubscribe_token
    answers: list[int] = []

    with interrupted(practice, moment, lambda: answers.append(visitor.post(f"/stop/{token}").status_code)):
        merge(practice, sam, samuel)
    sent = len(practice.outbox.received)
    later(practice)

    assert answers == [200]
    assert len(practice.outbox.received) == sent
    assert practice.story(sam)[-1] == "follow_ups_stopped: unsubscribed"


@pytest.mark.parametrize("moment", ["UPDATE message", THE_END, "INSERT INTO alias"])
def test_a_note_from_the_merged_record_comes_while_two_become_one(
    practice: Practice, sam: int, samuel: int, moment: str
) -> None:
    def they_write() -> None:
        practice.receives_inquiry(f"Samuel <{NEW}>", "One more thing.")

    with interrupted(practice, moment, they_write):
        merge(practice, sam, samuel)
    later(practice)

    with practice.reading():
        assert list(db.session.scalars(sa.select(Lead.id))) == [sam]
    assert practice.story(sam).count("inquiry_received") == 3
    assert practice.outbox.subjects_to(NEW)[-1] == "I got your note", "where they wrote from"
    assert the_book_is_sound(practice)


def test_a_note_comes_while_they_are_taken_apart(practice: Practice, sam: int, samuel: int) -> None:
    merge_id = merge(practice, sam, samuel, email=Whose.OTHER)

    def they_write() -> None:
        practice.receives_inquiry(f"Samuel <{NEW}>", "One more thing.")

    with interrupted(practice, "DELETE FROM alias", they_write):
        assert part(practice, merge_id)

    with practice.reading():
        assert list(db.session.scalars(sa.select(Lead.id).order_by(Lead.id))) == [sam, samuel]
    assert practice.story(samuel).count("inquiry_received") == 2


@pytest.mark.parametrize("act", ["pause", "spam", "closure"])
def test_the_owner_acts_on_the_merged_record_in_another_window_while_two_become_one(
    practice: Practice, client: FlaskClient, sam: int, samuel: int, act: str
) -> None:
    answers: list[int] = []
    sign_in(practice, client)

    def click() -> None:
        answer = client.post(f"/people/{samuel}/{act}", data={"reason": "other"})
        answers.append(answer.status_code)

    with interrupted(practice, THE_END, click):
        merge(practice, sam, samuel)

    assert answers == [409]
    assert not is_there(practice, samuel)


def test_two_windows_merge_the_same_two(practice: Practice, sam: int, samuel: int) -> None:
    troubles: list[Exception] = []

    def once_more() -> None:
        try:
            merge(practice, sam, samuel)
        except Exception as trouble:  # noqa: BLE001 - a thread must not swallow it
            troubles.append(trouble)

    with interrupted(practice, THE_END, once_more):
        merge(practice, sam, samuel)

    assert len(troubles) == 1
    assert practice.story(sam).count("merged") == 1


def test_a_worker_takes_mail_while_two_are_taken_apart(practice: Practice, sam: int, samuel: int) -> None:
    merge_id = merge(practice, sam, samuel)
    practice.at(practice.open_message(sam).due_at)
    claim: Callable[[], object] = lambda: takes_what_is_due(practice)  # noqa: E731 - handed on

    with interrupted(practice, "DELETE FROM alias", claim):
        assert part(practice, merge_id)
    later(practice)

    for address in (OLD, NEW):
        subjects = practice.outbox.subjects_to(address)
        assert len(subjects) == len(set(subjects))
    assert the_book_is_sound(practice)

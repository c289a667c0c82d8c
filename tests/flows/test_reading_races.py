"""Two readers, a reader and a sender, a reader and a merge: each mail once, and nothing after a reply."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows.jobs import Taken
from crm.flows.verifying import verify
from crm.mail.apart import UnreadableError
from crm.mail.parse import parse
from crm.models import Incoming, MailAccount, Reply
from crm.rules.inbound import InboundMail
from tests.interruption import interrupted
from tests.practice import Practice
from tests.worker import may_hand_over, takes_what_is_due, tells

SAM = "sam@example.org"
MARK = "UPDATE message SET template_version_id"
"""The mark before DATA (models/claims)."""


@pytest.fixture
def sam(practice: Practice) -> int:
    """Their second email is due now, and an answer to the first lies in the mailbox, not read yet."""
    lead_id = practice.receives_inquiry(f"Sam Rivers <{SAM}>")
    practice.advance(minutes=1)
    practice.at(practice.open_message(lead_id).due_at)
    return lead_id


def answers_unread(practice: Practice, *texts: str) -> None:
    first = practice.outbox.to(SAM)[0]
    for text in texts:
        practice.lays_into_the_mailbox(answering=first, text=text)


def replies(practice: Practice) -> int:
    with practice.reading():
        return db.session.scalar(sa.select(sa.func.count(Reply.id))) or 0


def the_book_is_sound(practice: Practice) -> bool:
    with practice.reading():
        return all(finding.is_sound for finding in verify(practice.now))


def test_a_second_reader_finds_the_mailbox_taken(practice: Practice, sam: int) -> None:
    answers_unread(practice, "Thursday?", "Or Friday?")

    with interrupted(practice, "INSERT INTO incoming", practice.reads_mail):
        practice.reads_mail()

    assert replies(practice) == 2
    assert len(practice.incoming()) == 2


def test_a_reader_whose_lease_ran_out_changes_nothing_any_more(practice: Practice, sam: int) -> None:
    answers_unread(practice, "Thursday?", "Or Friday?", "Or Monday?")

    def another_takes_over() -> None:
        with practice.app.app_context(), transaction():
            db.session.execute(sa.update(MailAccount).values(lease_until=practice.now - timedelta(hours=1)))
        practice.reads_mail()

    with interrupted(practice, "INSERT INTO reply", another_takes_over):
        practice.reads_mail()
    practice.reads_mail()

    assert replies(practice) == 3
    assert sorted(mail.uid for mail in practice.incoming()) == [1, 2, 3]


def test_what_is_tried_once_more_is_acted_upon_by_one_reader(practice: Practice, sam: int) -> None:
    practice.understands = broken
    practice.receives_mail(answering=practice.outbox.to(SAM)[0], auto_submitted="auto-replied")

    def slowly(raw: bytes) -> InboundMail:
        practice.understands = parse
        with practice.app.app_context(), transaction():
            db.session.execute(sa.update(MailAccount).values(lease_until=practice.now - timedelta(hours=1)))
        practice.reads_mail()
        return parse(raw)

    practice.understands = slowly
    practice.reads_mail()

    assert practice.story(sam).count("auto_reply_received") == 1


def broken(_raw: bytes) -> InboundMail:
    raise UnreadableError


def test_a_reply_read_between_claim_and_hand_over_stops_that_very_email(practice: Practice, sam: int) -> None:
    answers_unread(practice, "Thursday?")
    jobs = takes_what_is_due(practice)

    practice.reads_mail()

    assert len(jobs) == 1
    assert not may_hand_over(practice, jobs[0])
    assert len(practice.outbox.to(SAM)) == 1


def test_a_reply_read_while_the_email_is_handed_over_goes_before_it_or_after(
    practice: Practice, sam: int
) -> None:
    answers_unread(practice, "Thursday?")
    (job,) = takes_what_is_due(practice)

    with interrupted(practice, MARK, practice.reads_mail):
        goes = may_hand_over(practice, job)
    if goes:
        tells(practice, [(job, Taken("250 2.0.0 accepted"))])
    practice.reads_mail()
    practice.advance(days=30)

    assert replies(practice) == 1
    assert len(practice.outbox.to(SAM)) == 1
    assert "follow_ups_stopped: replied" in practice.story(sam)
    assert the_book_is_sound(practice)


def test_a_worker_that_waits_while_a_reply_is_read_sends_nothing_after_it(
    practice: Practice, sam: int
) -> None:
    answers_unread(practice, "Thursday?")
    (job,) = takes_what_is_due(practice)
    went: list[bool] = []

    with interrupted(practice, "UPDATE enrollment", lambda: went.append(may_hand_over(practice, job))):
        practice.reads_mail()

    assert went == [False]
    assert replies(practice) == 1


def test_a_mail_is_stored_with_all_it_changes_or_not_at_all(practice: Practice, sam: int) -> None:
    answers_unread(practice, "Thursday?")
    seen: list[tuple[int, int]] = []

    def look() -> None:
        with practice.reading():
            mails = db.session.scalar(sa.select(sa.func.count(Incoming.id))) or 0
            seen.append((mails, replies(practice)))

    with interrupted(practice, "INSERT INTO reply", look):
        practice.reads_mail()

    assert seen == [(0, 0)]
    assert replies(practice) == 1

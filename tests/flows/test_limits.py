"""How much one account sends and how often one person is written to: decided at the last look, and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.mail.transport import Refused, TryLater
from crm.models import Decision, DomainPause, Lead, Message, Urgency
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageKind, MessageState, Reason, Verdict
from tests.practice import Practice

ADDRESSES = [f"p{n}@example{n}.org" for n in range(12)]


@pytest.fixture
def twelve(practice: Practice) -> Practice:
    """Twelve people have their acknowledgement, and a follow-up each that is due this very moment."""
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    for n, address in enumerate(ADDRESSES):
        practice.receives_inquiry(f"Person {n} <{address}>", f"Hello {n}", client_key=f"c{n}")
    practice.advance(minutes=1)
    practice.at(practice.now + timedelta(days=2))
    make_due(practice)
    return practice


def make_due(practice: Practice) -> None:
    with practice.at_work() as session:
        session.execute(
            sa.update(Message)
            .where(Message.state == MessageState.SCHEDULED, Message.urgency == Urgency.FOLLOW_UP)
            .values(due_at=practice.now, planned_at=practice.now)
        )


def follow_ups(practice: Practice) -> list[str]:
    """Who has had one, in order."""
    return [mail.recipient for mail in practice.outbox.received[len(ADDRESSES) :]]


def reasons(practice: Practice) -> list[Reason | None]:
    with practice.reading():
        late = sa.select(Decision.reason).where(Decision.verdict != Verdict.SEND).distinct()
        return list(db.session.scalars(late))


def limit(practice: Practice, *, hourly: int | None = None, daily: int | None = None) -> None:
    with practice.at_work():
        row = PracticeRow.current()
        row.hourly_limit, row.daily_limit = hourly, daily


def test_an_account_sends_no_more_in_an_hour_than_it_takes(twelve: Practice) -> None:
    limit(twelve, hourly=5)

    twelve.advance(minutes=59)
    first_hour = len(follow_ups(twelve))
    twelve.advance(hours=3)

    assert first_hour == 5
    assert sorted(follow_ups(twelve)) == sorted(ADDRESSES)
    assert reasons(twelve) == [Reason.ACCOUNT_LIMIT]


def test_the_longest_due_go_first(twelve: Practice) -> None:
    limit(twelve, hourly=5)
    with twelve.at_work() as session:
        due = list(
            session.scalars(sa.select(Message).where(*Message.is_due(twelve.now)).order_by(Message.id))
        )
        for n, message in enumerate(reversed(due)):
            message.due_at -= timedelta(seconds=len(due) - n)

    twelve.advance(minutes=30)

    assert follow_ups(twelve) == ADDRESSES[:-6:-1]


def test_whoever_has_just_written_finds_a_place_that_was_kept(twelve: Practice) -> None:
    limit(twelve, hourly=10)
    twelve.advance(minutes=1)
    assert len(follow_ups(twelve)) == 9

    twelve.receives_inquiry("New <new@example.org>", client_key="new")
    twelve.advance(minutes=1)

    assert len(twelve.outbox.to("new@example.org")) == 1


def test_no_more_goes_in_a_day_than_the_account_takes(twelve: Practice) -> None:
    limit(twelve, daily=5)

    twelve.advance(hours=3)

    assert len(follow_ups(twelve)) == 5


def test_what_an_outage_delayed_leaves_one_by_one(twelve: Practice) -> None:
    twelve.at(twelve.now + timedelta(hours=1))

    twelve.work()
    at_once = len(follow_ups(twelve))
    twelve.advance(minutes=5)
    soon = len(follow_ups(twelve))
    twelve.advance(minutes=10)

    assert (at_once, soon) == (1, 6)
    assert sorted(follow_ups(twelve)) == sorted(ADDRESSES)
    assert reasons(twelve) == [Reason.OVERDUE]


def test_what_is_too_late_is_left_out_and_the_next_one_counts_from_now(practice: Practice) -> None:
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(hours=1)
    left_out = practice.open_message(sam)
    practice.at(left_out.due_at + timedelta(days=4))

    practice.work()

    assert "message_skipped: too_late" in practice.story(sam)
    following = practice.open_message(sam)
    assert following.step_id != left_out.step_id
    assert following.due_at > practice.now
    assert len(practice.outbox.to("sam@example.org")) == 1


def test_nobody_gets_more_follow_ups_in_a_week_than_the_owner_allows(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().weekly_cap = 1
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.advance(days=4)
    first = practice.outbox.received[-1]
    with practice.at_work() as session:
        session.execute(
            sa.update(Message)
            .where(Message.state == MessageState.SCHEDULED, Message.kind == MessageKind.STEP)
            .values(due_at=practice.now + timedelta(days=1), planned_at=practice.now)
        )

    practice.advance(days=2)
    assert practice.outbox.received[-1] is first
    assert practice.open_message(sam).due_at > practice.now + timedelta(days=2)
    practice.advance(days=7)

    assert len(practice.outbox.to("sam@example.org")) == 3


def test_a_domain_that_asks_for_patience_is_left_alone_and_others_are_not(practice: Practice) -> None:
    for n in range(3):
        practice.receives_inquiry(f"P{n} <p{n}@busy.example>", client_key=f"c{n}")
    practice.receives_inquiry("Ana <ana@calm.example>", client_key="ana")
    practice.advance(minutes=1)
    practice.at(practice.now + timedelta(days=1))
    make_due(practice)
    with practice.at_work() as session:
        others = (
            Message.state == MessageState.SCHEDULED,
            Message.lead.has(Lead.contact_key != "p0@busy.example"),
        )
        later = practice.now + timedelta(minutes=1)
        session.execute(sa.update(Message).where(*others).values(due_at=later, planned_at=later))
    practice.outbox.failures = [TryLater("450 4.7.1 greylisted", account_level=False)]

    practice.work()
    practice.advance(minutes=1)

    with practice.reading():
        assert db.session.get(DomainPause, "busy.example") is not None
    assert practice.outbox.received[-1].recipient == "ana@calm.example"
    assert {len(practice.outbox.to(f"p{n}@busy.example")) for n in range(3)} == {1}
    practice.advance(hours=2)
    assert {len(practice.outbox.to(f"p{n}@busy.example")) for n in range(3)} == {2}
    assert len(practice.outbox.to("ana@calm.example")) == 2


def test_several_failures_of_the_account_stop_everything_and_tell_the_owner_once(
    practice: Practice,
) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = True
    down = TryLater("421 4.3.2 down", account_level=True)
    for n in range(6):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>", client_key=f"c{n}")
    practice.outbox.failures = [down] * 4

    for _ in range(4):
        practice.work()
    with practice.reading():
        row = PracticeRow.current()
        assert row.account_failures == 3
        assert row.account_retry_at is not None
    practice.advance(minutes=10)

    subjects = [mail.subject for mail in practice.outbox.received]
    assert subjects.count("Your emails had to wait") == 1
    assert subjects.count("I got your note") == 6
    with practice.reading():
        assert PracticeRow.current().account_failures == 0


def test_every_attempt_is_written_down(practice: Practice) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    sam = practice.receives_inquiry("Sam <sam@example.org>")
    practice.outbox.failures = [
        TryLater("451 4.3.0 later", account_level=False),
        Refused("550 5.7.1 no", dead_address=False),
    ]

    practice.advance(hours=1)

    (message,) = [m for m in practice.messages(sam) if m.kind is MessageKind.STEP]
    with practice.reading() as session:
        tries = session.get_one(Message, message.id).tries
        assert [(t.number, t.outcome, t.code) for t in tries] == [(1, "put_off", 451), (2, "refused", 550)]
        assert all(t.worker and t.reply and t.tried_at <= t.ended_at for t in tries)

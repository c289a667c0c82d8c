"""The machine's clock jumps a day: nothing goes twice, nothing is lost, nothing goes at night."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.mail.transport import TryLater
from crm.models import DomainPause, Message
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageState
from crm.rules.waits import FAST_CLOCK, still_waits
from tests.practice import TUESDAY, Practice
from tests.worker import may_hand_over, takes_what_is_due

SAM = "sam@example.org"
HERE = ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)
LATER = TryLater("451 4.3.0 later", account_level=False)
DOWN = TryLater("421 4.3.2 down", account_level=True)


@pytest.mark.parametrize(
    "left", [None, timedelta(), timedelta(minutes=-1), DAY, timedelta(hours=1, seconds=1) + FAST_CLOCK]
)
def test_a_wait_that_is_none_or_past_or_longer_than_it_can_be_is_over(left: timedelta | None) -> None:
    until = None if left is None else TUESDAY + left

    assert not still_waits(until, TUESDAY, timedelta(hours=1))


@pytest.mark.parametrize("left", [timedelta(seconds=1), timedelta(hours=1), timedelta(hours=1) + FAST_CLOCK])
def test_a_wait_that_can_be_is_waited_for(left: timedelta) -> None:
    assert still_waits(TUESDAY + left, TUESDAY, timedelta(hours=1))


@pytest.mark.parametrize("jumps", [(DAY, -DAY), (-DAY, DAY), (DAY,), (-DAY,), (3 * DAY, -2 * DAY)])
def test_the_clock_jumps_and_every_email_goes_once_and_by_day(
    practice: Practice, jumps: tuple[timedelta, ...]
) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    people = [practice.receives_inquiry(f"P{n} <p{n}@example{n}.org>", client_key=f"c{n}") for n in range(3)]
    practice.advance(days=3, minutes=1)

    for jump in jumps:
        practice.at(practice.now + jump)
        practice.advance(hours=1)
    practice.advance(days=60)

    got = Counter((mail.recipient, mail.subject) for mail in practice.outbox.received)
    assert set(got.values()) == {1}
    assert len(got) == 4 * len(people)
    assert all(by_day(each.sent_at) for lead_id in people for each in practice.messages(lead_id)[1:])


def by_day(instant: datetime | None) -> bool:
    assert instant is not None
    local = instant.astimezone(HERE)
    return (8, 30) <= (local.hour, local.minute) < (18, 0) and local.weekday() < 5


def test_what_a_worker_took_while_the_clock_was_fast_is_free_again(practice: Practice) -> None:
    real = practice.now
    practice.at(real + DAY)
    practice.receives_inquiry(f"Sam <{SAM}>")
    assert takes_what_is_due(practice)
    practice.at(real)

    practice.advance(minutes=1)

    assert len(practice.outbox.to(SAM)) == 1


def test_what_had_been_handed_over_while_the_clock_was_fast_is_in_doubt_and_not_sent_again(
    practice: Practice,
) -> None:
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    real = practice.now
    practice.at(real + DAY)
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    (job,) = takes_what_is_due(practice)
    assert may_hand_over(practice, job)
    practice.at(real)

    practice.advance(days=3)

    assert practice.outbox.to(SAM) == []
    assert practice.open_message(sam).state is MessageState.UNCERTAIN


def test_an_answer_put_off_while_the_clock_was_fast_is_not_late_by_as_much(practice: Practice) -> None:
    real = practice.now
    practice.at(real + 2 * DAY)
    practice.receives_inquiry(f"Sam <{SAM}>")
    practice.outbox.failures = [LATER, LATER]
    practice.work()
    practice.at(real)

    practice.advance(minutes=1)

    assert len(practice.outbox.to(SAM)) == 1


def test_a_failing_account_is_tried_again_when_the_clock_is_right(practice: Practice) -> None:
    real = practice.now
    practice.at(real + DAY)
    practice.receives_inquiry(f"Sam <{SAM}>")
    practice.outbox.failures = [DOWN] * 3
    for _ in range(3):
        practice.work()
        practice.at(practice.now + timedelta(minutes=6))
    practice.at(real)
    with practice.at_work() as session:
        assert PracticeRow.current().account_retry_at is not None
        session.execute(sa.update(Message).values(due_at=real))

    practice.work()

    assert len(practice.outbox.to(SAM)) == 1


def test_a_domain_is_not_left_alone_for_a_day_because_of_the_clock(practice: Practice) -> None:
    with practice.at_work():
        DomainPause.pause("example.org", practice.now + 2 * DAY, "450 later", practice.now + DAY)

    with practice.reading():
        assert DomainPause.standing({"example.org"}, practice.now) == {}
    with practice.at_work():
        DomainPause.pause("example.org", practice.now + timedelta(hours=1), "450 later", practice.now)
    with practice.reading():
        standing = DomainPause.standing({"example.org"}, practice.now)

    assert standing == {"example.org": practice.now + timedelta(hours=1)}


def test_mail_of_a_fast_clock_does_not_use_up_the_account(practice: Practice) -> None:
    with practice.at_work():
        row = PracticeRow.current()
        row.notify_owner, row.hourly_limit, row.daily_limit = False, 3, 3
    real = practice.now
    practice.at(real + DAY)
    for n in range(3):
        practice.receives_inquiry(f"P{n} <p{n}@example{n}.org>", client_key=f"c{n}")
    practice.work()
    practice.at(real)

    practice.receives_inquiry(f"Sam <{SAM}>", client_key="sam")
    practice.work()

    assert len(practice.outbox.to(SAM)) == 1


def test_a_line_of_a_fast_clock_is_left(practice: Practice) -> None:
    practice.receives_inquiry(f"Sam <{SAM}>")
    practice.advance(minutes=1)
    with practice.at_work() as session:
        PracticeRow.current().spread_until = practice.now + 10 * DAY
        waiting = session.scalars(sa.select(Message).where(Message.sent_at.is_(None))).one()
        waiting.due_at = waiting.planned_at = practice.now - timedelta(hours=1)

    practice.advance(minutes=2)

    assert len(practice.outbox.to(SAM)) == 2


def test_what_left_after_the_clock_was_set_back_cannot_be_undone(practice: Practice) -> None:
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    practice.at(practice.now + DAY)
    undo = practice.answers(sam)
    practice.at(practice.now - DAY)
    with practice.at_work() as session:
        session.execute(sa.update(Message).where(Message.sent_at.is_(None)).values(due_at=practice.now))
    practice.work()

    assert not practice.undo(undo)
    with practice.reading():
        assert db.session.scalar(sa.select(sa.func.count(Message.id)).where(Message.sent_at.is_not(None)))


def test_of_a_server_that_asks_for_patience_only_its_codes_are_kept(practice: Practice) -> None:
    """Its words may repeat whom it was asked about, and this row is nobody's."""
    with practice.at_work():
        until = practice.now + timedelta(hours=1)
        DomainPause.pause("one.example", until, "450 4.2.1 <sam@one.example> is over quota", practice.now)
        DomainPause.pause("other.example", until, "421 sam@other.example: later", practice.now)

    with practice.reading() as session:
        kept = {each.domain: each.reply for each in session.query(DomainPause)}
    assert kept == {"one.example": "450 4.2.1", "other.example": "421"}

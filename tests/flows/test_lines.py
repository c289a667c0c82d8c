"""Mail that an outage or the account's limit has delayed stands in a line, and the line moves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db, transaction
from crm.flows import ledger
from crm.flows.hours import fit_to_limits
from crm.flows.ledger import Page
from crm.models import Decision, Message, Urgency
from crm.models import Practice as PracticeRow
from crm.rules.sending import MessageState, Reason
from tests.at_once import at_once
from tests.outbox import Received
from tests.practice import Practice

HERE = ZoneInfo("America/Los_Angeles")
MONDAY_MORNING = datetime(2026, 3, 16, 15, 30, tzinfo=UTC)


def people(practice: Practice, count: int) -> list[str]:
    """So many have their first answer, and their next email is due in the order in which they wrote."""
    with practice.at_work():
        row = PracticeRow.current()
        row.notify_owner, row.hourly_limit, row.daily_limit = False, None, None
    addresses = [f"p{n:02}@example{n}.org" for n in range(count)]
    for n, address in enumerate(addresses):
        practice.receives_inquiry(f"Person {n} <{address}>", f"Hello {n}", client_key=f"c{n}")
    practice.advance(minutes=1)
    return addresses


def due(practice: Practice, at: datetime, *, apart: timedelta = timedelta()) -> None:
    """Every follow-up that waits is due now; the first who wrote is the first."""
    with practice.at_work() as session:
        waiting = sa.select(Message).where(
            Message.state == MessageState.SCHEDULED, Message.urgency == int(Urgency.FOLLOW_UP)
        )
        for n, message in enumerate(session.scalars(waiting.order_by(Message.id))):
            message.due_at = message.planned_at = at + n * apart
    practice.at(at)


def limit(practice: Practice, *, hourly: int | None = None, daily: int | None = None) -> None:
    with practice.at_work():
        row = PracticeRow.current()
        row.hourly_limit, row.daily_limit = hourly, daily


def follow_ups(practice: Practice) -> list[Received]:
    return [mail for mail in practice.outbox.received if mail.subject != "I got your note"]


def went_at(practice: Practice) -> list[datetime]:
    with practice.reading():
        sent = sa.select(Message.sent_at).where(
            Message.sent_at.is_not(None), Message.urgency == int(Urgency.FOLLOW_UP)
        )
        return list(db.session.scalars(sent.order_by(Message.sent_at)))


def test_what_waits_for_the_limit_keeps_its_order_and_newcomers_go_behind(practice: Practice) -> None:
    first = people(practice, 8)
    due(practice, MONDAY_MORNING)
    limit(practice, hourly=4)
    practice.work()
    practice.at(practice.now + timedelta(minutes=30))
    with practice.at_work() as session:
        unsent = session.scalars(sa.select(Message).where(Message.sent_at.is_(None)))
        (last,) = [each for each in unsent if each.to_address == first[-1]]
        last.due_at = last.planned_at = practice.now

    practice.advance(hours=5)

    assert [mail.recipient for mail in follow_ups(practice)] == first


def test_a_limit_lowered_below_what_went_already_lets_nothing_more_through(practice: Practice) -> None:
    first = people(practice, 9)
    due(practice, MONDAY_MORNING)
    limit(practice, hourly=5)
    practice.work()
    assert len(follow_ups(practice)) == 5
    limit(practice, hourly=2)

    practice.advance(minutes=59)
    within_the_hour = len(follow_ups(practice))
    practice.advance(hours=8)

    assert within_the_hour == 5
    assert [mail.recipient for mail in follow_ups(practice)] == first
    late = went_at(practice)[5:]
    assert all(sum(at <= each < at + timedelta(hours=1) for each in late) <= 2 for at in late)


def test_a_limit_that_is_lifted_lets_the_line_go_one_by_one(practice: Practice) -> None:
    first = people(practice, 6)
    due(practice, MONDAY_MORNING)
    limit(practice, daily=2)
    practice.work()

    limit(practice)
    with practice.at_work():
        fit_to_limits(practice.now)
    practice.advance(minutes=10)

    assert [mail.recipient for mail in follow_ups(practice)] == first


def test_the_daily_limit_spreads_over_days_and_nothing_goes_at_night(practice: Practice) -> None:
    people(practice, 9)
    due(practice, MONDAY_MORNING + timedelta(hours=8))
    limit(practice, daily=3)

    practice.advance(days=10)

    went = [at.astimezone(HERE) for at in went_at(practice)]
    assert all((8, 30) <= (at.hour, at.minute) < (18, 0) and at.weekday() < 5 for at in went)
    for at in went:
        assert sum(at <= each < at + timedelta(hours=24) for each in went) <= 3


def test_urgent_mail_within_what_is_kept_for_it_takes_no_place_from_the_line(practice: Practice) -> None:
    people(practice, 20)
    due(practice, MONDAY_MORNING)
    limit(practice, hourly=10)
    practice.work()
    practice.receives_inquiry("New <new@example.net>", client_key="new")
    practice.advance(minutes=1)

    practice.advance(hours=3)

    with practice.reading():
        in_line = sa.select(Decision.message_id).where(Decision.reason == Reason.ACCOUNT_LIMIT)
        waited = db.session.scalars(in_line)
        assert sorted(Counter(waited).values()) == [1] * 11
    assert len(practice.outbox.to("new@example.net")) == 1
    assert len(follow_ups(practice)) == 20


def test_an_acknowledgement_is_never_delayed_by_the_line_of_an_outage(practice: Practice) -> None:
    people(practice, 30)
    due(practice, MONDAY_MORNING)
    practice.at(practice.now + timedelta(hours=2))
    practice.work()

    practice.receives_inquiry("New <new@example.net>", client_key="new")
    practice.work()

    assert len(practice.outbox.to("new@example.net")) == 1
    assert len(follow_ups(practice)) == 1


def test_after_an_outage_over_night_nothing_bunches_up_at_the_opening(practice: Practice) -> None:
    people(practice, 30)
    due(practice, MONDAY_MORNING - timedelta(days=2))
    practice.at(MONDAY_MORNING - timedelta(minutes=20))

    practice.advance(hours=2)

    assert len(went_at(practice)) == 30
    assert all(later - earlier >= timedelta(minutes=1) for earlier, later in pairwise(went_at(practice)))


def test_a_line_that_reaches_the_evening_goes_on_in_the_morning_as_a_line(practice: Practice) -> None:
    people(practice, 20)
    closing = datetime(2026, 3, 17, 1, 0, tzinfo=UTC)
    due(practice, closing - timedelta(hours=1))
    practice.at(closing - timedelta(minutes=5))

    practice.advance(days=1)

    went = went_at(practice)
    assert sum(at < closing for at in went) == 5
    assert len(went) == 20
    assert all(later - earlier >= timedelta(minutes=1) for earlier, later in pairwise(went))


def test_after_a_week_away_nobody_gets_what_is_too_late_and_there_is_no_burst(
    practice: Practice,
) -> None:
    people(practice, 12)
    due(practice, MONDAY_MORNING)
    practice.at(MONDAY_MORNING + timedelta(days=7))

    practice.work()
    practice.advance(hours=1)
    at_once = len(follow_ups(practice))
    practice.advance(days=30)

    with practice.reading():
        left_out = sa.select(Decision).where(Decision.reason == Reason.TOO_LATE)
        assert len(db.session.scalars(left_out).all()) == 12
    assert at_once == 0
    assert {
        len([m for m in follow_ups(practice) if m.recipient.startswith(f"p{n:02}")]) for n in range(12)
    } == {2}


def test_the_lines_end_never_runs_away(practice: Practice) -> None:
    people(practice, 5)
    for day in range(4):
        due(practice, MONDAY_MORNING + timedelta(days=day))
        with practice.at_work() as session:
            session.execute(
                sa.update(Message).where(Message.sent_at.is_(None)).values(planned_at=practice.now)
            )
        practice.at(practice.now + timedelta(hours=1))
        practice.work()

    with practice.reading():
        ends = PracticeRow.current().spread_until
        assert ends is not None
        assert ends - practice.now <= timedelta(minutes=5)


def test_two_workers_at_once_send_no_more_than_the_account_takes(practice: Practice) -> None:
    people(practice, 24)
    due(practice, MONDAY_MORNING)
    limit(practice, hourly=10)

    def work() -> list[int]:
        with practice.app.app_context(), transaction():
            page = Page((), (), 24, 24, ledger.claimant("a worker"))
            jobs = ledger.write(page, practice.links, practice.post.retries, practice.now).jobs
        return [job.message_id for job in jobs]

    taken = [*chain(*at_once(work, work))]

    assert len(taken) == len(set(taken)) == 9

"""What was written down is told: at least once under one name, in time, and nobody waits for a slow one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from crm import clock, models
from crm.db import db
from crm.flows import dispatching
from crm.flows.dispatching import LANES
from crm.models import Dispatch, DispatchTry, Message, NoticeKind
from crm.models import dispatch_claims as claims
from crm.outside.guard import Guard
from crm.outside.telling import Answered, Outside
from crm.rules.dispatches import SCHEDULE, DispatchState, OffReason
from crm.rules.reach import Reach
from tests.listeners import dispatches, listener, listens, states
from tests.outside.receivers import Receiver, closes, hangs, receiver, says
from tests.practice import OWNER_EMAIL, Practice

WAITING, DELIVERED, FAILED = DispatchState.WAITING, DispatchState.DELIVERED, DispatchState.FAILED
OUTSIDE = Outside(Guard(Reach(at_home=True)), connect_seconds=0.5, all_seconds=0.8)


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def tells(practice: Practice) -> int:
    """What the worker does on a ring."""
    with practice.app.app_context():
        if not dispatching.anything_due(practice.now):
            return 0
        return dispatching.tell_programs(OUTSIDE, clock.now, timedelta(seconds=20), lambda: False)


def happens(practice: Practice, times: int = 1) -> None:
    """Somebody new asks for a call."""
    for n in range(times):
        practice.receives_inquiry(f"P{n} <p{n}-{monotonic()}@example.org>")


def tries(practice: Practice) -> list[DispatchTry]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(DispatchTry).order_by(DispatchTry.id)))


def notices(practice: Practice) -> int:
    with practice.reading() as session:
        return len(session.scalars(sa.select(Message).where(Message.notice == NoticeKind.PROGRAM_OFF)).all())


def test_a_program_is_told_and_can_check_who_told_it(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    happens(practice)

    assert tells(practice) == 1

    (heard,) = program.heard
    (told,) = dispatches(practice)
    secret = listener(practice).secret
    assert Webhook(secret).verify(heard.body, heard.headers)["type"] == "inquiry.received"
    assert heard.headers["webhook-id"] == told.message_id
    assert heard.headers["content-type"] == "application/json; charset=utf-8"
    assert told.state is DELIVERED
    assert [(each.status, each.problem) for each in tries(practice)] == [(204, "")]
    assert listener(practice).delivered_at == practice.now


def test_both_secrets_sign_for_a_day_after_a_change(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    before = listener(practice).secret
    with practice.at_work() as session:
        after = session.get_one(type(listener(practice)), 1).change_secret(practice.now)

    happens(practice)
    tells(practice)
    practice.advance(hours=25)
    happens(practice)
    tells(practice)

    meanwhile, later = (each.headers["webhook-signature"].split() for each in program.heard)
    assert (len(meanwhile), len(later)) == (2, 1)
    assert before != after
    Webhook(after).verify(program.heard[1].body, program.heard[1].headers)


def test_what_was_not_taken_is_tried_ten_times_over_three_days(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    program.manner = says("500 Oh no", body=b"a stack trace\0" + b"x" * 3000)
    happens(practice)

    waits = []
    while states(practice) == [WAITING]:
        began = dispatches(practice)[0].due_at
        practice.at(began)
        tells(practice)
        waits.append(dispatches(practice)[0].due_at - began)

    assert states(practice) == [FAILED]
    assert len(set(program.ids)) == 1
    assert len(tries(practice)) == len(SCHEDULE) + 1 == 10
    assert all(due <= wait <= due * 1.2 for due, wait in zip(SCHEDULE, waits[:-1], strict=True))
    assert tries(practice)[0].answer.startswith("a stack tracexxx")
    assert len(tries(practice)[0].answer) <= 1000


def test_before_its_time_nothing_is_tried_again(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    program.manner = says("500 Oh no")
    happens(practice)

    tells(practice)
    practice.advance(seconds=4)

    assert tells(practice) == 0


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "299 Odd"])
def test_any_2xx_is_success(practice: Practice, program: Receiver, status: str) -> None:
    listens(practice, program.url)
    program.manner = says(status)
    happens(practice)

    tells(practice)

    assert states(practice) == [DELIVERED]


@pytest.mark.parametrize("status", ["302 Found", "304 Same", "400 Bad", "401 Who", "404 What", "500 Oh"])
def test_anything_else_is_tried_again(practice: Practice, program: Receiver, status: str) -> None:
    listens(practice, program.url)
    program.manner = says(status, "Location: http://127.0.0.1:1/")
    happens(practice)

    tells(practice)

    assert states(practice) == [WAITING]
    assert listener(practice).failing_since == practice.now


def test_gone_switches_it_off_and_tells_the_owner(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    program.manner = says("410 Gone")
    happens(practice)

    tells(practice)
    happens(practice)
    practice.advance(days=1)

    assert tells(practice) == 0
    assert (listener(practice).off_reason, states(practice)) == (OffReason.GONE, [FAILED, WAITING])
    assert notices(practice) == 1
    assert "One of your tools hears nothing any more" in practice.outbox.subjects_to(OWNER_EMAIL)


def test_who_asks_for_rest_gets_it(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    program.next_ones.append(says("429 Too Many", "Retry-After: 3600"))
    happens(practice)
    tells(practice)
    happens(practice)

    practice.advance(minutes=59)
    assert tells(practice) == 0
    practice.advance(minutes=2)

    assert tells(practice) == 2
    assert states(practice) == [DELIVERED, DELIVERED]


def test_days_of_failures_and_nothing_else_switch_it_off(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    program.manner = closes
    for _ in range(6):
        happens(practice)
        tells(practice)
        practice.advance(days=1)
    assert (listener(practice).off_reason, notices(practice)) == (OffReason.FAILING, 1)

    program.manner = says("204 Fine")
    with practice.at_work() as session:
        session.get_one(type(listener(practice)), 1).resume()
    tells(practice)

    assert set(states(practice)) == {DELIVERED}


def test_one_success_within_those_days_keeps_it_on(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    for day in range(12):
        program.manner = says("204 Fine") if day % 4 == 3 else closes
        happens(practice)
        tells(practice)
        practice.advance(days=1)

    assert listener(practice).off_at is None


def test_a_paused_program_hears_later_what_happened_meanwhile(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url, paused_at=practice.now)
    happens(practice)
    assert tells(practice) == 0

    with practice.at_work() as session:
        session.get_one(type(listener(practice)), 1).resume()

    assert tells(practice) == 1


def test_nothing_is_told_from_a_restored_backup_until_the_owner_says_so(
    practice: Practice, program: Receiver
) -> None:
    listens(practice, program.url)
    happens(practice)
    with practice.at_work():
        models.Practice.current().restored_at = practice.now

    assert tells(practice) == 0


def test_a_dead_program_delays_nobody_else(practice: Practice, program: Receiver) -> None:
    with receiver(manner=hangs) as dead:
        listens(practice, dead.url)
        listens(practice, program.url)
        happens(practice, times=12)

        began = monotonic()
        tells(practice)
        took = monotonic() - began

    assert len(set(program.ids)) == 12
    assert dead.most_at_once <= LANES
    assert program.most_at_once <= LANES
    assert took < 15


def test_while_one_is_slow_what_comes_for_others_goes(practice: Practice, program: Receiver) -> None:
    """In the same round, before the slow one has answered."""
    order: list[str] = []

    def is_slow(line: socket.socket, closing: threading.Event) -> None:
        happens(practice)
        hangs(line, closing)
        order.append(f"slow, {len(program.ids)} told")

    with receiver() as slow:
        slow.next_ones.append(is_slow)
        listens(practice, slow.url)
        listens(practice, program.url)
        happens(practice)
        tells(practice)

    assert order == ["slow, 2 told"]


def test_the_claims_of_a_dead_worker_are_told_again_under_the_same_name(
    practice: Practice, program: Receiver
) -> None:
    listens(practice, program.url)
    happens(practice)
    with practice.at_work():  # it took it, and nobody knows whether it told it
        (lost,) = claims.take(1, 5, "a dead worker", practice.now)

    assert tells(practice) == 0
    practice.advance(minutes=3)
    tells(practice)

    assert program.ids == [lost.message_id]
    assert (states(practice), dispatches(practice)[0].tries) == ([DELIVERED], 2)


def test_one_that_kills_every_worker_ends(practice: Practice) -> None:
    listens(practice)
    happens(practice)

    for _ in range(10):
        with practice.at_work():
            assert claims.take(1, 5, "a worker", practice.now)
        practice.advance(days=2)
        with practice.at_work():
            dispatching.reap(practice.now)

    assert states(practice) == [FAILED]


def test_a_late_result_of_a_lost_claim_is_kept_and_decides_nothing(practice: Practice) -> None:
    listens(practice)
    happens(practice)
    with practice.at_work():
        (first,) = claims.take(1, 5, "stalled", practice.now)
    practice.advance(minutes=3)
    with practice.at_work():
        dispatching.reap(practice.now)
        claims.take(1, 5, "alive", practice.now)

    with practice.at_work():
        job = dispatching.Job(first, "", [])
        late = dispatching.Ended(job, practice.now, 5, Answered(500, "", b""))
        dispatching.write([late], "stalled", practice.now)

    assert dispatches(practice)[0].state is DispatchState.SENDING
    assert len(tries(practice)) == 1


def test_who_was_erased_while_it_was_told_breaks_nothing(practice: Practice) -> None:
    listens(practice)
    happens(practice)
    with practice.at_work():
        (taken,) = claims.take(1, 5, "a worker", practice.now)
        db.session.execute(sa.delete(Dispatch))

    with practice.at_work():
        ended = dispatching.Ended(dispatching.Job(taken, "", []), practice.now, 5, Answered(200, "", b""))
        dispatching.write([ended], "a worker", practice.now)

    assert tries(practice) == []


def test_what_a_dead_worker_held_is_looked_for_by_an_index_and_not_among_all_that_was_told(
    practice: Practice,
) -> None:
    with practice.reading():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("Postgres plans by what there is")
        look = f"EXPLAIN QUERY PLAN {claims.LOST.compile(db.engine)}"
        plan = db.session.connection().exec_driver_sql(look, ("2026-03-10",)).all()

    assert "ix_dispatch_lease" in str(plan), plan

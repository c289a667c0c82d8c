"""Several workers, and an owner who acts meanwhile: each thing is told; and the log has an end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import clock
from crm.db import db, transaction
from crm.flows import capture, dispatching, forgetting
from crm.models import Account, Dispatch, EventKind, Listener, turns
from crm.models import dispatch_claims as claims
from crm.outside.guard import Guard
from crm.outside.telling import Outside
from crm.rules.dispatches import KEPT, KEPT_AT_MOST, DispatchKind, DispatchState
from crm.rules.reach import Reach
from tests.listeners import dispatches, heard, listens, states
from tests.outside.receivers import Receiver, receiver
from tests.practice import Practice

OUTSIDE = Outside(Guard(Reach(at_home=True)))


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def at_once(practice: Practice, *acts: Callable[[], object]) -> None:
    """Each in a thread and a context of its own, all begun at one moment."""
    ready, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with practice.app.app_context():
            ready.wait()
            try:
                act()
            except Exception as trouble:  # noqa: BLE001 - told below, by the thread of the test
                failures.append(trouble)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def works() -> object:
    return dispatching.tell_programs(OUTSIDE, clock.now, timedelta(seconds=20), lambda: False)


def test_two_workers_tell_each_thing_once(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    for n in range(40):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")

    at_once(practice, works, works, works)

    assert sorted(program.ids) == sorted(each.message_id for each in dispatches(practice))
    assert set(states(practice)) == {DispatchState.DELIVERED}


def test_people_who_write_meanwhile_wait_for_nobody_and_are_told(
    practice: Practice, program: Receiver
) -> None:
    listens(practice, program.url)
    for n in range(20):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")

    def somebody_writes() -> None:
        for _ in range(10):
            with transaction():
                practice.lead(1).record(EventKind.REMINDER_SET, practice.now)
        for n in range(10):
            practice.receives_inquiry(f"Late {n} <late{n}@example.org>")

    at_once(practice, works, somebody_writes, works)
    with practice.app.app_context():
        works()

    assert len(set(program.ids)) == 30


def test_two_who_free_one_suspect_tell_of_them_once(practice: Practice) -> None:
    listens(practice)
    suspect = practice.receives_inquiry("Sam <sam@example.org>", "Win!", honeypot="filled")

    def frees() -> None:
        with transaction():
            turns.take(suspect)
            owner = Account.owner()
            assert owner is not None
            capture.free(practice.lead(suspect), owner.id, practice.limits, practice.now)

    at_once(practice, frees, frees)

    assert heard(practice) == ["inquiry.received"]


def test_a_claim_is_one_workers(practice: Practice) -> None:
    listens(practice)
    for n in range(30):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")
    taken: list[int] = []

    def claim(token: str) -> Callable[[], None]:
        def take() -> None:
            for _ in range(10):
                with transaction():
                    taken.extend(each.id for each in claims.take(1, 2, token, practice.now))

        return take

    at_once(practice, claim("one"), claim("two"))

    assert len(taken) == len(set(taken)) == 30


def test_the_owner_pauses_it_in_the_midst_and_nothing_new_begins(
    practice: Practice, program: Receiver
) -> None:
    listens(practice, program.url)
    for n in range(10):
        practice.receives_inquiry(f"P{n} <p{n}@example.org>")

    def pauses() -> None:
        with transaction():
            db.session.get_one(Listener, 1).pause(practice.now)

    at_once(practice, works, pauses)

    assert DispatchState.SENDING not in states(practice)
    assert len(program.ids) == states(practice).count(DispatchState.DELIVERED)


def forgets(practice: Practice) -> int:
    """What the job does; how many steps it took."""
    steps = 0
    with practice.app.app_context():
        while True:
            with transaction():
                if not forgetting.go_on(practice.now):
                    return steps
            steps += 1


def test_what_is_over_is_forgotten_after_thirty_days(practice: Practice, program: Receiver) -> None:
    listens(practice, program.url)
    practice.receives_inquiry("Old <old@example.org>")
    with practice.app.app_context():
        works()
    practice.at(practice.now + KEPT - timedelta(days=1))
    practice.receives_inquiry("New <new@example.org>")
    assert forgets(practice) == 0

    practice.at(practice.now + timedelta(days=2))
    forgets(practice)

    assert len(dispatches(practice)) == 1
    assert forgets(practice) == 0


def test_what_failed_long_ago_and_is_told_again_is_kept(practice: Practice) -> None:
    listens(practice)
    practice.receives_inquiry("Old <old@example.org>")
    practice.at(practice.now + KEPT - timedelta(days=1))
    with practice.at_work() as session:
        session.scalars(sa.select(Dispatch)).one().fail(practice.now)

    practice.at(practice.now + timedelta(days=2))
    assert forgets(practice) == 0
    with practice.at_work() as session:
        session.scalars(sa.select(Dispatch)).one().again(practice.now)

    assert forgets(practice) == 0
    assert states(practice) == [DispatchState.WAITING]


def test_a_log_has_an_end_by_number_too(practice: Practice) -> None:
    listens(practice)
    row = {
        "listener_id": 1,
        "kind": DispatchKind.TEST,
        "happened_at": practice.now,
        "body": "{}",
        "due_at": practice.now,
        "tries": 1,
    }
    over = {"state": DispatchState.DELIVERED, "ended_at": practice.now}
    waits = {"state": DispatchState.WAITING, "ended_at": None}
    with practice.at_work() as session:
        rows = [row | over | {"message_id": f"msg_{n}"} for n in range(KEPT_AT_MOST + 600)]
        session.execute(sa.insert(Dispatch), [row | waits | {"message_id": "first"}, *rows])

    assert forgets(practice) == 2

    left = dispatches(practice)
    assert len(left) == KEPT_AT_MOST + 1
    assert left[0].message_id == "first"  # it has still to go


def test_who_was_taken_away_is_forgotten_after_a_day(practice: Practice) -> None:
    listens(practice)
    practice.receives_inquiry("Sam <sam@example.org>")
    with practice.at_work() as session:
        session.get_one(Listener, 1).remove(practice.now)
    assert forgets(practice) == 0

    practice.at(practice.now + timedelta(days=1, minutes=1))
    forgets(practice)

    with practice.reading() as session:
        assert (session.get(Listener, 1), dispatches(practice)) == (None, [])

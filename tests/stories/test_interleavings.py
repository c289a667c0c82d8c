"""Replies, calls, stops, edits, crashes and clocks in any order: what the practice promises holds always."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from crm.db import db
from crm.flows.verifying import verify
from crm.models import Practice as PracticeRow
from crm.models.claims import LEASE
from crm.rules.sending import MessageState
from tests.practice import Practice
from tests.storm import promises
from tests.storm.backup import Backup
from tests.storm.owner import Owner
from tests.storm.people import People
from tests.storm.workers import Workers

WHILE_NOBODY_WORKS = frozenset(
    {"no worker holds an email longer than it may", "nothing that is due stands still without a reason"}
)
"""These a worker must come for; it is asked about them when the storm is over."""


class Storm(Workers, People, Owner):
    """One practice in which everything may happen at any moment."""

    @invariant()
    def every_promise_holds(self) -> None:
        promises.hold(self, self.look())

    @rule()
    def the_ledger_is_verified(self) -> None:
        self._verify(except_for=WHILE_NOBODY_WORKS)

    def _verify(self, except_for: frozenset[str] = frozenset()) -> None:
        with self.practice.reading():
            findings = verify(self.now)
        assert except_for <= {each.promise for each in findings}, "a promise has another name now"
        assert [each for each in findings if not each.is_sound and each.promise not in except_for] == []

    def teardown(self) -> None:
        """The storm is over: all faults end, and what is left drains by itself."""
        self.carried.clear()
        self.practice.at(self.now + LEASE)
        if self.look().practice.restored_at:
            self.the_database_looks_restored_or_is_confirmed()
        if self.look().practice.sending_held_at:
            self.holds_everything_or_lets_it_go()
        self.live_until(self.now + timedelta(days=60))
        picture = self.look()
        promises.hold(self, picture)
        assert picture.in_state(MessageState.SENDING) == []
        waiting = [row for row in picture.in_state(MessageState.SCHEDULED) if row.held_at is None]
        assert waiting == []
        self._verify()


@pytest.fixture
def beginning(practice: Practice) -> Iterator[Backup]:
    """Where each story begins. No power cut is part of the storm, so SQLite need not wait for the disk."""
    with practice.at_work():
        row = PracticeRow.current()
        row.rests_on_holidays, row.hourly_limit, row.daily_limit = False, None, None
    with practice.app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        engine.dispose()
        sa.event.listen(engine, "connect", _hurry)
    yield Backup.of(practice)
    if engine.dialect.name == "sqlite":
        sa.event.remove(engine, "connect", _hurry)
        engine.dispose()


def test_nothing_is_lost_or_doubled_whatever_happens_in_whatever_order(
    practice: Practice, beginning: Backup, database_url: str
) -> None:
    run_state_machine_as_test(
        lambda: Storm(practice, beginning),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", usual(database_url))),
            stateful_step_count=40,
            derandomize="EXAMPLES" not in os.environ,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def usual(database_url: str) -> int:
    """How many stories are told each time; on Postgres a step takes three times as long."""
    return 100 if database_url.startswith("sqlite") else 25


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")

"""A worker of another version than the database would do harm: it waits to be replaced."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.practice import Practice
from worker import jobs


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_a_worker_older_or_newer_than_the_database_sends_nothing(practice: Practice, revision: str) -> None:
    practice.receives_inquiry("Sam <sam@example.org>")
    real = migrated_to(practice, revision)
    try:
        ring(practice)
        before = practice.outbox.to("sam@example.org")
    finally:
        migrated_to(practice, real)

    ring(practice)

    assert before == []
    assert len(practice.outbox.to("sam@example.org")) == 1


def test_a_second_ring_sends_nothing_twice(practice: Practice) -> None:
    practice.receives_inquiry("Sam <sam@example.org>")

    ring(practice)
    ring(practice)

    assert len(practice.outbox.to("sam@example.org")) == 1


def ring(practice: Practice) -> None:
    """One ring of beat."""
    with practice.app.app_context():
        jobs.drain_due_mail(practice.post, linger=0)


def migrated_to(practice: Practice, revision: str) -> str:
    """Pretend that the database is at this revision. Returns at which it was."""
    with practice.at_work() as session:
        before: str = session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    return before

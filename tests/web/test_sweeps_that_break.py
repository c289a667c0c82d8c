"""Acting on very many people, one of whom is stored in a way that no act gets through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from crm.flows import sweeping
from crm.models import Sequence, Trigger, Undo
from crm.web.sweep_words import BROKE
from tests.practice import Practice
from tests.web.desk import Desk
from tests.web.many import begins, paused, words, works


@pytest.fixture
def five(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """P1 to P5, who have follow-ups to come. That is very many, and a worker does two at a time."""
    monkeypatch.setattr("crm.web.sweep_page.MOST", 3)
    monkeypatch.setattr(sweeping, "A_BATCH", 2)
    people = []
    for number in range(1, 6):
        people.append(practice.receives_inquiry(f"P{number} <p{number}@example.com>", "Hello."))
        practice.advance(minutes=1)
    return people


def test_somebody_whose_row_is_damaged_holds_up_nobody_else(
    practice: Practice, desk: Desk, five: list[int]
) -> None:
    address = begins(desk, "start", sequence=first_answer(practice))
    damage(practice, five[2])
    works(practice)
    said = words(desk.opens(address))
    runs = [enrolled(practice, each) for each in five]
    desk.does(f"{address}/removal")
    works(practice)

    assert "has begun for four people" in said
    assert f"It couldn’t be done for P3: {BROKE}." in said
    assert runs == [2, 2, 1, 2, 2]
    assert words(desk.opens(address)) == "Undone for four people."


def test_an_undo_that_breaks_down_at_one_person_goes_on_with_the_others(
    practice: Practice, desk: Desk, five: list[int]
) -> None:
    address = begins(desk, "pause")
    works(practice)
    with practice.at_work() as session:
        undo = session.scalars(sa.select(Undo).where(Undo.lead_id == five[2])).one()
        undo.before = {name: kept for name, kept in undo.before.items() if name != "lead"}

    desk.does(f"{address}/removal")
    works(practice)

    assert words(desk.opens(address)) == f"Undone for four people. It couldn’t be undone for P3: {BROKE}."
    assert paused(practice) == 1


def test_what_only_the_database_refuses_takes_nobody_else_along(
    practice: Practice, desk: Desk, five: list[int]
) -> None:
    address = begins(desk, "pause")
    with refused(practice, "event", five[2]):
        works(practice)

    assert f"It couldn’t be done for P3: {BROKE}." in words(desk.opens(address))
    assert paused(practice) == 4


def test_an_undo_that_the_database_refuses_is_told_as_not_undone(
    practice: Practice, desk: Desk, five: list[int]
) -> None:
    address = begins(desk, "pause")
    works(practice)

    desk.does(f"{address}/removal")
    with refused(practice, "event", five[2]):
        works(practice)

    assert words(desk.opens(address)) == f"Undone for four people. It couldn’t be undone for P3: {BROKE}."
    assert paused(practice) == 1


@contextmanager
def refused(practice: Practice, table: str, lead_id: int) -> Iterator[None]:
    """The database takes no row of this person there."""
    with practice.at_work() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        when = f"WHEN new.lead_id = {lead_id} BEGIN SELECT raise(ABORT, 'no'); END"
        trigger = f"CREATE TRIGGER refused BEFORE INSERT ON {table} {when}"
        check = f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (lead_id <> {lead_id}) NOT VALID"
        session.execute(sa.text(trigger if is_sqlite else check))
    try:
        yield
    finally:
        with practice.at_work() as session:
            gone = "DROP TRIGGER refused" if is_sqlite else f"ALTER TABLE {table} DROP CONSTRAINT refused"
            session.execute(sa.text(gone))


def damage(practice: Practice, lead_id: int) -> None:
    """Their clock is one that this machine does not know."""
    with practice.at_work():
        practice.lead(lead_id).zone_name = "Mars/Olympus"


def first_answer(practice: Practice) -> int:
    with practice.reading():
        sequence = Sequence.for_trigger(Trigger.INQUIRY)
        assert sequence is not None
        return sequence.id


def enrolled(practice: Practice, lead_id: int) -> int:
    with practice.reading():
        return len(practice.lead(lead_id).enrollments)

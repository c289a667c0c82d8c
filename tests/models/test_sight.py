"""What is shown of each table to those who may not see everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crm.db import EYES, Base
from crm.models import Account, Assignment, Lead, Message, Note
from crm.models.sight import SHOWN, VEILED
from crm.rules.permissions import Sight
from tests.practice import Practice

VEIL = "Only Connor sees this"


@contextmanager
def looking(practice: Practice, sight: Sight, account_id: int = 1) -> Iterator[Session]:
    with practice.reading() as session:
        session.info[EYES] = practice.app.extensions["eyes"].of(sight, account_id, VEIL)
        yield session


def people(practice: Practice) -> tuple[int, int]:
    """Maya, who is in Connor's care, and Sam, who is in nobody's."""
    maya = practice.receives_inquiry("Maya <maya@example.org>", message="My own words.")
    sam = practice.receives_inquiry("Sam <sam@example.org>", message="Other words.")
    with practice.at_work():
        Assignment.put(maya, 1, practice.now)
    return maya, sam


def test_every_table_has_its_line() -> None:
    assert {table.name for table in Base.metadata.sorted_tables} == set(SHOWN)


def test_every_veiled_column_is_there() -> None:
    veiled = {f"{table}.{name}" for table, names in VEILED.items() for name in names}
    known = {
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    }

    assert veiled - known == set()


def test_a_table_of_people_is_never_shown_whole_to_a_clinician() -> None:
    of_people = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name in ("lead", "message") for key in table.foreign_keys)
    }

    assert {name for name in of_people if SHOWN[name].to_a_clinician == "1 = 1"} == set()


@pytest.mark.parametrize("sight", [Sight.THEIR_OWN, Sight.NO_WORDS])
def test_every_table_can_be_read_through_its_view(practice: Practice, sight: Sight) -> None:
    people(practice)

    with looking(practice, sight) as session:
        for mapper in Base.registry.mappers:
            session.scalars(sa.select(mapper.class_)).unique().all()


def test_a_clinician_sees_their_own_people_however_they_are_asked_for(practice: Practice) -> None:
    maya, sam = people(practice)

    with looking(practice, Sight.THEIR_OWN) as session:
        assert session.scalars(sa.select(Lead.id)).all() == [maya]
        assert session.get(Lead, sam) is None
        assert session.scalars(sa.select(sa.func.count(Message.id))).one() == 1
        assert session.execute(sa.text("SELECT id FROM lead")).scalars().all() == [maya]
        assert session.connection().execute(sa.select(Lead.__table__.c.id)).scalars().all() == [maya]
        assert session.scalars(sa.select(Lead)).one().inquiries[0].message == "My own words."


def test_whose_eyes_they_are_is_asked_each_time(practice: Practice) -> None:
    people(practice)

    for account_id, how_many in ((1, 1), (2, 0), (1, 1)):
        with looking(practice, Sight.THEIR_OWN, account_id) as session:
            assert session.scalar(sa.select(sa.func.count(Lead.id))) == how_many


def test_an_assistant_sees_everyone_and_no_words(practice: Practice) -> None:
    maya, sam = people(practice)
    practice.answers(maya, "Dear Maya, a secret.")
    with practice.at_work() as session:
        session.add(Note(lead_id=maya, kind="note", text="Between us.", created_at=practice.now))

    with looking(practice, Sight.NO_WORDS) as session:
        assert set(session.scalars(sa.select(Lead.id))) == {maya, sam}
        lead = session.get_one(Lead, maya)
        assert lead.inquiries[0].said == VEIL
        assert session.scalars(sa.select(Note.text)).all() == [VEIL]
        assert session.scalars(sa.select(sa.func.substr(Note.text, 1, 4))).all() == [VEIL[:4]]
        assert {each.body for each in lead.messages} == {None, VEIL}
        assert "secret" not in "".join(map(str, session.execute(sa.select(Message.__table__)).all()))


@pytest.mark.parametrize("sight", [Sight.THEIR_OWN, Sight.NO_WORDS])
def test_eyes_can_only_read(practice: Practice, sight: Sight) -> None:
    maya, _sam = people(practice)

    with looking(practice, sight) as session, pytest.raises(DBAPIError):
        session.execute(sa.text(f"UPDATE account SET name = 'Nobody' WHERE id = {maya}"))
    with practice.reading() as session:
        assert session.scalars(sa.select(Account.name)).all() == ["Connor"]


def test_who_writes_sees_everything(practice: Practice) -> None:
    maya, sam = people(practice)

    with practice.at_work() as session:
        session.info[EYES] = practice.app.extensions["eyes"].of(Sight.THEIR_OWN, 1, VEIL)
        assert set(session.scalars(sa.select(Lead.id))) == {maya, sam}

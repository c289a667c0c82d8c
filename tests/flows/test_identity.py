"""A copied or restored practice sends nothing before its owner has said that it is the one (R40)."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from crm.flows import identity
from crm.models import Instance, Message
from crm.models import Practice as PracticeRow
from crm.rules.identity import Beside, Inside, Likeness, likeness
from crm.rules.sending import MessageState
from tests.practice import Practice
from tests.worker import takes_what_is_due

SAM = "sam@example.org"
HERE, THERE = "5/11", "7/13"


@pytest.mark.parametrize(
    ("inside", "beside", "found"),
    [
        (None, None, Likeness.NEW),
        (None, Beside("a", 3), Likeness.OLDER),
        (Inside("a", HERE, 4), Beside("a", 4), Likeness.ITSELF),
        (Inside("a", HERE, 4), Beside("a", 3), Likeness.ITSELF),
        (Inside("a", HERE, 4), None, Likeness.ITSELF),
        (Inside("a", HERE, 4), Beside("a", 5), Likeness.OLDER),
        (Inside("a", THERE, 4), Beside("a", 4), Likeness.COPY),
        (Inside("a", THERE, 4), None, Likeness.COPY),
        (Inside("a", HERE, 4), Beside("b", 1), Likeness.COPY),
    ],
)
def test_a_database_is_judged_by_what_is_beside_it(
    inside: Inside | None, beside: Beside | None, found: Likeness
) -> None:
    assert likeness(inside, beside, HERE) is found


def look(practice: Practice, folder: Path) -> Likeness:
    """As a worker does at its start and with every heartbeat."""
    with practice.at_work():
        found = identity.look(folder, practice.now)
    with practice.reading():
        identity.remember(folder)
    return found


def is_held(practice: Practice) -> bool:
    with practice.reading():
        return PracticeRow.current().restored_at is not None


def restore_yesterday(practice: Practice) -> None:
    """The database forgets its last marks, as a backup does; what lies beside it does not."""
    with practice.at_work() as session:
        session.get_one(Instance, 1).mark -= 2


def test_looking_again_and_again_raises_no_alarm(practice: Practice, tmp_path: Path) -> None:
    found = [look(practice, tmp_path) for _ in range(4)]

    assert found == [Likeness.NEW, Likeness.ITSELF, Likeness.ITSELF, Likeness.ITSELF]
    assert not is_held(practice)


def test_a_worker_on_another_machine_raises_no_alarm(practice: Practice, tmp_path: Path) -> None:
    look(practice, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    assert look(practice, elsewhere) is Likeness.ITSELF
    assert look(practice, tmp_path) is Likeness.ITSELF


def test_a_crash_between_the_two_marks_raises_no_alarm(practice: Practice, tmp_path: Path) -> None:
    look(practice, tmp_path)
    with practice.at_work():
        identity.look(tmp_path, practice.now)

    assert look(practice, tmp_path) is Likeness.ITSELF


def test_a_torn_file_raises_no_alarm(practice: Practice, tmp_path: Path) -> None:
    look(practice, tmp_path)
    (tmp_path / identity.FILE).write_text('{"ident')

    assert look(practice, tmp_path) is Likeness.ITSELF


def test_a_restored_backup_sends_nothing_by_itself(practice: Practice, tmp_path: Path) -> None:
    for _ in range(4):
        look(practice, tmp_path)
    practice.receives_inquiry(f"Sam <{SAM}>")
    restore_yesterday(practice)

    look(practice, tmp_path)
    practice.advance(days=30)

    assert is_held(practice)
    assert practice.outbox.received == []


def test_a_copy_in_another_place_sends_nothing_by_itself(practice: Practice, tmp_path: Path) -> None:
    look(practice, tmp_path)
    practice.receives_inquiry(f"Sam <{SAM}>")
    with practice.at_work() as session:
        session.get_one(Instance, 1).fingerprint = "another disk"
    other = tmp_path / "copy"
    shutil.copytree(tmp_path, other, ignore=shutil.ignore_patterns("copy"))

    look(practice, other)
    practice.advance(days=1)

    assert is_held(practice)
    assert practice.outbox.received == []


def test_confirmed_what_may_have_left_waits_for_the_owner_and_the_rest_goes_on(
    practice: Practice, tmp_path: Path
) -> None:
    for _ in range(4):
        look(practice, tmp_path)
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    restore_yesterday(practice)
    look(practice, tmp_path)
    practice.at(practice.now + timedelta(hours=2))

    with practice.at_work():
        assert identity.confirm(tmp_path, practice.now) == 1
    with practice.reading():
        identity.remember(tmp_path)
    practice.receives_inquiry("Ana <ana@example.com>")
    practice.advance(days=1)

    assert practice.open_message(sam).state is MessageState.UNCERTAIN
    assert practice.outbox.to(SAM) == []
    assert len(practice.outbox.to("ana@example.com")) == 1
    assert look(practice, tmp_path) is Likeness.ITSELF


def test_once_confirmed_a_worker_on_another_machine_holds_nothing_back(
    practice: Practice, tmp_path: Path
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for _ in range(9):
        look(practice, elsewhere)
    restore_yesterday(practice)
    look(practice, elsewhere)

    with practice.at_work():
        identity.confirm(here, practice.now)

    assert look(practice, elsewhere) is Likeness.ITSELF
    assert not is_held(practice)


def test_what_a_worker_had_in_its_hands_when_the_backup_was_made_is_in_doubt(
    practice: Practice, tmp_path: Path
) -> None:
    sam = practice.receives_inquiry(f"Sam <{SAM}>")
    takes_what_is_due(practice)
    for _ in range(4):
        look(practice, tmp_path)
    restore_yesterday(practice)
    look(practice, tmp_path)

    with practice.at_work():
        identity.confirm(tmp_path, practice.now)

    message: Message = practice.open_message(sam)
    assert message.state is MessageState.UNCERTAIN

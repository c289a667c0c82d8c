"""`crm backup`, `crm restore` and `crm migrate`, as the operator runs them, and the sentences he gets."""

from __future__ import annotations

import errno
import resource
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import time_machine

from crm.db import db
from crm.keeping import shelf, taking
from crm.keeping.shelf import Why
from crm.keeping.troubles import CannotKeep
from crm.migrating import upgrade
from crm.models import Practice
from tests.keeping.conftest import Home
from tests.keeping.running import begun, crm
from tests.practice import TUESDAY
from tests.test_migrations import A_NOTE, WROTE_BEFORE

OTHER_KEY = {"SECRET_KEY": "another-key-that-guards-only-tests-0123456789"}
THE_KEY = "a-secret-key-that-guards-only-tests-0123456789"
"""What tests.conftest.environment says."""


@pytest.fixture(autouse=True)
def on_that_tuesday() -> Iterator[None]:
    """The moment in which the practice with a past stands still."""
    with time_machine.travel(TUESDAY, tick=True):
        yield


@pytest.fixture
def there(elsewhere: Callable[[str], Home], pytestconfig: pytest.Config) -> Home:
    """An empty database of the kind that is tested."""
    return elsewhere(pytestconfig.getoption("--database"))


def schema_of(home: Home) -> str | None:
    with home.app.app_context(), db.engine.connect() as connection:
        return taking.revision(connection)


def why_kept(home: Home) -> list[Why]:
    return [kept.why for kept in shelf.lying_in(home.config.backup_dir)]


def test_what_is_kept_can_be_proved_and_put_back_where_nothing_is(lived_in: Home, there: Home) -> None:
    kept = crm(lived_in, "backup")
    (file,) = [k.path for k in shelf.lying_in(lived_in.config.backup_dir) if k.why is Why.BY_HAND]

    proved = crm(there, "restore", file, "--verify")
    nothing_there = schema_of(there)
    restored = crm(there, "restore", file)

    assert (kept.status, proved.status, restored.status) == (0, 0, 0), (kept, proved, restored)
    assert str(file) in kept.said
    assert "It can be restored." in proved.said
    assert nothing_there is None
    assert "Nothing is sent until the owner has said" in restored.said
    with there.app.app_context():
        assert Practice.current().restored_at is not None
    file.unlink()


def test_people_are_replaced_only_when_told_and_kept_first(lived_in: Home, backup: Path, there: Home) -> None:
    crm(there, "restore", backup)

    refused = crm(there, "restore", backup)
    kept_then = why_kept(there)
    replaced = crm(there, "restore", backup, "--replace")

    assert refused.status == 2
    assert "say --replace" in refused.warned
    assert kept_then == []
    assert replaced.status == 0, replaced
    assert why_kept(there) == [Why.RESTORE]


def test_a_passphrase_instead_of_the_key(lived_in: Home, there: Home, tmp_path: Path) -> None:
    words = tmp_path / "passphrase"
    words.write_text("correct horse battery staple\n")
    file = tmp_path / "by-heart.backup"
    crm(lived_in, "backup", "--to", file, "--passphrase-file", words)

    kept_keys = {"LOOKUP_KEY": THE_KEY, "DATA_KEYS": f"a-new-key-of-the-data-0123456789-0123456789,{THE_KEY}"}
    without = crm(there, "restore", file, "--verify", **OTHER_KEY)
    proved = crm(there, "restore", file, "--verify", "--passphrase-file", words, **OTHER_KEY, **kept_keys)

    assert without.status == 2
    assert "asks for a passphrase" in without.warned
    assert proved.status == 0, proved
    assert "made with other keys than those at hand" in proved.said


def test_without_the_keys_of_the_data_nothing_is_put_back(
    lived_in: Home, there: Home, tmp_path: Path
) -> None:
    words = tmp_path / "passphrase"
    words.write_text("correct horse battery staple\n")
    file = tmp_path / "by-heart.backup"
    crm(lived_in, "backup", "--to", file, "--passphrase-file", words)
    by_heart = {**OTHER_KEY, "BACKUP_PASSPHRASE_FILE": str(words)}

    assert "Put the earlier SECRET_KEY into LOOKUP_KEY" in refusal(there, file, **by_heart)
    assert "None of the keys in DATA_KEYS" in refusal(there, file, **by_heart, LOOKUP_KEY=THE_KEY)
    assert schema_of(there) is None


def test_each_file_that_cant_be_used_has_its_sentence(backup: Path, there: Home, tmp_path: Path) -> None:
    whole, file = backup.read_bytes(), tmp_path / "damaged.backup"
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1

    assert "not there.backup can't be read: No such file" in refusal(there, tmp_path / "not there.backup")
    assert "SECRET_KEY of when it was made" in refusal(there, backup, **OTHER_KEY)
    for damage, said in (
        (whole[:-10], "This backup is damaged: "),
        (bytes(flipped), "This backup is damaged: "),
        (b"PK\3\4" + whole, "isn't a backup of this program"),
    ):
        file.write_bytes(damage)
        assert said in refusal(there, file)
    assert schema_of(there) is None


def refusal(home: Home, file: Path, **more: str) -> str:
    """One line, without a traceback; the same whether it is to be proved or put back."""
    proved, restored = crm(home, "restore", file, "--verify", **more), crm(home, "restore", file, **more)
    assert (proved.status, restored.status) == (2, 2)
    assert proved.warned.count("\n") == 1
    assert proved.warned == restored.warned
    return proved.warned


def test_a_database_with_people_is_kept_before_it_is_migrated(there: Home) -> None:
    an_old_one(there)

    migrated = crm(there, "migrate")
    again = crm(there, "migrate")

    (kept,) = shelf.lying_in(there.config.backup_dir)
    assert migrated.status == 0, migrated
    assert f"What there was is kept in {kept.path}" in migrated.said
    assert again.said == "The database is up to date.\n"
    assert kept.why is Why.MIGRATE
    assert crm(there, "restore", kept.path, "--verify").status == 0


def test_an_empty_database_is_migrated_without_a_word(there: Home) -> None:
    migrated = crm(there, "migrate")

    assert migrated.said == "The database is up to date.\n"
    assert why_kept(there) == []


def test_a_migration_that_fails_leaves_everything_as_it_was(there: Home) -> None:
    an_old_one(there)
    with there.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE inquiry_form (id INTEGER)"
        )  # a later migration makes this one
    before = there.rows()

    failed = crm(there, "migrate")

    (kept,) = shelf.lying_in(there.config.backup_dir)
    assert failed.status == 1
    assert "It is as it was (schema 0015), and nothing is lost." in failed.warned
    assert str(kept.path) in failed.warned
    assert "Traceback" not in failed.warned
    assert there.rows() == before


def an_old_one(home: Home) -> None:
    with home.app.app_context(), db.engine.connect() as connection:
        upgrade(connection, to="0015")
        for statement in WROTE_BEFORE.format(notes=A_NOTE.format(at="2026-03-01", n=1, words="")).split(";"):
            connection.exec_driver_sql(statement)
        connection.commit()


def test_a_full_disk_is_said_and_leaves_no_half(lived_in: Home, tmp_path: Path) -> None:
    """No file of this program's may grow beyond a few kilobytes, as on a disk that is full."""
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (8000, 8000))

    program = begun(lived_in, "backup", "--to", tmp_path / "full.backup", preexec_fn=limit)
    _, warned = program.communicate(timeout=120)

    assert program.returncode == 2
    assert "The backup can't be written" in warned
    assert "Nothing was kept." in warned
    assert list(tmp_path.iterdir()) == []


def test_no_room_is_said_in_words(tmp_path: Path) -> None:
    words = str(CannotKeep.at(tmp_path / "practice.backup", OSError(errno.ENOSPC, "No space left")))

    assert "There is no room left for the backup" in words
    assert "make room, or name another folder in BACKUP_DIR" in words


def test_what_was_set_is_printed_as_for_env(lived_in: Home, backup: Path) -> None:
    told = crm(lived_in, "restore", backup, "--settings")

    assert "BASE_URL=http://localhost\n" in told.said
    assert "SECRET" not in told.said
    assert "PASSWORD" not in told.said


def test_there_is_nothing_to_keep_before_the_first_migration(there: Home) -> None:
    kept = crm(there, "backup")

    assert kept.status == 2
    assert "There is nothing to keep" in kept.warned

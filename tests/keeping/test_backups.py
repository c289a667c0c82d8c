"""A backup holds all there is, and puts it back into either database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.db import db, transaction
from crm.keeping import putting_back, tables, taking
from crm.keeping.contents import Ends, Manifest, Packing, Unpacking
from crm.keeping.keys import Keyring, key_check
from crm.keeping.tables import Table
from crm.keeping.troubles import CannotUse, Damaged, OtherSchema
from crm.migrating import newest_revision, upgrade
from crm.models import Lead, Practice
from crm.sealed import known_as
from tests.keeping.conftest import Home, empty_home
from tests.practice import TUESDAY

BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgres"])


def restored(backup: Path, into: Home, *, held: bool = False) -> None:
    with into.app.app_context(), backup.open("rb") as file:
        putting_back.put_back(db.engine, Unpacking(file, taking.keyring(into.config)), TUESDAY, held=held)


@BOTH
def test_every_row_of_every_table_is_put_back_as_it_was(
    lived_in: Home, backup: Path, elsewhere: Callable[[str], Home], kind: str
) -> None:
    there = elsewhere(kind)

    restored(backup, there)

    was, is_now = lived_in.rows(), there.rows()
    assert is_now.keys() == was.keys()
    assert {name for name in was if was[name] != is_now[name]} == set()
    assert sum(map(len, was.values())) > 1000


@BOTH
def test_numbers_that_were_given_are_not_given_again(
    backup: Path, elsewhere: Callable[[str], Home], kind: str
) -> None:
    there = elsewhere(kind)
    restored(backup, there)

    with there.app.app_context():
        with db.engine.connect() as connection:
            given = tables.counters(connection)
        with transaction() as session:
            known = session.scalar(sa.select(sa.func.max(Lead.id))) or 0
            number = Lead.find_or_start("mailto:new@example.org", "New", TUESDAY).id

    assert number == given["lead"] + 1
    assert number > known


@BOTH
def test_sending_starts_held(backup: Path, elsewhere: Callable[[str], Home], kind: str) -> None:
    there = elsewhere(kind)

    restored(backup, there, held=True)

    with there.app.app_context():
        assert Practice.current().restored_at == TUESDAY


def test_it_is_one_moment_though_others_write_meanwhile(lived_in: Home) -> None:
    with lived_in.app.app_context(), taking.one_moment(db.engine) as connection:
        with transaction():
            before, Practice.current().name = Practice.current().name, "Another name"
        told = connection.execute(sa.select(Practice.name)).scalar()
    with lived_in.app.app_context(), transaction():
        Practice.current().name = before

    assert told == before


def test_it_is_private_and_nothing_else_is_left(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_it_says_what_was_set_and_no_secret(lived_in: Home, backup: Path) -> None:
    with backup.open("rb") as file:
        manifest = Unpacking(file, taking.keyring(lived_in.config)).manifest

    said = str(manifest)
    assert manifest.settings["BASE_URL"] == "http://localhost"
    assert manifest.settings["RETRY_SCHEDULE"] == "300s,900s,2700s,7200s,14400s"
    assert manifest.key_check == key_check(lived_in.config)
    assert lived_in.config.secret_key not in said
    assert lived_in.config.database_url not in said


def test_other_keys_have_another_print(lived_in: Home) -> None:
    other = replace(lived_in.config, secret_key="another-key-that-guards-only-tests-0123456789")

    assert key_check(lived_in.config) != key_check(other)


def made(home: Home, revision: str, table: Table | None, row: list[object], *, lies: bool = False) -> Path:
    """A backup of one table, made by hand."""
    file = io.BytesIO()
    manifest = Manifest(TUESDAY.isoformat(), revision, "sqlite", key_check(home.config))
    packing = Packing(file, Keyring(home.config.secret_key), manifest)
    counts = {table.name: packing.table(table, iter([row]))} if table else {}
    packing.finish(Ends({"lead": 7} if lies else counts, {}))
    path = home.config.data_dir / "made.backup"
    path.write_bytes(file.getvalue())
    return path


ALIAS = Table("alias", ("id", "lead_id"), ("int", "int"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def settled(
    request: pytest.FixtureRequest, lived_in: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """The practice once more, in which nothing may change."""
    folder = tmp_path_factory.mktemp("settled")
    with lived_in.app.app_context():
        taking.take(db.engine, lived_in.config, folder / "practice.backup", TUESDAY)
    with empty_home(request.param, folder) as there:
        restored(folder / "practice.backup", there)
        yield there


@pytest.mark.parametrize(
    ("revision", "table", "why", "said"),
    [
        ("9999", None, OtherSchema, "made by a newer version"),
        (newest_revision(), Table("moon", ("id",), ("int",)), OtherSchema, "has a table moon"),
        (newest_revision(), Table("alias", ("id", "moon"), ("int", "int")), OtherSchema, "has a table alias"),
        (
            newest_revision(),
            Table("mail_account", ("id", "account"), ("int", "text")),
            CannotUse,
            "othing was changed",
        ),
    ],
)
def test_what_doesnt_fit_changes_nothing(
    settled: Home, revision: str, table: Table | None, why: type[Exception], said: str
) -> None:
    before = settled.rows()

    with pytest.raises(why, match=said):
        restored(made(settled, revision, table, [1, 2]), settled)

    assert settled.rows() == before


def test_fewer_rows_than_it_says_change_nothing(settled: Home) -> None:
    before = settled.rows()

    with pytest.raises(Damaged, match="not the rows that it says"):
        restored(made(settled, newest_revision(), None, [], lies=True), settled)

    assert settled.rows() == before


def test_one_with_its_end_cut_off_changes_nothing(settled: Home, backup: Path) -> None:
    before = settled.rows()
    cut = settled.config.data_dir / "cut.backup"
    cut.write_bytes(backup.read_bytes()[:-1])

    with pytest.raises(Damaged, match="its end is missing"):
        restored(cut, settled)

    assert settled.rows() == before


A_PERSON = """
    INSERT INTO lead (id, contact_key, name, email, phone, free_times, prefers, found_us, looking_for,
        line_from_you, created_at, unsubscribe_token, page_token, stage, stage_changed_at,
        follow_ups_wanted, quarantine_reasons)
    VALUES (41, 'mailto:sam@gmial.com', 'Sam Rivers', 'sam@gmial.com', '+12135550148', '', '', '', '',
        '', '2026-03-01', 'a', 'b', 'new', '2026-03-01', true, '[]')
"""


@BOTH
def test_one_of_an_older_schema_is_brought_to_todays(
    elsewhere: Callable[[str], Home], kind: str, pytestconfig: pytest.Config
) -> None:
    old = elsewhere(pytestconfig.getoption("--database"))
    with old.app.app_context(), db.engine.connect() as connection:
        upgrade(connection, to="0003")
        connection.exec_driver_sql(A_PERSON)
        connection.commit()
        taking.take(db.engine, old.config, path := old.config.data_dir / "old.backup", TUESDAY)

    there = old if kind == pytestconfig.getoption("--database") else elsewhere(kind)
    restored(path, there)

    with there.app.app_context():
        sam = db.session.get_one(Lead, 41)
        with db.engine.connect() as connection:
            assert taking.revision(connection) == newest_revision()
        known = (known_as("sam@gmail.com"), known_as("rivers sam"))
        assert (sam.name, sam.mailbox_key, sam.name_key) == ("Sam Rivers", *known)

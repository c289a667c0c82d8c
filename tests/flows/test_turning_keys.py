"""Turning the keys: everything is sealed anew while people write, and after a kill it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Config
from crm import clock
from crm.app import create_app
from crm.cli import main
from crm.cli.data_keys import seal_what_stands_open
from crm.db import db, transaction
from crm.flows.keys import Place, Standing, go_on, settle, standing, that_do_not_open
from crm.key_check import WrongKey
from crm.models import KeyCheck, Lead, Note, NoteKind
from crm.models.at_rest import sealed_tables
from crm.sealed import keyring_of
from tests.at_rest import among, stolen
from tests.conftest import environment
from tests.practice import Practice

OLD, NEW = "an old key which has many letters in it", "a new key which has many letters in it"
NOTES = 40
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def maya(practice: Practice) -> int:
    return practice.receives_inquiry("Maya Okafor <maya.o@example.com>", "I read your piece.")


@contextmanager
def with_keys(config: Config, *keys: str, secret: str | None = None) -> Iterator[Flask]:
    """A program on the same database that has these keys, the current one first."""
    app = create_app(replace(config, data_keys=keys, secret_key=secret or config.secret_key))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def turn_all() -> None:
    place: Place | None = Place()
    while place:
        with transaction():
            place = go_on(place)


def test_what_was_sealed_under_the_first_key_is_under_the_new_one(
    practice: Practice, config: Config, maya: int
) -> None:
    with with_keys(config, NEW):
        before = standing()
        turn_all()
        after = standing()

        assert (before.current, before.plain, before.unknown) == (0, 0, 0)
        assert after == Standing(current=before.older)
        assert db.session.get_one(Lead, maya).name == "Maya Okafor"
        assert dict(that_do_not_open()) == {}


def test_a_second_time_there_is_nothing_to_do(practice: Practice, config: Config, maya: int) -> None:
    with with_keys(config, NEW):
        turn_all()
        lying = stolen(practice)
        turn_all()

    assert stolen(practice) == lying


def test_people_write_and_are_read_while_it_goes_on(practice: Practice, config: Config, maya: int) -> None:
    with with_keys(config, OLD):
        turn_all()
    writer = threading.Thread(target=writes_notes, args=(config, maya))
    writer.start()
    with with_keys(config, NEW, OLD):
        while writer.is_alive():
            turn_all()
        turn_all()

        assert standing().to_do == 0
        assert [note.text for note in db.session.scalars(sa.select(Note).order_by(Note.id))] == [
            f"Note {n}" for n in range(NOTES)
        ]


def writes_notes(config: Config, lead_id: int) -> None:
    """A program that still seals under the key before, and knows the new one."""
    with with_keys(config, OLD, NEW):
        for n in range(NOTES):
            with transaction() as session:
                session.add(
                    Note(lead_id=lead_id, kind=NoteKind.NOTE, created_at=clock.now(), text=f"Note {n}")
                )


def test_what_somebody_writes_in_between_is_not_undone(practice: Practice, config: Config, maya: int) -> None:
    with with_keys(config, NEW):
        keyring = keyring_of(db.engine.dialect)
        (people,) = [each for each in sealed_tables() if each.name == "lead"]
        with transaction():
            (row,) = people.old_ones(keyring, after=0, limit=10)
        with practice.at_work():
            practice.lead(maya).name = "Maya Ruiz"
        with transaction():
            assert people.seal_anew(row, keyring) is None

        assert db.session.get_one(Lead, maya).name == "Maya Ruiz"


def test_killed_in_the_middle_it_goes_on_from_there(
    practice: Practice, config: Config, database_url: str, tmp_path: Path, maya: int
) -> None:
    with practice.at_work() as session:
        same = {"lead_id": maya, "kind": NoteKind.NOTE, "created_at": practice.now}
        session.execute(sa.insert(Note), [same | {"text": f"Note {n}"} for n in range(3_000)])
    env = {**os.environ, **environment(database_url, tmp_path), "DATA_KEYS": f"{NEW},{config.secret_key}"}
    command = [sys.executable, "-m", "crm", "keys", "rotate"]

    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as turning:
        assert turning.stdout is not None
        said = [turning.stdout.readline() for _ in range(2)]
        turning.send_signal(signal.SIGKILL)
    with with_keys(config, NEW):
        halfway = standing()
    again = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)

    assert all(line.startswith("Rows sealed: ") for line in said)
    assert halfway.current > 0
    assert halfway.older > 0
    assert again.returncode == 0, again.stderr
    with with_keys(config, NEW):
        assert standing().to_do == 0
        assert dict(that_do_not_open()) == {}
        assert db.session.scalar(sa.select(sa.func.count(Note.id))) == 3_000


def test_with_another_key_no_program_gets_a_connection(
    practice: Practice, config: Config, database_url: str, tmp_path: Path, maya: int
) -> None:
    with with_keys(config, NEW):
        turn_all()
        with transaction():
            assert settle(practice.now)
    env = {**os.environ, **environment(database_url, tmp_path), "DATA_KEYS": OLD}
    other = {
        **os.environ,
        **environment(database_url, tmp_path),
        "SECRET_KEY": "another secret key of many letters",
    }

    with with_keys(config, OLD), pytest.raises(WrongKey, match="opens this database"):
        db.session.get(Lead, maya)
    command = [sys.executable, "-m", "crm", "people"]
    told = [subprocess.run(command, env=each, cwd=ROOT, capture_output=True, text=True, check=False)
            for each in (env, other)]  # fmt: skip

    assert [each.returncode for each in told] == [2, 2]
    assert "None of the keys in DATA_KEYS" in told[0].stderr
    assert "Put the earlier SECRET_KEY into LOOKUP_KEY" in told[1].stderr
    assert [each.stdout for each in told] == ["", ""]


def test_a_changed_secret_with_the_earlier_one_for_look_ups_finds_everybody(
    practice: Practice, config: Config, maya: int
) -> None:
    with practice.at_work():
        KeyCheck.renew(practice.now)
    secret = "another secret key which has many letters"
    changed = replace(
        config, data_keys=(NEW, config.secret_key), secret_key=secret, lookup_key=config.secret_key
    )
    app = create_app(changed)

    with app.app_context():
        found = Lead.with_key("mailto:maya.o@example.com")
        assert found is not None
        assert found.name == "Maya Okafor"
        db.session.remove()
        db.engine.dispose()


def test_what_was_there_before_there_were_keys_is_read_and_then_sealed(
    practice: Practice, config: Config, maya: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with practice.at_work() as session:
        session.execute(sa.text("UPDATE lead SET name = 'Maya Zqopenqz'"))
        session.execute(sa.text("""UPDATE event SET facts = '{"from": "zqopenqz"}'"""))
        session.execute(sa.text("""UPDATE inquiry SET message = 's1.zqopenqz', more = '{"a": "zqopenqz"}'"""))
    with practice.reading() as session:
        lead = practice.lead(maya)
        before = (lead.name, lead.events[0].facts, lead.inquiries[0].more)
    assert among(["zqopenqz"], stolen(practice)) == ["zqopenqz"]

    with practice.app.app_context():
        seal_what_stands_open()

    assert before == ("Maya Zqopenqz", {"from": "zqopenqz"}, {"a": "zqopenqz"})
    assert "Rows sealed" in capsys.readouterr().out
    with practice.reading():
        lead = practice.lead(maya)
        assert (lead.name, lead.events[0].facts, lead.inquiries[0].more) == before
        assert KeyCheck.is_whole()
    assert among(["zqopenqz"], stolen(practice)) == []


def test_the_operator_adds_a_key_and_turns_to_it(
    practice: Practice, config: Config, maya: int, tmp_path: Path, operator: Operator
) -> None:
    (tmp_path / "data_keys").write_text(OLD, encoding="ascii")

    said = [operator(verb) for verb in ("rotate", "new", "status", "rotate", "status", "check")]

    assert "begins with a new key" in said[1]
    assert "Under the current key: 0 values" in said[2]
    assert "Earlier keys are no longer needed" in said[4]
    assert said[5] == "Everything that is sealed opens.\n"
    assert len((tmp_path / "data_keys").read_text(encoding="ascii").splitlines()) == 2


def test_the_operator_is_told_which_rows_do_not_open(
    practice: Practice, maya: int, operator: Operator
) -> None:
    with practice.at_work() as session:
        session.execute(sa.text("UPDATE lead SET name = '~s1~nothing at all'"))

    assert operator("check", 1) == f"WRONG lead.name: 1 can’t be read, in rows {maya}\n"


def test_no_key_is_added_where_the_keys_are_in_no_file(practice: Practice, operator: Operator) -> None:
    assert operator("new", 2) == ""


Operator = Callable[..., str]


@pytest.fixture
def operator(
    practice: Practice,
    config: Config,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Operator:
    """What `crm keys` prints, and whether its exit status was this one."""
    for name, value in environment(database_url, tmp_path).items():
        monkeypatch.setenv(name, value)

    def says(verb: str, status: int = 0) -> str:
        assert main(["keys", verb]) == status
        return capsys.readouterr().out

    return says

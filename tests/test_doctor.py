"""`crm doctor` and `crm health`: one line each, with what to do, and an exit status for machines."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Config, ImapSecurity, SmtpSecurity
from crm.cli import upkeep
from crm.db import db
from crm.doctor import Finding, Level, database, engine, examined, here, mail, people, status_of, web
from crm.keeping import shelf, taking
from crm.keeping.shelf import Why
from crm.models import Account, JobRun
from crm.models import Practice as PracticeRow
from tests.mail.servers import serving
from tests.practice import Practice

NOWHERE = 1
"""A port on which nothing listens."""


@pytest.fixture
def around(practice: Practice, tmp_path: Path) -> Config:
    """Where nothing is that could be reached."""
    known: Config = practice.app.extensions["config"]
    return replace(
        known,
        data_dir=tmp_path,
        backup_dir=tmp_path / "backups",
        smtp_port=NOWHERE,
        redis_url=f"redis://127.0.0.1:{NOWHERE}/0",
    )


def found(findings: list[Finding]) -> dict[str, Level]:
    return {finding.about: finding.level for finding in findings}


def looks(practice: Practice, config: Config, check: Callable[[Config], object]) -> dict[str, Level]:
    with practice.app.app_context():
        return found(list(check(config)))  # type: ignore[call-overload]


def test_each_finding_that_is_not_well_says_what_to_do(practice: Practice, around: Config) -> None:
    with practice.app.app_context():
        findings = list(examined(around))

    assert all(bool(each.to_do) == (each.level is not Level.OK) for each in findings)
    assert all(len(str(each).splitlines()) == 1 for each in findings)
    assert {"versions", "secrets", "address", "database", "schema", "writing", "backup", "broker"} <= set(
        found(findings)
    )


def test_the_status_is_that_of_the_worst() -> None:
    fine, odd, bad = (Finding(level, "", "") for level in (Level.OK, Level.LOOK, Level.WRONG))

    assert [status_of(each) for each in ([], [fine], [fine, odd], [odd, bad, fine])] == [0, 0, 1, 2]


def test_a_database_of_another_version_is_wrong(practice: Practice, around: Config) -> None:
    assert looks(practice, around, database.check)["schema"] is Level.OK
    with practice.at_work() as session:
        real = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    try:
        assert looks(practice, around, database.check)["schema"] is Level.WRONG
    finally:
        with practice.at_work() as session:
            session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{real}'")


def test_a_backup_that_is_missing_or_old_wants_a_look(practice: Practice, around: Config) -> None:
    missing = looks(practice, around, database.check)["backup"]
    with practice.app.app_context():
        taking.take(
            db.engine, around, shelf.place(around.backup_dir, Why.NIGHTLY, practice.now), practice.now
        )
    fresh = looks(practice, around, database.check)["backup"]
    practice.at(practice.now + timedelta(hours=37))

    assert (missing, fresh) == (Level.LOOK, Level.OK)
    assert looks(practice, around, database.check)["backup"] is Level.LOOK


def test_a_mail_server_that_is_not_there_is_wrong_and_one_that_answers_is_not(
    practice: Practice, around: Config
) -> None:
    away = looks(practice, around, mail.check)["SMTP"]
    with serving() as server:
        there = looks(practice, replace(around, smtp_port=server.port), mail.check)["SMTP"]

    assert (away, there) == (Level.WRONG, Level.OK)


def test_a_mailbox_that_cannot_be_reached_is_wrong_and_none_wants_a_look(
    practice: Practice, around: Config
) -> None:
    away = replace(
        around,
        imap_host="127.0.0.1",
        imap_port=NOWHERE,
        imap_security=ImapSecurity.NONE,
        imap_username="x",
        imap_password="y",
    )

    assert looks(practice, around, mail.check)["IMAP"] is Level.LOOK
    assert looks(practice, away, mail.check)["IMAP"] is Level.WRONG


def test_an_invented_domain_is_not_looked_up(practice: Practice, around: Config) -> None:
    assert looks(practice, around, mail.check)["DNS"] is Level.OK


def test_a_broker_that_is_away_is_wrong(practice: Practice, around: Config, tmp_path: Path) -> None:
    folder = replace(around, redis_url=f"filesystem://{tmp_path}")

    assert looks(practice, around, engine.check)["broker"] is Level.WRONG
    assert looks(practice, folder, engine.check)["broker"] is Level.OK


def test_parts_that_show_themselves_are_well(practice: Practice, around: Config) -> None:
    before = looks(practice, around, engine.check)
    with practice.at_work():
        for part in ("worker", "beat", "heartbeat"):
            JobRun.note(part, practice.now)

    after = looks(practice, around, engine.check)

    assert (before["worker"], before["beat"]) == (Level.WRONG, Level.WRONG)
    assert {after[part] for part in ("worker", "beat", "rings", "mail", "sending")} == {Level.OK}


def test_a_restored_copy_is_told(practice: Practice, around: Config) -> None:
    with practice.at_work():
        PracticeRow.current().restored_at = practice.now

    assert looks(practice, around, engine.check)["sending"] is Level.LOOK


@pytest.mark.parametrize(
    ("changed", "about", "level"),
    [
        ({}, "address", Level.OK),
        ({"base_url": "https://crm.example.org"}, "address", Level.OK),
        ({"base_url": "http://crm.example.org"}, "address", Level.LOOK),
        ({"base_url": "https://crm.example.org"}, "hosts", Level.WRONG),
        ({"base_url": "https://localhost"}, "proxies", Level.LOOK),
        ({"base_url": "https://localhost", "trusted_proxies": 1}, "proxies", Level.OK),
        ({"trusted_proxies": 7}, "proxies", Level.LOOK),
    ],
)
def test_the_way_in_is_looked_at(
    around: Config, changed: dict[str, object], about: str, level: Level
) -> None:
    assert found(list(web.check(replace(around, **changed))))[about] is level  # type: ignore[arg-type]


def test_a_secret_that_others_may_read_wants_a_look(
    around: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    secret = tmp_path / "smtp_password"
    secret.write_text("x")
    monkeypatch.setenv("SMTP_PASSWORD_FILE", str(secret))

    secret.chmod(0o644)
    before = found(list(here.check(around)))["secrets"]
    secret.chmod(0o400)

    assert before is Level.LOOK
    assert around.smtp_security is SmtpSecurity.NONE
    assert Level.WRONG not in found(list(here.check(around))).values()


def runs_health(practice: Practice, *only: str) -> int:
    with practice.app.app_context():
        return upkeep.health(practice.app, Namespace(only=[*only]))


def test_cron_hears_of_each_part_that_is_silent(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    with practice.at_work():
        for part in ("worker", "beat", "heartbeat", "backup"):
            JobRun.note(part, practice.now)
    well = runs_health(practice)
    said_nothing = capsys.readouterr().out
    practice.at(practice.now + timedelta(minutes=10))

    silent = runs_health(practice)

    lines = capsys.readouterr().out.splitlines()
    assert (well, said_nothing, silent) == (0, "", 1)
    assert [line.partition(":")[0] for line in lines] == ["worker", "beat"]
    assert all("To do: " in line for line in lines)
    assert runs_health(practice, "beat") == 1
    assert runs_health(practice, "mailbox") == 0


def test_doctor_speaks_json(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    with practice.app.app_context():
        status = upkeep.doctor(practice.app, Namespace(json=True))

    told = json.loads(capsys.readouterr().out)
    assert status in (1, 2)
    assert set(told[0]) == {"level", "about", "words", "to_do"}


def test_who_signs_in_with_a_password_alone_wants_a_look(practice: Practice, around: Config) -> None:
    before = looks(practice, around, people.check)
    with practice.at_work() as session:
        for account in session.scalars(sa.select(Account)):
            account.totp_secret, account.totp_confirmed_at = "JBSWY3DPEHPK3PXP", practice.now

    assert before == {"second step": Level.LOOK}
    assert looks(practice, around, people.check) == {"second step": Level.OK}

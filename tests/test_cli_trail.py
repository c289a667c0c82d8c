"""`crm audit`: what it prints, and its exit status."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from crm.cli import trail as trail_verbs
from crm.flows import trail, trail_check
from crm.rules.trail import Act, Deed
from tests.flows.test_trail import by_force, lines
from tests.practice import Practice


@pytest.fixture(autouse=True)
def _nothing_beside(practice: Practice) -> None:
    """The data folder of the tests is one for all."""
    (practice.app.extensions["config"].data_dir / trail_check.FILE).unlink(missing_ok=True)


def audit(practice: Practice, *words: str) -> int:
    parser = argparse.ArgumentParser()
    trail_verbs.add_arguments(parser)
    with practice.app.app_context():
        return trail_verbs.audit(practice.app, parser.parse_args(words))


def test_a_whole_record_is_said_to_be_whole(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    lines(practice, 3)

    assert audit(practice, "verify") == 0

    said = capsys.readouterr().out
    assert "3 lines looked at, 1 to 3." in said
    assert "ok    each sealed and in its place" in said


def test_a_broken_one_names_its_first_broken_line(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    lines(practice, 5)
    by_force(practice, "UPDATE audit SET lead_id = 99 WHERE number = 2")

    assert audit(practice, "verify") == 1
    assert "WRONG line 2: this line was changed, moved or put in." in capsys.readouterr().out
    assert audit(practice, "verify", "--json") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["line"] == 2


def test_after_a_restored_backup_it_can_be_accepted(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: Path = practice.app.extensions["config"].data_dir
    trail_check.write_beside(folder, trail_check.Mark(40, "what was lost"))
    lines(practice, 2)
    assert audit(practice, "verify") == 1

    assert audit(practice, "accept") == 0

    assert "goes on from line 3" in capsys.readouterr().out
    assert audit(practice, "verify") == 0


def test_it_is_listed_by_person_and_account(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    lines(practice, 3)
    with practice.at_work():
        trail.say(Deed(Act.EXPORTED, practice.now, 2, 2, facts={"by": "privacy.create_export"}))

    audit(practice, "--person", "2")
    of_person = capsys.readouterr().out.splitlines()
    audit(practice, "--account", "2", "--json")
    of_account = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    assert [line.split()[0] for line in of_person] == ["2", "4"]
    assert [(line["act"], line["lead_id"]) for line in of_account] == [("exported", 2)]

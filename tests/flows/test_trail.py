"""The access record: nobody can change it unseen, and nobody who acts can go by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db, transaction
from crm.flows import trail, trail_check, trail_end
from crm.models import Audit, AuditHead
from crm.rules.trail import Act, Deed, key_from, seal
from tests.conftest import nothing_guarded
from tests.practice import TUESDAY, Practice

KEY = b"another key of another practice."


def lines(practice: Practice, number: int) -> None:
    """So many lines, each in a transaction of its own."""
    for each in range(number):
        with practice.at_work():
            trail.say(Deed(Act.LOOKED, practice.now, 1, each + 1, facts={"by": "person.show"}))


def verified(practice: Practice, folder: Path | None = None) -> trail_check.Walked:
    with practice.reading():
        return trail_check.verify(folder)


def by_force(practice: Practice, *statements: str) -> None:
    """What a thief does who has the whole database, its triggers included."""
    with practice.app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        with nothing_guarded(connection):
            for statement in statements:
                connection.execute(sa.text(statement))
        connection.commit()


def test_a_record_of_ten_lines_is_whole(practice: Practice) -> None:
    lines(practice, 10)

    walked = verified(practice)

    assert (walked.broken, walked.first, walked.last) == (None, 1, 10)


@pytest.mark.parametrize(
    ("done", "line", "why"),
    [
        (["UPDATE audit SET lead_id = 99 WHERE number = 4"], 4, "changed"),
        (["UPDATE audit SET account_id = 2 WHERE number = 4"], 4, "changed"),
        (["UPDATE audit SET act = 'changed' WHERE number = 4"], 4, "changed"),
        (['UPDATE audit SET facts = \'{"by": "other"}\' WHERE number = 4'], 4, "changed"),
        (["DELETE FROM audit WHERE number = 4"], 4, "missing"),
        (["DELETE FROM audit WHERE number BETWEEN 4 AND 6"], 4, "3 lines are missing"),
        (["DELETE FROM audit WHERE number = 1"], 1, "missing"),
        (
            ["DELETE FROM audit WHERE number = 4", "UPDATE audit SET number = number - 1 WHERE number = 5"],
            4,
            "moved",
        ),
        (
            [
                "UPDATE audit SET number = 99 WHERE number = 4",
                "UPDATE audit SET number = 4 WHERE number = 5",
                "UPDATE audit SET number = 5 WHERE number = 99",
            ],
            4,
            "moved",
        ),
        (["DELETE FROM audit WHERE number > 7"], 8, "ends at 7"),
        (["DELETE FROM audit_head"], 10, "head"),
    ],
)
def test_whatever_is_done_to_it_behind_our_back_is_found_at_its_line(
    practice: Practice, done: list[str], line: int, why: str
) -> None:
    lines(practice, 10)

    by_force(practice, *done)

    walked = verified(practice)
    assert walked.line == line
    assert walked.broken is not None
    assert why in walked.broken


def test_a_line_made_up_without_the_key_is_found(practice: Practice) -> None:
    lines(practice, 3)
    with practice.app.app_context(), db.engine.connect() as connection:
        end = connection.execute(sa.select(AuditHead.hash)).scalar_one()
        forged = Deed(Act.LOOKED, practice.now, None, 7)
        row = {"number": 4, "previous": end, "at": forged.at, "act": forged.act, "lead_id": 7}
        ours = connection.execute(sa.select(Audit.key_name).limit(1)).scalar_one()
        made = seal(KEY, 4, forged, end)
        connection.execute(sa.insert(Audit).values(row | {"facts": {}, "key_name": ours, "hash": made}))
        connection.commit()
    lines(practice, 2)

    walked = verified(practice)

    assert (walked.line, walked.broken) == (4, "this line was changed, moved or put in")


def test_an_end_cut_off_with_its_head_is_known_by_the_data_folder(practice: Practice, tmp_path: Path) -> None:
    lines(practice, 10)
    with practice.reading():
        assert trail_check.remember_beside(tmp_path)
        seventh = db.session.scalars(sa.select(Audit.hash).where(Audit.number == 7)).one()

    by_force(
        practice,
        "DELETE FROM audit WHERE number > 7",
        f"UPDATE audit_head SET number = 7, hash = '{seventh}'",
    )

    assert verified(practice).broken is None
    walked = verified(practice, tmp_path)
    assert walked.broken == "it ends at 7, and the data folder remembers 10"
    lines(practice, 5)
    with practice.reading():
        assert not trail_check.remember_beside(tmp_path)
    assert verified(practice, tmp_path).line == 10


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET account_id = 2",
        "UPDATE audit SET facts = '{}' WHERE number = 2",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 3",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_a_line(practice: Practice, statement: str) -> None:
    lines(practice, 3)

    with (
        practice.app.app_context(),
        db.engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match="only ever added to"),
    ):
        connection.execute(sa.text(statement))

    assert verified(practice).last == 3


def test_postgres_refuses_to_truncate_it_too(practice: Practice) -> None:
    lines(practice, 3)
    with practice.app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            pytest.skip("SQLite knows no TRUNCATE")
        with pytest.raises(sa.exc.DBAPIError, match="only ever added to"):
            connection.execute(sa.text("TRUNCATE audit"))


def test_many_at_once_make_one_chain(practice: Practice) -> None:
    begin = threading.Barrier(6)

    def writes(app: Flask, who: int) -> None:
        begin.wait()
        for each in range(20):
            with app.app_context(), transaction():
                trail.say(Deed(Act.LOOKED, TUESDAY, who, each + 1))

    threads = [threading.Thread(target=writes, args=(practice.app, who + 1)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    walked = verified(practice)
    assert (walked.broken, walked.last) == (None, 120)


def test_an_act_that_fails_leaves_no_line(practice: Practice) -> None:
    lines(practice, 1)

    with pytest.raises(ZeroDivisionError):
        looks_and_fails(practice)

    assert verified(practice).last == 1


@pytest.mark.parametrize("told", ["maya@example.org", "Maya", "+12135550148", "two words", {"by": ["Maya"]}])
def test_a_line_cannot_hold_what_a_person_is_called_or_wrote(told: object) -> None:
    with pytest.raises(ValueError, match="ids and words"):
        Deed(Act.CHANGED, TUESDAY, 1, 1, facts={"by": told})


def test_old_lines_go_only_behind_an_anchor_and_the_rest_stays_provable(practice: Practice) -> None:
    with practice.at_work():
        for each in range(trail_end.WORTH_IT):
            trail.say(Deed(Act.LOOKED, practice.now, 1, each + 1))
    practice.advance(days=30)
    lines(practice, 5)
    old = practice.now - timedelta(days=10)

    steps = [step(practice, lambda: trail_end.go_on(old, practice.now)) for _ in range(3)]

    assert steps == [True, True, False]
    walked = verified(practice)
    assert (walked.broken, walked.first, walked.last) == (None, 501, 506)


def test_an_anchor_made_up_without_the_key_is_found(practice: Practice) -> None:
    lines(practice, 5)
    with practice.reading():
        third = db.session.scalars(sa.select(Audit.hash).where(Audit.number == 3)).one()

    by_force(
        practice,
        "INSERT INTO audit_anchor (number, hash, at, key_name, seal)"
        f" SELECT 3, '{third}', at, key_name, 'made up' FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE number <= 3",
    )

    assert verified(practice).broken == "the anchor isn’t ours: lines before it may have been removed"


def test_lines_of_an_earlier_secret_need_it_to_be_proved(practice: Practice) -> None:
    lines(practice, 2)
    with practice.app.app_context():
        options = db.engine.get_execution_options()
        ours = options["trail_key"]
        db.engine.update_execution_options(trail_key=key_from("a new secret after the old one was seen"))
    try:
        lines(practice, 2)
        broken = verified(practice)
        with practice.reading():
            proved = trail_check.verify(None, [ours])
    finally:
        with practice.app.app_context():
            db.engine.update_execution_options(trail_key=ours)

    assert broken.line == 1
    assert "another key" in (broken.broken or "")
    assert (proved.broken, len(proved.keys)) == (None, 2)


def looks_and_fails(practice: Practice) -> None:
    with practice.at_work():
        trail.say(Deed(Act.LOOKED, practice.now, 1, 1))
        raise ZeroDivisionError


def step(practice: Practice, act: Callable[[], bool]) -> bool:
    with practice.at_work():
        return act()

"""An Idempotency-Key: the same request again is answered again and carried out once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from crm.db import db
from crm.flows import answering_once
from crm.models import KeptAnswer
from tests.at_once import at_once
from tests.practice import Practice
from tests.web.door import impatient, inquiries, locked
from tests.web.program import MAYA, Program, told


def test_the_same_key_and_body_gets_the_same_answer_and_stores_nothing(
    practice: Practice, program: Program
) -> None:
    first = program.sends(key="k1")
    practice.advance(hours=20)

    again = program.sends(dict(reversed(MAYA.items())), key="k1")

    assert (again.status_code, again.json) == (first.status_code, first.json) == (201, first.json)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert len(inquiries(practice)) == 1


def test_the_same_key_with_another_body_is_refused_and_nothing_is_lost(
    practice: Practice, program: Program
) -> None:
    program.sends(key="k1")

    told(program.sends(MAYA | {"message": "Another"}, key="k1"), 422, "key-reused")

    assert program.sends(MAYA | {"message": "Another"}, key="k2").status_code == 201


def test_a_key_is_one_programs_own(practice: Practice, program: Program) -> None:
    program.sends(key="k1")

    other = Program(practice).sends(MAYA | {"email": "sam@example.org"}, key="k1")

    assert other.status_code == 201


def test_after_a_day_a_key_is_new(practice: Practice, program: Program) -> None:
    program.sends(key="k1")
    practice.advance(hours=24)

    assert program.sends(MAYA | {"message": "Another"}, key="k1").status_code == 201


def test_a_refused_body_does_not_use_up_its_key(program: Program) -> None:
    assert program.sends({"name": "Maya"}, key="k1").status_code == 422

    assert program.sends(key="k1").status_code == 201


def test_while_the_first_is_at_work_the_second_waits_and_a_dead_one_is_taken_over(
    practice: Practice, program: Program
) -> None:
    from crm.web.api import _fingerprint  # noqa: PLC0415 - what the first had taken the key for

    with practice.at_work():
        asked = answering_once.Asked(program.source_id, "k1", _fingerprint(MAYA))
        answering_once.begin(asked, practice.now)

    answer = program.sends(key="k1")
    practice.advance(minutes=1)
    later = program.sends(key="k1")

    told(answer, 409, "at-work")
    assert answer.headers["Retry-After"] == "1"
    assert later.status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é", "\t"])
def test_an_odd_key_is_told(practice: Practice, program: Program, key: str) -> None:
    refused = program.sends(key=key)

    assert refused.status_code == 400
    assert "An Idempotency-Key has 1 to 255 letters" in told(refused, 400, "malformed")["detail"]
    assert inquiries(practice) == []


def test_when_the_database_is_away_the_same_key_may_ask_again(practice: Practice, program: Program) -> None:
    with impatient(practice.app), locked(practice):
        answer = program.sends(key="k1")
    told(answer, 503, "away")

    practice.advance(minutes=1)

    assert answer.headers["Retry-After"]
    assert program.sends(key="k1").status_code == 201


def twenty_at_once(program: Program, key: str | None) -> Counter[int]:
    """How often each status was answered."""
    answers = at_once(*[lambda: program.sends(key=key)] * 20)
    return Counter(answer.status_code for answer in answers)


def test_twenty_at_once_with_one_key_make_one_inquiry(practice: Practice, program: Program) -> None:
    statuses = twenty_at_once(program, "k1")
    practice.advance(seconds=5)

    assert statuses[201] >= 1
    assert set(statuses) <= {201, 409}
    assert len(inquiries(practice)) == 1
    assert len(practice.outbox.to("maya@example.org")) == 1


def test_twenty_at_once_without_a_key_make_one_inquiry_too(practice: Practice, program: Program) -> None:
    statuses = twenty_at_once(program, None)

    assert statuses == {201: 1, 200: 19}
    assert len(inquiries(practice)) == 1


def test_old_answers_are_forgotten(practice: Practice, program: Program) -> None:
    program.sends(key="k1")
    practice.advance(days=2)
    program.sends(MAYA | {"message": "x"}, key="k2")

    with practice.reading():
        assert [kept.key for kept in db.session.scalars(db.select(KeptAnswer))] == ["k2"]


def test_the_key_is_kept_for_a_day() -> None:
    assert timedelta(hours=24) == answering_once.KEPT_FOR

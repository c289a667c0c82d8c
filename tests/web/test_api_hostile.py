"""What bots and broken programs send to the API is told, bounded, and never a fault."""

from __future__ import annotations

from time import monotonic

import pytest
from flask.testing import FlaskClient

from tests.practice import Practice
from tests.web.door import inquiries, limits, people
from tests.web.hostile_bodies import INJECTIONS, MALFORMED_JSON, NAUGHTY, OTHER_TYPES
from tests.web.program import INQUIRIES, MAYA, Program, told


def test_too_many_in_a_minute_are_asked_to_wait(practice: Practice, program: Program) -> None:
    with limits(practice.app, posts_per_source_minute=3):
        statuses = [program.sends(b"[]").status_code for _ in range(3)]
        refused = program.sends()
        other = Program(practice).sends()
        practice.advance(seconds=20)
        later = program.sends()

    told(refused, 429, "too-many")
    assert refused.headers["Retry-After"] == "20"
    assert (statuses, other.status_code, later.status_code) == ([422] * 3, 201, 200)


def test_twenty_eight_malformed_bodies_are_told_and_never_a_fault(
    practice: Practice, program: Program
) -> None:
    assert len(MALFORMED_JSON) == 28
    for name, raw in MALFORMED_JSON.items():
        began = monotonic()
        answer = program.sends(raw)
        assert answer.status_code in (400, 422), (name, answer.text)
        assert answer.mimetype == "application/problem+json"
        assert monotonic() - began < 5, name
    assert inquiries(practice) == []


def test_twenty_other_types_are_told(practice: Practice, program: Program) -> None:
    assert len(OTHER_TYPES) == 20
    for kind in OTHER_TYPES:
        told(program.sends(Content_Type=kind), 415, "wrong-type")
    told(program.sends(Content_Encoding="gzip"), 415, "wrong-type")
    assert inquiries(practice) == []


def test_a_quarter_of_a_megabyte_is_too_much(practice: Practice, program: Program) -> None:
    refused = program.sends(b'{"message": "' + b"a" * 262_144 + b'"}')

    assert refused.status_code == 413
    assert told(refused, 413, "too-large")["type"].endswith("#too-large")
    assert inquiries(practice) == []


@pytest.mark.parametrize("length", ["abc", "-1", "99999999999999999999"])
def test_a_length_that_cannot_be_is_refused(practice: Practice, program: Program, length: str) -> None:
    answer = practice.app.test_client().post(
        INQUIRIES,
        data=b"{}",
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": length},
    )

    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"


def test_whatever_is_typed_is_stored_and_shown(
    practice: Practice, program: Program, client: FlaskClient
) -> None:
    with limits(practice.app, posts_per_source_minute=1000):
        statuses = {
            program.sends(
                {"email": f"maya{n}@example.org", "name": said, "message": said, said or "x": said}
            ).status_code
            for n, said in enumerate(NAUGHTY)
        }

    assert statuses == {201}
    assert len(people(practice)) == len(NAUGHTY)
    assert {client.get(f"/people/{person.id}").status_code for person in people(practice)} == {200}
    assert all("\x00" not in repr(each.more) + each.message for each in inquiries(practice))


def test_thirty_names_write_no_header(practice: Practice, program: Program) -> None:
    assert len(INJECTIONS) == 30
    with limits(practice.app, posts_per_source_minute=1000, acks_per_client_hour=100, acks_per_hour=1000):
        for number, name in enumerate(INJECTIONS):
            assert (
                program.sends(MAYA | {"email": f"maya{number}@example.org", "name": name}).status_code == 201
            )
    practice.advance(minutes=1)

    assert all(person.quarantined_at is None for person in people(practice))
    assert {each.recipient for each in practice.outbox.received} >= {
        f"maya{number}@example.org" for number in range(30)
    }
    assert not [each for each in practice.outbox.received if "everyone@example.org" in each.recipient]
    assert not [each for each in practice.outbox.received if each.mail["Bcc"] or each.mail["Cc"]]


def test_elsewhere_below_the_api_programs_are_answered_as_programs(practice: Practice) -> None:
    browser = practice.app.test_client()

    told(browser.get("/api/v2/inquiries"), 404, "not-found")
    told(browser.get(INQUIRIES), 405, "no-such-method")
    assert "POST" in browser.get(INQUIRIES).headers["Allow"]

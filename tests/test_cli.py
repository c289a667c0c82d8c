"""The operator's verbs, as far as nothing else tells them."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

import pytest
import sqlalchemy as sa

from config import Environment
from crm.cli import addresses, ledger, mails, verbs
from crm.flows.finding import find
from crm.models import SearchEntry
from tests.practice import Practice

SAM = "Sam Rivers <sam@example.org>"


def hurries(practice: Practice, person: int) -> int:
    """`python -m crm advance --person N`, and its exit status."""
    with practice.app.app_context():
        return ledger.advance(practice.app, Namespace(person=person))


def test_advance_sends_the_next_follow_up_now_whatever_the_hour(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    sam = practice.receives_inquiry(SAM)
    practice.advance(hours=14)

    assert hurries(practice, sam) == 0

    assert json.loads(capsys.readouterr().out.splitlines()[-1])["message"] == practice.open_message(sam).id
    practice.work()
    assert len(practice.outbox.to("sam@example.org")) == 2


def test_advance_says_when_nothing_is_planned(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    assert hurries(practice, 7) == 2

    assert "No follow-up is planned for person 7" in capsys.readouterr().err


def test_advance_hurries_nobody_in_a_real_practice(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    sam = practice.receives_inquiry(SAM)
    practice.advance(hours=1)
    before = practice.app.extensions["config"]
    practice.app.extensions["config"] = replace(before, environment=Environment.PRODUCTION)

    try:
        assert hurries(practice, sam) == 2
    finally:
        practice.app.extensions["config"] = before

    practice.work()
    assert len(practice.outbox.to("sam@example.org")) == 1


def runs(practice: Practice, verb: str) -> int:
    with practice.app.app_context():
        return verbs.VERBS[verb](practice.app, Namespace())


def are_found(practice: Practice, query: str) -> list[int]:
    with practice.reading():
        return [hit.lead_id for hit in find(query).hits]


@pytest.mark.parametrize("verb", ["migrate", "reindex"])
def test_people_from_before_the_index_are_made_findable(
    practice: Practice, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    sam = practice.receives_inquiry(SAM)
    with practice.at_work() as session:
        session.execute(sa.delete(SearchEntry))

    assert runs(practice, verb) == 0

    said = capsys.readouterr().out
    assert are_found(practice, "rivers") == [sam]
    assert "People made findable: 1" in said
    assert "Sam" not in said


def test_reindexing_once_more_takes_everybody_and_migrating_nobody(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    practice.receives_inquiry(SAM)
    runs(practice, "migrate")
    capsys.readouterr()

    runs(practice, "migrate")
    again = capsys.readouterr().out
    runs(practice, "reindex")

    assert again == "The database is up to date.\n"
    assert "People made findable: 1" in capsys.readouterr().out


def test_classify_says_as_json_what_a_mail_is(capsys: pytest.CaptureFixture[str]) -> None:
    raw = b"From: Sam <sam@example.org>\nSubject: Re: your note\n\nThursday, please.\n\n"
    raw += b"On 2 Nov 2026 10:00, Connor wrote:\n> When?"

    assert mails.classify(raw, []) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["recipient"], told["reply_text"]) == (
        "human_reply",
        "sam@example.org",
        "Thursday, please.",
    )


def test_routes_tells_who_may_call_each_and_what_is_checked(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert addresses.routes(practice.app, Namespace(json=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    (person,) = (line for line in lines if line.startswith("GET") and " /people/<int:lead_id> " in line)
    (sending,) = (line for line in lines if line.startswith("POST") and " /settings/sending " in line)

    assert lines[0].split() == ["METHOD", "PATH", "WHO", "CHECK"]
    assert "every role" in person
    assert person.endswith("signed in, may see people, theirs to see")
    assert sending.endswith("signed in, token, may change how the practice is set up")

    assert addresses.routes(practice.app, Namespace(json=True)) == 0
    told = {(each["path"], *each["methods"]): each for each in json.loads(capsys.readouterr().out)}
    assert len(told) == len(lines) - 1
    assert told["/settings/sending", "POST"]["roles"] == ["owner"]
    assert told["/health", "GET"]["public"]

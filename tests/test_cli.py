"""The operator's verbs, as far as nothing else tells them."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

import pytest

from config import Environment
from crm import cli
from tests.practice import Practice

SAM = "Sam Rivers <sam@example.org>"


def hurries(practice: Practice, person: int) -> int:
    """`python -m crm advance --person N`, and its exit status."""
    with practice.app.app_context():
        return cli.advance(practice.app, Namespace(person=person))


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

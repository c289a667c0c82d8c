"""Every look at a due email is written down; one that says the same again is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.flows import identity
from crm.flows.follow_up import resume_everything
from crm.models import Decision
from crm.models import Practice as PracticeRow
from crm.models.event import UNTIL
from crm.rules.sending import Reason, Verdict
from tests.practice import Practice

SAM = "Sam <sam@example.org>"


def decisions(practice: Practice, lead_id: int) -> list[tuple[Verdict, Reason | None, int]]:
    """What was decided about this person's emails, oldest first, and how often."""
    with practice.reading():
        of_theirs = Decision.message_id.in_([message.id for message in practice.messages(lead_id)])
        rows = db.session.scalars(sa.select(Decision).where(of_theirs).order_by(Decision.id))
        return [(row.verdict, row.reason, row.times) for row in rows]


def test_an_account_without_room_is_asked_often_and_written_down_once(practice: Practice) -> None:
    sam = practice.receives_inquiry(SAM)
    email = practice.open_message(sam).id

    for _ in range(50):
        with practice.at_work():
            until = practice.now + timedelta(seconds=10)
            full = {"account_full": True, UNTIL: until.isoformat()}
            Decision.record(email, Reason.ACCOUNT_LIMIT, full, practice.now)
        practice.at(until)

    assert decisions(practice, sam) == [(Verdict.WAIT, Reason.ACCOUNT_LIMIT, 50)]
    with practice.reading():
        only = Decision.last_about(email)
        assert only is not None
        assert only.last_at - only.at == timedelta(seconds=490)
        assert only.facts[UNTIL] == practice.now.isoformat()


def test_another_reason_or_other_facts_make_a_new_line(practice: Practice) -> None:
    sam = practice.receives_inquiry(SAM)

    with practice.at_work():
        message = practice.lead(sam).messages[0]
        for shift in ("night", "night", "holiday"):
            Decision.record(message.id, Reason.OUTSIDE_HOURS, {"shift": shift}, practice.now)
            db.session.flush()
        Decision.record(message.id, Reason.TOO_SOON, {"too_soon": True}, practice.now)

    assert [(reason, times) for _, reason, times in decisions(practice, sam)] == [
        (Reason.OUTSIDE_HOURS, 2),
        (Reason.OUTSIDE_HOURS, 1),
        (Reason.TOO_SOON, 1),
    ]


def test_each_yes_is_a_line_of_its_own(practice: Practice) -> None:
    sam = practice.receives_inquiry(SAM)

    practice.advance(days=4)

    assert decisions(practice, sam) == [(Verdict.SEND, None, 1), (Verdict.SEND, None, 1)]


def test_what_was_due_while_everything_was_held_says_so_afterwards(practice: Practice) -> None:
    sam = practice.receives_inquiry(SAM)
    practice.advance(days=2)
    with practice.at_work():
        PracticeRow.current().hold_everything(practice.now)
    practice.advance(days=1, hours=2)

    with practice.at_work():
        resume_everything(practice.now)
    practice.advance(hours=1)

    assert decisions(practice, sam) == [
        (Verdict.SEND, None, 1),
        (Verdict.WAIT, Reason.EVERYTHING_HELD, 1),
        (Verdict.SEND, None, 1),
    ]


def test_a_restored_practice_was_not_held_by_its_owner(
    practice: Practice, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sam = practice.receives_inquiry(SAM)
    practice.advance(days=1)
    with practice.at_work():
        PracticeRow.current().restored_at = practice.now
    practice.at(practice.now + timedelta(days=3))

    with practice.at_work():
        identity.confirm(tmp_path_factory.mktemp("beside"), practice.now)

    assert Reason.EVERYTHING_HELD not in [reason for _, reason, _ in decisions(practice, sam)]


def test_a_deed_of_the_owners_is_no_look(practice: Practice) -> None:
    sam = practice.receives_inquiry(SAM)
    practice.advance(hours=1)
    seen = decisions(practice, sam)

    practice.hears_back(sam)

    assert decisions(practice, sam) == seen

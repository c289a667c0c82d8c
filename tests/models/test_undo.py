"""Undo puts a person back exactly as they were, or says that it is too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.inspection import inspect

from crm.db import db
from crm.flows import referring, triage
from crm.flows.correspondence import OwnLetter
from crm.flows.referring import Farewell
from crm.models import Account, Draft, DraftKind, Lead, Medium, Outcome, Undo
from crm.rules.stages import CloseReason, Stage
from crm.rules.wording import Wording
from tests.practice import Practice
from tests.worker import takes_what_is_due

MAYA = "Maya Okafor <maya.o@example.com>"
LETTER = Farewell(("Dr. Ade Okoye",), OwnLetter(Wording("Someone I trust", "", "Dr. Ade Okoye")))
ACTS = {
    "move": lambda lead, now: triage.move(lead, Stage.CONTACTED, 1, now),
    "to client": lambda lead, now: triage.move(lead, Stage.CLIENT, 1, now),
    "close": lambda lead, now: triage.close(lead, CloseReason.FOUND_SOMEONE_ELSE, 1, now),
    "spam": lambda lead, now: triage.mark_spam(lead, 1, now),
    "refer out": lambda lead, now: referring.refer_out(lead, LETTER, db.session.get_one(Account, 1), now),
    "later": lambda lead, now: triage.snooze(lead, now.replace(day=12), 1, now),
    "book": lambda lead, now: triage.book(lead, now.replace(day=12), Medium.VIDEO, 1, now),
}
TRIAGE = (
    "stage",
    "close_reason",
    "waiting_for",
    "waiting_since",
    "reply_by",
    "snoozed_until",
    "answered_at",
    "quarantined_at",
    "read_first_at",
)


def standing(practice: Practice, lead_id: int) -> dict[str, Any]:
    """How a person, their sequences and their open emails stand."""
    with practice.reading():
        lead = practice.lead(lead_id)
        return {
            **{name: getattr(lead, name) for name in TRIAGE},
            "open": [(e.sequence.key, e.state, e.paused_at) for e in lead.enrollments if e.is_open],
            "mail": [(m.step_id, m.state, m.due_at, m.held_at) for m in lead.messages if m.is_open],
            "call": lead.booking.starts_at if lead.booking else None,
        }


@pytest.mark.parametrize("act", ACTS)
def test_undo_puts_everything_back(practice: Practice, act: str) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    before = standing(practice, maya)

    with practice.at_work():
        undo_id = ACTS[act](practice.lead(maya), practice.now).id
    assert standing(practice, maya) != before
    assert practice.undo(undo_id)

    assert standing(practice, maya) == before
    assert practice.story(maya)[-1] == "undone"


def test_an_undo_works_once(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    with practice.at_work():
        undo_id = triage.move(practice.lead(maya), Stage.CONTACTED, 1, practice.now).id

    assert practice.undo(undo_id)
    assert not practice.undo(undo_id)


def test_an_undo_is_too_late_once_an_email_has_left(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    undo_id = practice.refers_out(maya, text="Dr. Ade Okoye listens well.")

    practice.advance(minutes=1)

    assert not practice.undo(undo_id)


def test_an_undo_never_hides_someone_who_has_written_since(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        undo_id = triage.close(practice.lead(maya), CloseReason.OTHER, 1, practice.now).id
    practice.advance(minutes=2)
    practice.hears_back(maya)

    assert not practice.undo(undo_id)
    with practice.reading():
        assert practice.lead(maya).waiting_for is not None


def test_an_undo_is_too_late_after_ten_minutes(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        undo_id = triage.snooze(
            practice.lead(maya), datetime.fromisoformat("2026-03-20T12:00Z"), 1, practice.now
        ).id

    practice.advance(minutes=11)

    assert not practice.undo(undo_id)


def test_how_a_call_went_can_be_taken_back(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    with practice.at_work():
        triage.book(practice.lead(maya), practice.now.replace(hour=23), Medium.PHONE, 1, practice.now)
    practice.advance(hours=5)
    before = standing(practice, maya)
    with practice.at_work():
        booking = practice.lead(maya).booking
        assert booking
        undo_id = triage.settle_call(booking, Outcome.NO_SHOW, 1, practice.now).id

    assert practice.undo(undo_id)

    assert standing(practice, maya) == before


def test_an_undone_answer_becomes_a_draft_again(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    undo_id = practice.answers(maya, "Would Thursday suit you?")

    with practice.at_work() as session:
        assert triage.take_back(session.get_one(Undo, undo_id), practice.now)

    with practice.reading():
        draft = Draft.of(1, maya, DraftKind.REPLY)
        assert draft
        assert draft.text == "Would Thursday suit you?"


def test_what_is_kept_for_undo_names_real_columns() -> None:
    columns = set(inspect(Lead).columns.keys())

    assert set(TRIAGE) <= columns


def test_a_letter_that_a_worker_has_but_not_handed_over_is_a_draft_again(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    undo_id = practice.answers(maya, "Would Thursday suit you?")
    practice.at(practice.now + timedelta(seconds=20))
    takes_what_is_due(practice)

    with practice.at_work() as session:
        assert triage.take_back(session.get_one(Undo, undo_id), practice.now)
    practice.advance(hours=1)

    assert len(practice.outbox.to("maya.o@example.com")) == 1
    with practice.reading():
        draft = Draft.of(1, maya, DraftKind.REPLY)
        assert draft is not None
        assert draft.text == "Would Thursday suit you?"


def test_follow_ups_go_on_after_an_undo_although_a_worker_had_the_email_meanwhile(practice: Practice) -> None:
    maya = practice.receives_inquiry(MAYA)
    practice.advance(hours=1)
    practice.at(practice.open_message(maya).due_at)
    undone: list[int] = []

    def close_for_a_moment() -> None:
        with practice.at_work():
            undone.append(triage.close(practice.lead(maya), CloseReason.OTHER, 1, practice.now).id)

    practice.outbox.before_hand_over = close_for_a_moment
    practice.work()
    practice.outbox.before_hand_over = None
    assert practice.undo(undone[0])
    practice.advance(hours=1)

    assert len(practice.outbox.to("maya.o@example.com")) == 2

"""Whatever stood with two people: merged and taken apart, every row of every table is as it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crm.db import db
from crm.flows import consent, marking, steering, triage
from crm.flows.correspondence import add_note
from crm.flows.pairing import Pair, usual_choices
from crm.models import Account, CallResult, Draft, DraftKind, Lead, Medium
from crm.models import Practice as PracticeRow
from crm.rules.merging import Whose
from crm.rules.stages import CloseReason, Stage
from tests.flows.merged import all_rows, merge, part
from tests.flows.test_merging_races import the_book_is_sound
from tests.practice import Practice

ACTS = ("reply", "answer", "call", "close", "move", "snooze", "book", "pause", "stop", "note", "tag", "draft",
        "danger", "wait")  # fmt: skip
SOON = timedelta(minutes=7)


def act(practice: Practice, lead_id: int, what: str) -> None:
    """One thing that happens to a person, by whoever does it."""
    match what:
        case "reply":
            practice.hears_back(lead_id, f"Words of {practice.now}.")
        case "answer":
            practice.answers(lead_id, f"An answer of {practice.now}.")
        case "call":
            practice.logs_call(lead_id, CallResult.VOICEMAIL)
        case "danger":
            practice.hears_back(lead_id, "I want to kill myself.")
        case "wait":
            practice.advance(days=3)
        case _:
            with practice.at_work():
                by_the_owner(practice, lead_id, what)
    practice.advance(minutes=1)


def by_the_owner(practice: Practice, lead_id: int, what: str) -> None:
    BY_THE_OWNER[what](practice.lead(lead_id), practice.now)


def tags(lead: Lead, now: datetime) -> None:
    marking.put_on(marking.tag_called("evenings", now), lead.id, 1, now)


def drafts(lead: Lead, now: datetime) -> None:
    Draft.keep(Draft(account_id=1, lead_id=lead.id, kind=DraftKind.REPLY, text="Dear", saved_at=now))


BY_THE_OWNER: dict[str, Callable[[Lead, datetime], object]] = {
    "close": lambda lead, now: triage.close(lead, CloseReason.OTHER, 1, now),
    "move": lambda lead, now: triage.move(lead, Stage.WAITLISTED, 1, now),
    "snooze": lambda lead, now: triage.snooze(lead, now + SOON, 1, now),
    "book": lambda lead, now: triage.book(lead, now + SOON + timedelta(hours=lead.id), Medium.PHONE, 1, now),
    "pause": lambda lead, now: steering.pause(lead, 1, now),
    "stop": consent.unsubscribe,
    "note": lambda lead, now: add_note(lead, "Remember.", db.session.get_one(Account, 1), now),
    "tag": tags,
    "draft": drafts,
}


@pytest.mark.parametrize("seed", range(12))
def test_merged_and_taken_apart_everything_is_as_it_was(practice: Practice, seed: int) -> None:
    dice = random.Random(seed)
    with practice.at_work():
        PracticeRow.current().notify_owner = False
    one = practice.receives_inquiry("Sam Rivers <sam@example.org>", phone="+12135550148")
    practice.advance(days=dice.choice([0, 1, 5]), minutes=1)
    two = practice.receives_inquiry("Samuel Rivers <s.rivers@example.net>", zone_name="America/New_York")
    for _ in range(5):
        act(practice, dice.choice([one, two]), dice.choice(ACTS))
    practice.advance(minutes=1)
    before = all_rows(practice)
    with practice.reading():
        fields = usual_choices(Pair.of(practice.lead(one), practice.lead(two)))
    choices = {field: dice.choice([*Whose]) for field in fields}

    merge_id = merge(practice, one, two, **choices)
    assert the_book_is_sound(practice)

    assert part(practice, merge_id)
    assert all_rows(practice) == before
    practice.advance(days=40)
    assert the_book_is_sound(practice)

"""The labelled notes through the flow that takes every form: none is lost, and no suspect is written to."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from crm.db import db
from crm.models import Inquiry, Lead
from crm.models.attention import on_today
from tests.practice import Practice
from tests.rules.labelled import labelled


def sends_all(practice: Practice, kind: str) -> None:
    for number, note in enumerate(labelled(kind)):
        practice.submits(replace(note, nonce=f"{kind} {number}", client_key=f"{kind} {number}"))


def kept_aside(practice: Practice) -> set[str | None]:
    with practice.reading():
        return set(db.session.scalars(sa.select(Lead.email).where(Lead.quarantined_at.is_not(None))))


def test_no_real_note_is_lost_among_spam_and_every_one_is_on_today(practice: Practice) -> None:
    sends_all(practice, "spam")
    sends_all(practice, "real")

    with practice.reading():
        stored = set(db.session.scalars(sa.select(Inquiry.message)))
        waiting = {lead.email for lead in db.session.scalars(on_today(practice.now))}
    sent = {note.message for kind in ("real", "spam") for note in labelled(kind)}
    assert stored == sent
    assert {note.email for note in labelled("real")} <= waiting


def test_nothing_is_ever_sent_to_a_suspect(practice: Practice) -> None:
    sends_all(practice, "spam")
    suspects = kept_aside(practice)
    practice.advance(days=40)

    assert len(suspects) > 60
    assert [address for address in suspects if practice.outbox.to(str(address))] == []

"""What the owner means to do for someone, and when: that brings them back to Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crm.db import db
from crm.models import EventKind, Note, NoteKind, Undo

if TYPE_CHECKING:
    from crm.models import Lead


@dataclass(frozen=True)
class Intention:
    """What, when, and whether the person is off Today until then."""

    text: str
    due_at: datetime
    until_then_off: bool = False


def remind(lead: Lead, intention: Intention, account_id: int, now: datetime) -> Undo:
    """Take the place of the reminder there was: one person has one at a time."""
    undo = Undo.remember(lead, account_id, now)
    _set(lead, intention, account_id, now)
    return undo


def remind_as_they_wish(lead: Lead, intention: Intention, now: datetime) -> None:
    """They have said themselves when they want to hear again: the owner is reminded then."""
    _set(lead, intention, None, now)


def _set(lead: Lead, intention: Intention, account_id: int | None, now: datetime) -> None:
    if before := Note.reminder_of(lead.id):
        before.settle(now)
        db.session.flush()
    reminder = Note(
        lead_id=lead.id,
        account_id=account_id,
        kind=NoteKind.REMINDER,
        text=intention.text,
        created_at=now,
        due_at=intention.due_at,
    )
    lead.record(EventKind.REMINDER_SET, now, account_id=account_id, about=reminder)
    if intention.until_then_off:
        lead.snoozed_until = intention.due_at
    db.session.flush()


def settle(lead: Lead, account_id: int, now: datetime) -> Undo | None:
    """It is done, or not wanted any more. None where there was nothing to do."""
    reminder = Note.reminder_of(lead.id)
    if reminder is None:
        return None
    undo = Undo.remember(lead, account_id, now)
    reminder.settle(now)
    lead.record(EventKind.REMINDER_SETTLED, now, account_id=account_id, about=reminder)
    return undo

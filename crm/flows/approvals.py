"""The owner says yes to what waits for it, or time says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.follow_up import UNDO_DELAY, at_next_opening, one_by_one
from crm.flows.last_look import look_at_draft
from crm.models import EventKind, Message, Practice, Undo, approvals, turns

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

A_PAGE = 200
"""So many are left out in one go; the rest a minute later."""


def approve(draft: Message, account_id: int, now: datetime) -> Undo:
    """It goes when it was to go; what is late already at the next opening, after time for second thoughts.

    Raises ValueError for what is no draft.
    """
    lead = draft.lead
    if lead is None:
        raise ValueError(f"message {draft.id} is nobody's")
    undo = Undo.remember(lead, account_id, now)
    draft.approve(now)
    if _is_late(draft, now):
        draft.plan(at_next_opening(draft, now + UNDO_DELAY))
    lead.record(EventKind.MESSAGE_APPROVED, now, account_id=account_id, about=draft)
    return undo


def approve_all(draft_ids: Collection[int], account_id: int, now: datetime) -> list[Undo]:
    """Say yes to those of them that still wait. Late ones leave one by one, never in a burst."""
    undos, late = [], []
    for draft_id in list(db.session.scalars(approvals.of_these(draft_ids))):
        draft = _in_its_turn(draft_id)
        if draft is not None and draft.is_draft and not draft.has_expired(now):
            late += [draft_id] if _is_late(draft, now) else []
            undos.append(approve(draft, account_id, now))
    opening = Practice.current().window.next_opening(now + UNDO_DELAY)
    one_by_one([db.session.get_one(Message, draft_id) for draft_id in late], opening)
    return undos


def overdue(now: datetime) -> list[int]:
    """The drafts to leave out. None while everything is held: nobody can be late for what may not go."""
    return [] if _everything_waits() else list(db.session.scalars(approvals.overdue(now, A_PAGE)))


def expire(draft_id: int, now: datetime) -> None:
    """Leave one out, say why, and plan the next; or whatever else is true of its person by now."""
    draft = _in_its_turn(draft_id)
    if draft is not None and draft.held_at is None and draft.has_expired(now) and not _everything_waits():
        look_at_draft(draft, now)


def _everything_waits() -> bool:
    practice = Practice.current()
    return practice.sending_held_at is not None or practice.restored_at is not None


def _is_late(draft: Message, now: datetime) -> bool:
    return draft.due_at < now + UNDO_DELAY


def _in_its_turn(draft_id: int) -> Message | None:
    turns.take_with(Message, draft_id)
    return db.session.get(Message, draft_id)

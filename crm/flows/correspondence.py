"""The owner answers, calls and notes; the person writes back. A human word stops the automatic ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows.follow_up import UNDO_DELAY, enroll
from crm.models import (
    CallResult,
    EventKind,
    Message,
    Note,
    NoteKind,
    Practice,
    Reply,
    Sequence,
    Trigger,
    Undo,
    Urgency,
    Waiting,
)
from crm.models.message import new_message_id
from crm.rules.promises import reply_by
from crm.rules.sending import MessageKind, StopReason

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Account, Lead, ReplyChannel
    from crm.rules.wording import Wording


def answer(lead: Lead, wording: Wording, account: Account, now: datetime, *, keep_following_up: bool) -> Undo:
    """The owner's own letter: it leaves after 20 s, stops what ran, and may start "After a conversation".

    Raises ValueError for a person without an address.
    """
    if lead.email is None:
        raise ValueError(f"lead {lead.id} has no address to write to")
    undo = Undo.remember(lead, account.id, now)
    _stop(lead, StopReason.ANSWERED, now, account.id)
    db.session.add(_letter(lead, wording, account, now))
    lead.answered(now)
    if keep_following_up and (sequence := Sequence.for_trigger(Trigger.ANSWERED)):
        enroll(lead, sequence, now, account.id)
    db.session.flush()
    return undo


def add_note(lead: Lead, text: str, account: Account, now: datetime) -> Note:
    """Something the owner wants to remember. Nobody else is told, nothing stops."""
    note = Note(lead_id=lead.id, account_id=account.id, kind=NoteKind.NOTE, text=text, created_at=now)
    lead.record(EventKind.NOTE_ADDED, now, account_id=account.id, about=note)
    return note


def log_call(lead: Lead, result: CallResult, text: str, account: Account, now: datetime) -> Undo:
    """The owner called: that is an answer, so what ran stops and nobody waits."""
    undo = Undo.remember(lead, account.id, now)
    note = Note(
        lead_id=lead.id,
        account_id=account.id,
        kind=NoteKind.CALL,
        result=result,
        text=text,
        created_at=now,
    )
    lead.record(EventKind.CALL_LOGGED, now, reason=result, account_id=account.id, about=note)
    _stop(lead, StopReason.CALLED, now, account.id)
    lead.answered(now)
    return undo


def they_wrote(lead: Lead, text: str, channel: ReplyChannel, now: datetime) -> Reply:
    """A person's own words stop everything automatic for them, and put them on Today."""
    practice = Practice.current()
    reply = Reply(lead_id=lead.id, channel=channel, received_at=now, text=text)
    db.session.add(reply)
    lead.replied_at = now
    lead.record(EventKind.REPLY_RECEIVED, now, about=reply)
    _stop(lead, StopReason.REPLIED, now)
    lead.wrote(Waiting.REPLY, reply_by(now, practice.promise, practice.window), now)
    return reply


def _letter(lead: Lead, wording: Wording, account: Account, now: datetime) -> Message:
    letter = Message(
        kind=MessageKind.REPLY,
        lead=lead,
        account_id=account.id,
        to_address=lead.email,
        urgency=Urgency.PERSONAL,
        created_at=now,
        message_id=new_message_id(Practice.current().mail_domain),
        due_at=now + UNDO_DELAY,
    )
    letter.reword(wording)
    return letter


def _stop(lead: Lead, reason: StopReason, now: datetime, account_id: int | None = None) -> None:
    if lead.enrollment:
        lead.enrollment.stop(reason, now, account_id)
        db.session.flush()

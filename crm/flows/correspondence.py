"""The owner answers, calls and notes; the person writes back. A human word stops the automatic ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import crisis
from crm.flows.follow_up import UNDO_DELAY, enroll
from crm.flows.notices import tell_owner
from crm.mail.language import check
from crm.models import (
    CallResult,
    EventKind,
    Incoming,
    Message,
    Note,
    NoteKind,
    NoticeKind,
    Practice,
    Reply,
    Sequence,
    Suppression,
    Trigger,
    Undo,
    Urgency,
    Waiting,
)
from crm.models.message import new_message_id
from crm.rules.addresses import normalize_email
from crm.rules.crisis import crisis_words
from crm.rules.intake import clean_line
from crm.rules.promises import reply_by
from crm.rules.sending import MAY_BE_ANSWERED, MessageKind, MessageState
from crm.rules.stops import Happening
from crm.sealed import is_said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crm.models import Account, Lead, ReplyChannel
    from crm.rules.wording import Wording
    from crm.together import Row

A_NEW_THREAD = "Your note"
"""The subject of a letter to someone who has had none: safe on a lock screen."""


@dataclass(frozen=True)
class OwnLetter:
    """What the owner wrote, and whether follow-ups go on if no answer comes.

    `key` names the form it was typed in: the same words under the same key are one letter.
    """

    wording: Wording
    keep_following_up: bool = True
    key: str = ""


def answer(lead: Lead, letter: OwnLetter, account: Account, now: datetime) -> Undo:
    """The owner's own letter: it leaves after 20 s, stops what ran, and may start "After a conversation".

    A form sent twice is one letter: the second time returns the Undo of the first.
    Raises ValueError for a person without an address.
    """
    if done := done_before(lead, letter):
        return done
    undo = Undo.remember(lead, account.id, now)
    happened(lead, Happening.ANSWERED, now, account.id)
    write(lead, letter, account, now)
    lead.answered(now)
    if letter.keep_following_up and (sequence := Sequence.for_trigger(Trigger.ANSWERED)):
        enroll(lead, sequence, now, account.id)
    db.session.flush()
    return undo


def write(lead: Lead, letter: OwnLetter, account: Account, now: datetime) -> None:
    """The letter alone, as a part of an act that says what else happens."""
    if lead.email is None:
        raise ValueError(f"lead {lead.id} has no address to write to")
    db.session.add(_message(lead, letter, account, now))


def subject_for(lead: Lead) -> str:
    """The subject of the next letter to this person: it keeps the thread of the last one, theirs or ours."""
    return subject_after(db.session.connection().execute(THEIR_SUBJECTS, {"lead_id": lead.id}), lead)


def subject_after(theirs: Iterable[Row], lead: Lead) -> str:
    """The same, where THEIR_SUBJECTS are at hand."""
    subjects = [(m.sent_at, m.sent_subject) for m in lead.messages if m.sent_at and m.sent_subject]
    subjects += [(arrived_at, clean_line(subject)) for arrived_at, subject in theirs]
    if not subjects:
        return A_NEW_THREAD
    _, last = max(subjects)
    return last if last.lower().startswith("re:") else f"Re: {last}"


THEIR_SUBJECTS = sa.select(Incoming.arrived_at, Incoming.subject).where(
    Incoming.lead_id == sa.bindparam("lead_id"), Incoming.reply_id.is_not(None), is_said(Incoming.subject)
)


def obstacles(lead: Lead, wording: Wording) -> list[str]:
    """Why this letter could not reach this person, in sentences for the owner; empty when it can."""
    if lead.email is None:
        return [f"{lead.first_name} left no email address."]
    suppression = Suppression.of(normalize_email(lead.email))
    if suppression and suppression.reason not in MAY_BE_ANSWERED:
        return [f"Emails to {lead.email} come back. Correct the address first."]
    return [problem.message for problem in check(wording)]


def add_note(lead: Lead, text: str, account: Account, now: datetime) -> Note:
    """Something the owner wants to remember. Nobody else is told, nothing stops."""
    note = Note(lead_id=lead.id, account_id=account.id, kind=NoteKind.NOTE, text=text, created_at=now)
    lead.record(EventKind.NOTE_ADDED, now, account_id=account.id, about=note)
    return note


def log_call(lead: Lead, result: CallResult, text: str, account: Account, now: datetime) -> Undo:
    """The owner called: that is an answer, so nobody waits. What ran stops, unless its sequence goes on."""
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
    happened(lead, Happening.CALLED, now, account.id)
    lead.answered(now)
    return undo


def they_wrote(lead: Lead, text: str, channel: ReplyChannel, now: datetime) -> Reply:
    """A person's own words stop everything automatic for them, and put them on Today. Twice is once."""
    if _still_waits(lead) and (twin := Reply.twin(lead.id, text, now)):
        return twin
    practice = Practice.current()
    reply = Reply(lead_id=lead.id, channel=channel, received_at=now, text=text)
    db.session.add(reply)
    lead.replied_at = now
    lead.record(EventKind.REPLY_RECEIVED, now, about=reply)
    happened(lead, Happening.REPLIED, now)
    lead.wrote(Waiting.REPLY, reply_by(now, practice.promise, practice.window), now)
    if crisis_words(text, rules := crisis.rules()):
        lead.read_first(rules.version, now)
        tell_owner(NoticeKind.READ_FIRST, now)
    return reply


def _still_waits(lead: Lead) -> bool:
    """Nothing was done about their last words, so the same ones again are a double click."""
    return lead.waiting_for is Waiting.REPLY and lead.enrollment is None


def done_before(lead: Lead, letter: OwnLetter) -> Undo | None:
    """What the same form did with the same words, unless that was taken back since."""
    first = _of_key(letter.key)
    if first is None or first.state is MessageState.CANCELLED or first.wording != letter.wording:
        return None
    return db.session.scalar(sa.select(Undo).where(Undo.lead_id == lead.id, Undo.made_at == first.created_at))


def _of_key(key: str) -> Message | None:
    """The letter of this form: the key is in its Message-ID, which the schema keeps unique."""
    return db.session.scalar(sa.select(Message).where(Message.message_id == _keyed_id(key))) if key else None


def _keyed_id(key: str) -> str:
    return f"<{key}@{Practice.current().mail_domain}>"


def _message_id(letter: OwnLetter) -> str:
    if letter.key and _of_key(letter.key) is None:
        return _keyed_id(letter.key)
    return new_message_id(Practice.current().mail_domain)


def _message(lead: Lead, letter: OwnLetter, account: Account, now: datetime) -> Message:
    message = Message(
        kind=MessageKind.REPLY,
        lead=lead,
        account_id=account.id,
        to_address=lead.email,
        urgency=Urgency.PERSONAL,
        created_at=now,
        message_id=_message_id(letter),
        due_at=now + UNDO_DELAY,
    )
    message.reword(letter.wording)
    return message


def happened(lead: Lead, happening: Happening, now: datetime, account_id: int | None = None) -> None:
    """What runs for them ends, if this ends it."""
    if lead.enrollment:
        lead.enrollment.happened(happening, now, account_id)
        db.session.flush()

"""Waiting for you: a row for everyone who needs the owner, and why, in the fewest words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.db import db
from crm.models import Booking, Lead, Note, Reply, Waiting, attention
from crm.rules.sending import StopReason
from crm.rules.stages import SCREEN_WORDS
from crm.rules.telling import Pressing, moment, promise_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crm.models import Inquiry

ROWS_AT_MOST = 60
"""So many rows stand on Today; a practice with more waiting has its list under People."""
WORDS_AT_MOST = 280
"""Characters of a message in a row; two lines of it are seen."""
ARTICLE, SOMEWHERE = "An article on this site", "Somewhere else"


class Tone(StrEnum):
    """How a piece of the why-line looks."""

    PLAIN = ""
    NOW = "now-text"
    LATE = "late"


TONES = {Pressing.CALM: Tone.PLAIN, Pressing.TODAY: Tone.NOW, Pressing.PASSED: Tone.LATE}


@dataclass(frozen=True)
class Piece:
    """A piece of the why-line."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Row:
    """One person who waits. `words` are theirs; nothing of a message to be read first is shown in a row."""

    lead: Lead
    since: datetime
    why: tuple[Piece, ...]
    words: str = ""

    @property
    def read_first(self) -> bool:
        return self.lead.read_first_at is not None


def rows(now: datetime, zone: tzinfo) -> list[Row]:
    """Everyone on Today in order, up to a limit. A fixed number of queries, however many there are."""
    people = db.session.scalars(EVERYBODY, attention.moments(now)).all()
    replies = _last_replies(lead.id for lead in people if lead.waiting_for is Waiting.REPLY)
    reminders = _reminders((lead.id for lead in people if lead.waiting_for is None), now)
    return [_row(lead, replies.get(lead.id), reminders.get(lead.id), now, zone) for lead in people]


def call_to_settle(lead: Lead, now: datetime) -> Booking | None:
    """Their call that is over and of which nobody has said how it went."""
    return next((each for each in lead.bookings if each.is_over(now) and each.outcome is None), None)


def source_words(inquiry: Inquiry | None) -> str:
    """Where someone came from: from your article, from Psychology Today; nothing when they didn’t say."""
    if inquiry is None:
        return ""
    if inquiry.article or inquiry.found_us == ARTICLE:
        return "from your article"
    if not inquiry.found_us or inquiry.found_us == SOMEWHERE:
        return ""
    return f"from {spoken(inquiry.found_us)}"


def spoken(choice: str) -> str:
    """A choice of the form inside a sentence: a search, but Psychology Today."""
    return choice[0].lower() + choice[1:] if choice.startswith(("A ", "An ")) else choice


def _row(lead: Lead, reply: Reply | None, reminder: Note | None, now: datetime, zone: tzinfo) -> Row:
    call = call_to_settle(lead, now)
    if lead.read_first_at is not None:
        return Row(lead, lead.waiting_since or lead.read_first_at, (_read_first(lead),))
    if lead.waiting_for is None and call is not None:
        why = Piece(f"Your call was {moment(call.starts_at, now, zone)}.")
        return Row(lead, call.starts_at, (why, Piece("How did it go?", Tone.NOW)))
    if reminder is not None:
        set_by_him = (Piece("You set a reminder", Tone.NOW), Piece(SCREEN_WORDS[lead.stage]))
        return Row(lead, reminder.due_at or reminder.created_at, set_by_him, reminder.text)
    inquiry = lead.last_inquiry
    words = reply.text if reply else inquiry.message if inquiry else ""
    why_line = _wrote_back(lead, now, zone) if reply else _asked(lead, now, zone)
    return Row(lead, lead.waiting_since or lead.created_at, why_line, words[:WORDS_AT_MOST])


def _read_first(lead: Lead) -> Piece:
    may = "Words in it may mean danger."
    return Piece(f"{may} Follow-ups wait until you’ve read it." if lead.enrollment else may)


def _asked(lead: Lead, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    again = "Wrote again" if len(lead.inquiries) > 1 else SCREEN_WORDS[lead.stage]
    source = source_words(lead.last_inquiry)
    return (*_promise(lead, now, zone), Piece(again), *((Piece(source),) if source else ()))


def _wrote_back(lead: Lead, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    last = lead.last_enrollment
    stopped = last is not None and last.stop_reason is StopReason.REPLIED
    pressing = tuple(piece for piece in _promise(lead, now, zone) if piece.tone is not Tone.PLAIN)
    rest = (Piece("Follow-ups have stopped"),) if stopped else (Piece(SCREEN_WORDS[lead.stage]),)
    return (Piece("Wrote back", Tone.NOW), *pressing, *rest)


def _promise(lead: Lead, now: datetime, zone: tzinfo) -> tuple[Piece, ...]:
    if lead.reply_by is None:
        return ()
    line = promise_line(lead.reply_by, now, zone)
    return (Piece(line.text, TONES[line.pressing]),)


def _reminders(lead_ids: Iterable[int], now: datetime) -> dict[int, Note]:
    """What the owner meant to do by now for these people, who wait for nothing else."""
    due = Note.open_reminders().where(Note.lead_id.in_(list(lead_ids)), Note.due_at <= now)
    return {reminder.lead_id: reminder for reminder in db.session.scalars(due)}


def _last_replies(lead_ids: Iterable[int]) -> dict[int, Reply]:
    """The newest reply of each of these people."""
    theirs = sa.select(Reply).where(Reply.lead_id.in_(list(lead_ids)))
    replies = db.session.scalars(theirs.order_by(Reply.received_at, Reply.id))
    return {reply.lead_id: reply for reply in replies}


EVERYBODY = attention.ON_TODAY.options(
    selectinload(Lead.inquiries), selectinload(Lead.bookings), selectinload(Lead.enrollments)
).limit(ROWS_AT_MOST)

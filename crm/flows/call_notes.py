"""Whatever changes a call, the person is told: notes are planned in the transaction that changes it.

It hangs on the session and not on each verb, so that no verb, of today or later, can forget it: who agrees
on a call, moves it, calls it off or takes one of these back has told the person. What has not left yet and is
not true any more is withdrawn. `UNIQUE (booking_id, call_note, call_sequence)` holds that each version of a
call is told once. To an address that has proven nothing only a few go (flows/ceilings), unless the practice's
hand changed the call; the next one that may go tells it as it is then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.call_facts import call_of, facts_of_calls
from crm.flows.ceilings import note_ceilings
from crm.flows.follow_up import UNDO_DELAY
from crm.flows.following import Follower
from crm.flows.recounting import LINKS
from crm.models import Booking, Event, EventKind, Message, Practice, Suppression, Urgency
from crm.models.message import new_message_id
from crm.rules.addresses import normalize_email
from crm.rules.call_notes import REMINDERS, CallNote, Told, note_due, reminders, still_true
from crm.rules.call_words import note_wording
from crm.rules.sending import MAY_BE_ANSWERED, MessageKind, MessageState, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from crm.links import Links
    from crm.models import Lead
    from crm.rules.call_notes import Call

NOTED = "changed_calls"
TOLD_OF = ("state", "sequence", "outcome")


@dataclass
class Noted:
    """What one transaction has changed so far. `lines`: by person, when it was done, and whether by hand."""

    bookings: set[int] = field(default_factory=set)
    lines: dict[int, tuple[datetime, bool]] = field(default_factory=dict)


def _note(session: Session) -> None:
    noted: Noted = session.info.setdefault(NOTED, Noted())
    for row in (*session.new, *session.dirty):
        if isinstance(row, Booking) and (row in session.new or _is_changed(row)):
            noted.bookings.add(row.id)
        elif isinstance(row, Event) and row in session.new:
            noted.lines[row.lead_id] = (row.at, row.account_id is not None)


def _is_changed(booking: Booking) -> bool:
    attributes = sa.inspect(booking).attrs
    return any(attributes[name].history.has_changes() for name in TOLD_OF)


def _write_down(session: Session) -> None:
    noted: Noted | None = session.info.pop(NOTED, None)
    if noted is None or not noted.bookings:
        return
    changed = sa.select(Booking).where(Booking.id.in_(noted.bookings)).order_by(Booking.id)
    for booking in session.scalars(changed).all():
        if booking.lead_id in noted.lines:
            now, by_hand = noted.lines[booking.lead_id]
            tell(booking, now, by_hand=by_hand)
    session.flush()
    session.info.pop(NOTED, None)


def tell(booking: Booking, now: datetime, *, by_hand: bool) -> None:
    """Plan what the person does not know of this call yet, and withdraw what is not true any more.

    What somebody of the practice did they are told in any case, once it can't be taken back any more.
    """
    notes = _notes_of(booking)
    call = call_of(booking)
    for each in notes:
        if each.is_still_here and not _is_true(each, call, now):
            each.cancel(Withdrawal.CALL_CHANGED, now)
    lead = booking.lead
    if not lead.hears_of_calls:
        return
    due_at = now + UNDO_DELAY if by_hand else now
    wanted = [each for each in _wanted(call, notes, now, due_at) if not _is_planned(each[0], call, notes)]
    if by_hand or lead.address_is_proven:
        for note, at in wanted:
            _plan(booking, note, at, now, notes)
    elif wanted:
        _plan_a_few(booking, wanted, now, notes)


def reaches(lead: Lead) -> bool:
    """Whether such a note can go to them, as far as is known."""
    if not lead.email or not lead.hears_of_calls:
        return False
    against = Suppression.of(normalize_email(lead.email))
    return against is None or against.reason in MAY_BE_ANSWERED


def called_off_at(lead: Lead) -> datetime | None:
    """When the note leaves that tells them their call is off; None where none waits."""
    waits = (Message.lead_id == lead.id, Message.state == MessageState.SCHEDULED)
    note = sa.select(sa.func.max(Message.due_at)).where(*waits, Message.call_note == CallNote.CALLED_OFF)
    return db.session.scalar(note)


def _plan_a_few(
    booking: Booking, wanted: Sequence[tuple[CallNote, datetime]], now: datetime, notes: Sequence[Message]
) -> None:
    """Who counts waits for all who have counted and not yet stored what they send: at once is one by one."""
    db.session.flush()
    ceilings = note_ceilings(booking.lead, booking.client_key, now)
    reasons: list[str] = []
    for note, at in wanted:
        if why := ceilings.why_not(at):
            reasons.append(why)
        else:
            _plan(booking, note, at, now, notes).client_key = booking.client_key
            ceilings = ceilings.and_one(at)
    if reasons:
        booking.lead.record(EventKind.NO_AUTOMATIC_EMAIL, now, reason=reasons[0])


def _wanted(
    call: Call, notes: Sequence[Message], now: datetime, due_at: datetime
) -> Iterator[tuple[CallNote, datetime]]:
    note = note_due(call, _last_told(notes))
    if note is not None and still_true(note, call.sequence, call, now):
        yield note, due_at
    yield from reminders(call, now).items()


def _is_planned(note: CallNote, call: Call, notes: Sequence[Message]) -> bool:
    """It waits, or has left."""
    known = _known(note, call.sequence, notes)
    return known is not None and known.state is not MessageState.CANCELLED


def _known(note: CallNote, sequence: int, notes: Sequence[Message]) -> Message | None:
    same = (each for each in notes if (each.call_note, each.call_sequence) == (note, sequence))
    return next(same, None)


def _plan(booking: Booking, note: CallNote, at: datetime, now: datetime, notes: Sequence[Message]) -> Message:
    """One row for each note of each version. One that was withdrawn and is true again is taken up again."""
    practice = Practice.current()
    if known := _known(note, booking.sequence, notes):
        known.revive()
        known.due_at = at
        _word(known, practice)
        return known
    message = Message(
        kind=MessageKind.CALL,
        lead=booking.lead,
        booking_id=booking.id,
        call_note=note,
        call_sequence=booking.sequence,
        to_address=booking.lead.email,
        urgency=_urgency(note),
        created_at=now,
        message_id=new_message_id(practice.mail_domain),
        due_at=at,
    )
    db.session.add(message)
    _word(message, practice)
    return message


def _word(message: Message, practice: Practice) -> None:
    """What it says now; what it says when it leaves is read from the call once more."""
    db.session.flush()
    facts = facts_of_calls([message.id], practice)[message.id]
    links: Links = db.engine.get_execution_options()[LINKS]
    message.reword(note_wording(facts.note, facts.occasion, facts.pages(links)))


def _urgency(note: CallNote) -> Urgency:
    """A letter planned for another day would be taken for one of a clock that was fast (models/due)."""
    return Urgency.FOLLOW_UP if note in REMINDERS else Urgency.PERSONAL


def _notes_of(booking: Booking) -> list[Message]:
    notes = sa.select(Message).where(Message.booking_id == booking.id).order_by(Message.id)
    return list(db.session.scalars(notes))


def _is_true(message: Message, call: Call, now: datetime) -> bool:
    if message.call_note is None or message.call_sequence is None:
        return False
    return still_true(message.call_note, message.call_sequence, call, now)


def _last_told(notes: Sequence[Message]) -> Told | None:
    """The last that left, or may have. Reminders say nothing new."""
    told: Told | None = None
    for each in notes:
        if each.may_have_left and each.call_note and each.call_note not in REMINDERS:
            told = Told(each.call_note, each.call_sequence or 0)
    return told


FOLLOWER = Follower(note=_note, act=_write_down, keeps=(NOTED,))

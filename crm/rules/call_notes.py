"""What a person is told of their call by email: which note is due, and what it does to their calendar.

A note is written from the call as it is when it leaves. So it dies or changes with the call, and what is told
once of one version of a call is never told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CallStands(StrEnum):
    """How a call stands, as far as its notes go."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    OVER = "over"
    """Somebody has said how it went."""


class CallNote(StrEnum):
    """What a note says. The last two are reminders: they go by the clock, the others by what happens."""

    ASKED = "asked"
    AGREED = "agreed"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    DECLINED = "declined"
    TOMORROW = "tomorrow"
    SOON = "soon"


class Method(StrEnum):
    """What a note asks of a calendar (RFC 5546 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


REMINDERS = frozenset({CallNote.TOMORROW, CallNote.SOON})
ENTERED = frozenset({CallNote.AGREED, CallNote.MOVED})
"""After these the call stands in the person's calendar."""
BEFORE = {CallNote.TOMORROW: timedelta(days=1), CallNote.SOON: timedelta(hours=1)}
"""How long before the call its reminders go."""
FRESH = {CallNote.TOMORROW: timedelta(hours=6), CallNote.SOON: timedelta(hours=2)}
"""Who agreed on a call so shortly before a reminder remembers it without."""


@dataclass(frozen=True)
class Told:
    """The last note that went, or may have gone: what it said, of which version of the call (SEQUENCE)."""

    note: CallNote
    sequence: int


@dataclass(frozen=True)
class Call:
    """A call at this moment. `sequence` counts its changes, as calendars do (RFC 5545 3.8.7.4)."""

    stands: CallStands
    sequence: int
    starts_at: datetime
    ends_at: datetime

    @property
    def is_agreed(self) -> bool:
        return self.stands is CallStands.CONFIRMED


def note_due(call: Call, told: Told | None) -> CallNote | None:
    """What the person does not know yet. None where they know all, or where there is nothing to take back."""
    if told is not None and told.sequence == call.sequence and _says(told.note) is call.stands:
        return None
    match call.stands:
        case CallStands.CONFIRMED:
            return CallNote.MOVED if told is not None and told.note in ENTERED else CallNote.AGREED
        case CallStands.ASKED:
            return CallNote.ASKED
        case CallStands.DECLINED:
            return CallNote.DECLINED if told is not None else None
        case CallStands.OVER:
            return None
        case CallStands.CANCELLED:
            knows_of_one = told is not None and told.note not in (CallNote.CALLED_OFF, CallNote.DECLINED)
            return CallNote.CALLED_OFF if knows_of_one else None


def reminders(call: Call, now: datetime) -> dict[CallNote, datetime]:
    """When each reminder of this call goes. None is due where they have only just agreed on it."""
    if not call.is_agreed:
        return {}
    due = {note: call.starts_at - before for note, before in BEFORE.items()}
    return {note: at for note, at in due.items() if at - now >= FRESH[note]}


def still_true(note: CallNote, sequence: int, call: Call, now: datetime) -> bool:
    """Whether a note of this version of the call may go: the call is as it says, and not over.

    That it will be is told until it begins; that it won't, until it would have ended, to whoever waits.
    """
    if sequence != call.sequence or _says(note) is not call.stands:
        return False
    if note is CallNote.TOMORROW:  # held up for so long that the other one goes now: one is enough
        return now < call.starts_at - BEFORE[CallNote.SOON]
    return now < (call.starts_at if call.is_agreed else call.ends_at)


def method(note: CallNote, sequence: int) -> Method | None:
    """What it asks of the person's calendar; None leaves the calendar alone.

    A wish for another time takes out the entry that an earlier version of the call may have made.
    """
    match note:
        case CallNote.AGREED | CallNote.MOVED:
            return Method.REQUEST
        case CallNote.CALLED_OFF:
            return Method.CANCEL
        case CallNote.ASKED | CallNote.DECLINED:
            return Method.CANCEL if sequence else None
        case CallNote.TOMORROW | CallNote.SOON:
            return None


def _says(note: CallNote) -> CallStands:
    match note:
        case CallNote.AGREED | CallNote.MOVED | CallNote.TOMORROW | CallNote.SOON:
            return CallStands.CONFIRMED
        case CallNote.ASKED:
            return CallStands.ASKED
        case CallNote.CALLED_OFF:
            return CallStands.CANCELLED
        case CallNote.DECLINED:
            return CallStands.DECLINED

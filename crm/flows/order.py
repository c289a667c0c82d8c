"""What came first: by the clock, and by the order of the story where the clock was set back.

As long as it goes forward, a later instant is later. Once it was set back, an email of yesterday can have
tomorrow's instant, and only the order in which things were written down tells: the ids of the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from crm.db import db
from crm.models import Event, EventKind

MOMENT = timedelta(seconds=5)
"""Two programs that act within a moment of each other act at once: each has its own time."""


@dataclass(frozen=True)
class Went:
    """One email that a server took: whose it is, when its text went, and when that was written down."""

    message_id: int
    lead_id: int
    handed_over_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Happened:
    """Something else in the story of the same person, written down as one of these kinds of events."""

    at: datetime
    kinds: tuple[EventKind, ...]


def went_after(went: Went, happened: Happened) -> bool:
    """Whether the email went clearly after that: its instant is later, and the story does not deny it."""
    if went.handed_over_at - happened.at <= MOMENT:
        return False
    sent, other = _sent(went), _last(went.lead_id, happened)
    return sent is None or other is None or other < sent


def was_over_before(went: Went, happened: Happened) -> bool:
    """Whether that had happened when the email went: its instant is earlier, or was before a clock set back.

    An email that was on its way meanwhile is written down later too, but its clock says so as well.
    """
    if happened.at <= went.handed_over_at:
        return True
    sent, other = _sent(went), _last(went.lead_id, happened)
    return went.ended_at < happened.at and sent is not None and other is not None and other < sent


def was_lived_twice(instant: datetime) -> bool:
    """Whether the clock stood later than this before it stood there: then the instant orders nothing."""
    later = sa.select(sa.func.min(Event.id)).where(Event.at > instant + MOMENT)
    until_then = sa.select(sa.func.max(Event.id)).where(Event.at <= instant)
    first, last = db.session.execute(sa.select(later.scalar_subquery(), until_then.scalar_subquery())).one()
    return first is not None and last is not None and first < last


def _sent(went: Went) -> int | None:
    """Where the story says that it went."""
    told = (Event.message_id == went.message_id, Event.kind == EventKind.MESSAGE_SENT)
    return db.session.scalar(sa.select(sa.func.max(Event.id)).where(*told, Event.at == went.ended_at))


def _last(lead_id: int, happened: Happened) -> int | None:
    told = (Event.lead_id == lead_id, Event.kind.in_(happened.kinds), Event.at == happened.at)
    return db.session.scalar(sa.select(sa.func.max(Event.id)).where(*told))

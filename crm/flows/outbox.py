"""What other programs are to be told is written down in the transaction in which it happens.

It hangs on the session and not on each verb, so that no verb, of today or later, can forget it: whoever
records a line in a story, or puts a person in another stage, by hand, in a sweep or by an undo, has told it.
Nobody is told of a suspect. Once they are none any more, what they sent meanwhile is told as if it came then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.db import db
from crm.flows import recounting
from crm.flows.following import Follower
from crm.models import Dispatch, Event, EventKind, Inquiry, Lead, Listener
from crm.rules.dispatches import DispatchKind, DispatchState, Told, body_of, message_id
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy.orm import Session

NOTED = "told_to_others"
LISTENERS = Listener.all()
INSERT: dict[str, sa.Insert] = {
    "postgresql": postgresql.insert(Dispatch).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(Dispatch).on_conflict_do_nothing(),
}
"""Both know ON CONFLICT: what was written down before is not again, and nobody's act fails of it."""


class Standing(NamedTuple):
    """Where a person stood."""

    stage: Stage
    quarantined_at: datetime | None

    @property
    def is_suspect(self) -> bool:
        return self.quarantined_at is not None or self.stage is Stage.SPAM


@dataclass
class Noted:
    """What one transaction has done so far. `stood`: how people stood before it; None for who is new.

    `lines`: by person, the last line in each story, whose instant is that of the act.
    """

    stood: dict[int, Standing | None] = field(default_factory=dict)
    lines: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    events: list[int] = field(default_factory=list)


class Written(NamedTuple):
    """One thing to tell, and what it is about: the same thing is never told twice."""

    told: Told
    lead_id: int
    message_id: str


def _note(session: Session) -> None:
    noted: Noted = session.info.setdefault(NOTED, Noted())
    for row in session.new:
        match row:
            case Lead():
                noted.stood.setdefault(row.id, None)
            case Event():
                noted.lines[row.lead_id] = (row.id, row.at)
                if row.kind in OF_STORIES:
                    noted.events.append(row.id)
    for row in session.dirty:
        if isinstance(row, Lead) and row.id not in noted.stood and (stood := _stood(row)):
            noted.stood[row.id] = None if row.was_made_here else stood


def _stood(lead: Lead) -> Standing | None:
    """How they stood before this flush, if it changes that."""
    attributes = sa.inspect(lead).attrs
    if not any(attributes[name].history.has_changes() for name in Standing._fields):
        return None
    return Standing(_before(lead, "stage"), _before(lead, "quarantined_at"))


def _before(lead: Lead, name: str) -> Any:  # noqa: ANN401 - of one of two columns
    """What is not even loaded has not changed."""
    history = sa.inspect(lead).attrs[name].history
    known = history.deleted or history.unchanged
    return known[0] if known else getattr(lead, name)


def _write_down(session: Session) -> None:
    noted: Noted | None = session.info.pop(NOTED, None)
    if noted is None or not (noted.stood or noted.events):
        return
    if listeners := session.scalars(LISTENERS).all():
        _insert(listeners, list(_happened(noted)))


def nobody_listens(session: Session) -> None:
    """It was asked with what was written last: then nobody has to be asked, nor told, of that."""
    session.info.pop(NOTED, None)


def _happened(noted: Noted) -> Iterator[Written]:
    events = db.session.scalars(sa.select(Event).where(Event.id.in_(noted.events)).order_by(Event.id)).all()
    known = recounting.people({*noted.stood, *(event.lead_id for event in events)})
    plain = {lead.id: lead for lead in known.leads.values() if not _standing(lead).is_suspect}
    for asked in _kept_back([lead_id for lead_id in plain if _was_suspect(noted, lead_id)]):
        lead = plain[asked.lead_id]
        yield _asked(known, lead, asked, _instant(noted, lead))
    for event in events:
        if event.lead_id in plain:
            yield OF_STORIES[event.kind](known, plain[event.lead_id], event)
    for lead in known.leads.values():
        stood = noted.stood.get(lead.id)
        if stood is not None and _is_told_of(stood, _standing(lead)):
            yield _moved(noted, known, lead, stood.stage)


def _standing(lead: Lead) -> Standing:
    return Standing(lead.stage, lead.quarantined_at)


def _was_suspect(noted: Noted, lead_id: int) -> bool:
    stood = noted.stood.get(lead_id)
    return stood is not None and stood.is_suspect


def _is_told_of(before: Standing, after: Standing) -> bool:
    """Of who is or was nobody but a suspect no program has heard."""
    never_heard_of = before.quarantined_at is not None or after.quarantined_at is not None
    return before.stage is not after.stage and not never_heard_of


def _kept_back(lead_ids: Collection[int]) -> Sequence[Inquiry]:
    """What these people sent that was put into quarantine the moment it came."""
    suspected = sa.exists().where(
        Event.lead_id == Inquiry.lead_id,
        Event.kind == EventKind.QUARANTINED,
        Event.at == Inquiry.received_at,
    )
    found = sa.select(Inquiry).where(Inquiry.lead_id.in_(lead_ids), suspected).order_by(Inquiry.id)
    return db.session.scalars(found).all() if lead_ids else ()


def _instant(noted: Noted, lead: Lead) -> datetime:
    """When it was done: whoever moves people also writes a line in their story."""
    return noted.lines[lead.id][1] if lead.id in noted.lines else lead.stage_changed_at


def _asked(known: recounting.People, lead: Lead, asked: Inquiry, at: datetime) -> Written:
    named = message_id(DispatchKind.INQUIRY_RECEIVED, str(asked.id), asked.received_at)
    return Written(recounting.inquiry(known, lead, asked, at), lead.id, named)


def _of_inquiry(known: recounting.People, lead: Lead, event: Event) -> Written:
    assert event.inquiry is not None  # noqa: S101 - whoever records one says which
    return _asked(known, lead, event.inquiry, event.at)


def _of_reply(known: recounting.People, lead: Lead, event: Event) -> Written:
    named = message_id(DispatchKind.REPLY_RECEIVED, str(event.id), event.at)
    return Written(recounting.reply(known, lead, event), lead.id, named)


def _of_booking(known: recounting.People, lead: Lead, event: Event) -> Written:
    named = message_id(DispatchKind.CALL_BOOKED, str(event.id), event.at)
    return Written(recounting.booked(known, lead, event), lead.id, named)


def _moved(noted: Noted, known: recounting.People, lead: Lead, came_from: Stage) -> Written:
    line, at = noted.lines.get(lead.id, (0, lead.stage_changed_at))
    named = message_id(DispatchKind.STAGE_CHANGED, f"{lead.id}/{line}", at)
    return Written(recounting.moved(known, lead, came_from, at), lead.id, named)


OF_STORIES = {
    EventKind.INQUIRY_RECEIVED: _of_inquiry,
    EventKind.REPLY_RECEIVED: _of_reply,
    EventKind.CALL_BOOKED: _of_booking,
}
"""Lines of a story that are told."""


def _insert(listeners: Sequence[Listener], written: list[Written]) -> None:
    rows = [
        {
            "listener_id": listener.id,
            "lead_id": each.lead_id,
            "message_id": each.message_id,
            "kind": each.told.kind,
            "happened_at": each.told.at,
            "body": body_of(each.told, listener.wants),
            "state": DispatchState.WAITING,
            "due_at": each.told.at,
            "tries": 0,
        }
        for each in written
        for listener in listeners
        if listener.wants_to_hear(each.told.kind)
    ]
    if rows:
        db.session.execute(INSERT[db.engine.dialect.name], rows)


FOLLOWER = Follower(note=_note, act=_write_down, keeps=(NOTED,))

"""Bringing a list of people in, fifty at a time, and taking out again those whom nobody has touched.

Nothing is sent to anybody of the list, and nobody of it waits on Today. A worker that dies goes on with the
first row that is not done: each batch and how far it came are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import Base, db
from crm.flows.acquaintance import Contact, fill_in
from crm.models import (
    Alias,
    Event,
    EventKind,
    ImportRow,
    ImportState,
    Lead,
    Note,
    NoteKind,
    PeopleImport,
    SearchEntry,
    turns,
)
from crm.models.people_import import RowOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

BATCH = 50
OUR_OWN = ("event", "note", "search_entry", "import_row")
"""Rows about a person that an import makes itself; any other means that somebody has had to do with them."""


@dataclass(frozen=True)
class Tally:
    """How many rows would be, or were, added, are here already, and can't be used."""

    new: int = 0
    known: int = 0
    unusable: int = 0
    kept: int = 0

    @property
    def rows(self) -> int:
        return self.new + self.known + self.unusable


def keep_rows(brought: PeopleImport, rows: Iterable[ImportRow]) -> None:
    """In place of what was read before; nothing is added yet."""
    db.session.execute(sa.delete(ImportRow).where(ImportRow.import_id == brought.id))
    db.session.add_all(rows)
    brought.state = ImportState.READY
    db.session.flush()


def foretell(brought: PeopleImport) -> Tally:
    """What adding would do now: a dry run, which changes nothing."""
    keys = sa.select(ImportRow.contact_key.label("key")).where(ImportRow.import_id == brought.id).subquery()
    counts = sa.select(sa.func.count(), sa.func.count(keys.c.key), sa.func.count(sa.distinct(keys.c.key)))
    total, usable, people = db.session.execute(counts.select_from(keys)).one()
    here = sa.select(keys.c.key).distinct().where(_is_known(keys.c.key)).subquery()
    known = db.session.scalar(sa.select(sa.func.count()).select_from(here)) or 0
    return Tally(new=people - known, known=usable - people + known, unusable=total - usable)


def tally(brought: PeopleImport) -> Tally:
    """What adding did, and what taking back has left."""
    counted = sa.select(ImportRow.outcome, sa.func.count()).where(ImportRow.import_id == brought.id)
    by_outcome: dict[RowOutcome | None, int] = dict(
        db.session.execute(counted.group_by(ImportRow.outcome)).all()
    )
    return Tally(
        new=by_outcome.get(RowOutcome.ADDED, 0),
        known=by_outcome.get(RowOutcome.KNOWN, 0),
        unusable=by_outcome.get(None, 0),
        kept=by_outcome.get(RowOutcome.KEPT, 0),
    )


def go_on(now: datetime) -> bool:
    """One batch of the oldest import that is at work. Whether there may be more to do."""
    brought = db.session.scalar(PeopleImport.at_work())
    if brought is None:
        return False
    rows, is_adding = brought.next_rows(BATCH), brought.state is ImportState.ADDING
    for row in rows:
        if is_adding:
            _add(row, brought, now)
        else:
            _take_out(row)
        brought.reached = row.number
    if len(rows) < BATCH:
        brought.state = ImportState.DONE if is_adding else ImportState.REMOVED
    return True


def _add(row: ImportRow, brought: PeopleImport, now: datetime) -> None:
    if row.contact_key is None or row.outcome is not None:
        return
    if Lead.with_key(row.contact_key):
        row.outcome = RowOutcome.KNOWN
        return
    lead = Lead.find_or_start(row.contact_key, row.name, now)
    names = ("name", "email", "phone", "found_us", "looking_for", "zone_name")
    fill_in(lead, Contact(**{name: getattr(row, name) for name in names}))
    lead.stage = brought.stage
    lead.record(EventKind.IMPORTED, now, reason=brought.name, account_id=brought.account_id)
    if row.note:
        note = Note(account_id=brought.account_id, kind=NoteKind.NOTE, text=row.note, created_at=now)
        db.session.flush()
        note.lead_id = lead.id
        lead.record(EventKind.NOTE_ADDED, now, account_id=brought.account_id, about=note)
    db.session.flush()
    row.outcome, row.lead_id = RowOutcome.ADDED, lead.id


def _take_out(row: ImportRow) -> None:
    """Whoever has had a letter, a call, a tag or anything else since stays: that is not the import's."""
    if row.outcome is not RowOutcome.ADDED or row.lead_id is None:
        return
    lead_id = row.lead_id
    turns.take(lead_id)
    if _is_touched(lead_id):
        row.outcome = RowOutcome.KEPT
        return
    row.outcome, row.lead_id = RowOutcome.REMOVED, None
    db.session.flush()
    for model in (Event, Note, SearchEntry):
        db.session.execute(sa.delete(model).where(model.lead_id == lead_id))
    db.session.execute(sa.delete(Lead).where(Lead.id == lead_id))


def _is_touched(lead_id: int) -> bool:
    """Whether any table knows them for another reason, or anything has happened since they were added."""
    lead = db.session.get_one(Lead, lead_id)
    first = min(event.at for event in lead.events)
    if any(event.at != first for event in lead.events):
        return True
    return any(
        db.session.scalar(sa.select(sa.literal(1)).where(column == lead_id).limit(1)) is not None
        for column in _references()
    )


def _references() -> list[sa.Column[int]]:
    """Every column that names a person, of whichever table there will be."""
    tables = (table for table in Base.metadata.tables.values() if table.name not in OUR_OWN)
    keys = (key for table in tables for key in table.foreign_keys if key.column is Lead.__table__.c.id)
    return [key.parent for key in keys]


def _is_known(key: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    here = sa.exists().where(Lead.contact_key == key)
    return sa.or_(here, sa.exists().where(Alias.contact_key == key))

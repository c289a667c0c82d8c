"""Whatever somebody does is on record by the time it is done: the lines are part of its transaction.

It hangs on the session and not on each verb, as flows/outbox does, so that no verb can forget it. The web
says who acts (`Doer`); each person whose rows were written gets a line, an act on nobody's rows one, too.
What a worker does in somebody's name is known by the story. The lines are chained last of all, right before
the commit, because from then on others wait for the end of the chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.following import Follower
from crm.models import (
    Account,
    Audit,
    AuditAnchor,
    Decision,
    Dispatch,
    Event,
    EventKind,
    JobRun,
    Lead,
    Message,
    Practice,
    SearchEntry,
    SignIn,
    Undo,
)
from crm.rules.sending import MessageKind
from crm.rules.trail import Act, Deed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

DOER, NOTED = "doer", "trail_noted"
FIELDS_SHOWN = 30
BESIDE = (Audit, AuditAnchor, Decision, Dispatch, JobRun, SearchEntry, SignIn, Undo)
"""What follows from an act by itself, or has lines of its own."""
OF_MACHINES = (EventKind.MESSAGE_SENT, EventKind.MESSAGE_FAILED, EventKind.MESSAGE_UNCERTAIN)
"""What becomes of a letter later; that somebody sent it stood on record when they did."""


@dataclass
class Doer:
    """Who acts in this session, by which way (the endpoint of a route), and on whom its address says.

    `acts`: whatever is written is their doing. `is_quiet`: a line about the same was written a moment ago.
    """

    account_id: int
    way: str
    now: datetime
    lead_id: int | None = None
    acts: bool = True
    is_quiet: bool = False
    has_written: bool = False


@dataclass
class Touched:
    """What one transaction has done so far to one person, or to nobody."""

    events: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    things: set[tuple[str | None, int | None]] = field(default_factory=set)
    sent: bool = False
    by: tuple[int, datetime] | None = None


@dataclass
class Noted:
    said: list[Deed] = field(default_factory=list)
    touched: dict[int | None, Touched] = field(default_factory=dict)

    def of(self, lead_id: int | None) -> Touched:
        return self.touched.setdefault(lead_id, Touched())


def say(deed: Deed) -> None:
    """Put this on record with the transaction; for its person it says all there is to say."""
    _noted(db.session()).said.append(deed)


def _noted(session: Session) -> Noted:
    noted: Noted = session.info.setdefault(NOTED, Noted())
    return noted


def _note(session: Session) -> None:
    noted, doer = _noted(session), session.info.get(DOER)
    for row in (*session.new, *session.dirty, *session.deleted):
        noted.said.extend(_at_the_door(row, doer))
        if isinstance(row, Event) and row.account_id is not None and (doer or row.kind not in OF_MACHINES):
            touched = noted.of(row.lead_id)
            touched.events.add(str(row.kind))
            touched.by = touched.by or (row.account_id, row.at)
        elif doer and doer.acts and not isinstance(row, (*BESIDE, Event)):
            _note_row(noted, row, is_new=row in session.new)


def _at_the_door(row: object, doer: Doer | None) -> Iterator[Deed]:
    """Who came, who went, and who became somebody else."""
    match row:
        case SignIn() if row.ended_at is None and "account_id" in _changed(row):
            yield Deed(Act.SIGNED_IN, row.created_at, row.account_id)
        case SignIn() if row.ended_at is not None and "ended_at" in _changed(row):
            yield Deed(Act.SIGNED_OUT, row.ended_at, row.account_id)
        case Account() if doer and "role" in _changed(row):
            facts = {"role": str(row.role)}
            yield Deed(Act.ROLE_CHANGED, doer.now, doer.account_id, None, "account", row.id, facts)


def _note_row(noted: Noted, row: Any, *, is_new: bool) -> None:  # noqa: ANN401 - any of our models
    """Which table, and of what has many settings which of them: names of ours, no values."""
    changed = _changed(row)
    if not (is_new or changed or sa.inspect(row).deleted):
        return
    touched, table = noted.of(row.id if isinstance(row, Lead) else getattr(row, "lead_id", None)), _table(row)
    touched.rows.add(table)
    touched.things.add((table, row.id if isinstance(getattr(row, "id", None), int) else 0))
    if isinstance(row, Practice | Account | Lead) and not is_new:
        touched.fields.update(f"{table}.{name}" for name in changed)
    if isinstance(row, Message) and _is_sent_by_hand(row, changed, is_new=is_new):
        touched.sent = True


def _is_sent_by_hand(message: Message, changed: set[str], *, is_new: bool) -> bool:
    return (is_new and message.kind is MessageKind.REPLY) or (
        "by_hand_at" in changed and message.by_hand_at is not None
    )


def _changed(row: object) -> set[str]:
    """The columns whose values this flush writes; nothing is loaded for it."""
    state = sa.inspect(row)
    assert state is not None  # noqa: S101 - each is a row of ours
    names = (column.key for column in state.mapper.column_attrs)
    return {name for name in names if state.attrs[name].history.has_changes()}


def _table(row: object) -> str:
    return str(type(row).__tablename__)  # type: ignore[attr-defined]


def _write_down(session: Session) -> None:
    noted: Noted = session.info.pop(NOTED, None) or Noted()
    doer: Doer | None = session.info.get(DOER)
    deeds = [*(_by(doer, deed) for deed in noted.said), *_deeds(noted, doer)]
    if not deeds and doer and doer.acts and not (doer.is_quiet or doer.has_written):
        deeds = [Deed(_usual(doer), doer.now, doer.account_id, doer.lead_id, facts={"by": doer.way})]
    if deeds:
        Audit.append(deeds, session.connection())
        if doer:
            doer.has_written = True


def _by(doer: Doer | None, deed: Deed) -> Deed:
    """With the way it was done by."""
    return replace(deed, facts={"by": doer.way} | deed.facts) if doer else deed


def _deeds(noted: Noted, doer: Doer | None) -> Iterator[Deed]:
    """A line for each person; one for what is nobody's only where no person was touched."""
    told = {deed.lead_id for deed in noted.said if deed.lead_id is not None}
    people: list[int | None] = [
        lead_id for lead_id in sorted(filter(None, noted.touched)) if lead_id not in told
    ]
    if None in noted.touched and not (people or told or noted.said):
        people = [None]
    made = (_deed(lead_id, noted.touched[lead_id], doer) for lead_id in people)
    yield from (deed for deed in made if deed is not None)


def _deed(lead_id: int | None, touched: Touched, doer: Doer | None) -> Deed | None:
    if doer and doer.is_quiet and not touched.events:
        return None
    by = (doer.account_id, doer.now) if doer else touched.by
    if by is None:
        return None
    act = Act.SENT if touched.sent else Act.CHANGED if lead_id or doer is None else _usual(doer)
    whom = lead_id or (doer.lead_id if doer else None)
    only = touched.things if lead_id is None and len(touched.things) == 1 else {(None, None)}
    ((table, row_id),) = only
    return Deed(act, by[1], by[0], whom, table, row_id, _facts(touched, doer))


def _facts(touched: Touched, doer: Doer | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"by": doer.way} if doer else {}
    for name in ("events", "rows", "fields"):
        if words := sorted(getattr(touched, name)):
            facts[name] = words[:FIELDS_SHOWN]
    return facts


def _usual(doer: Doer) -> Act:
    return Act.SETTINGS_CHANGED if doer.way.startswith("settings.") else Act.CHANGED


FOLLOWER = Follower(note=_note, act=_write_down, keeps=(NOTED,))
"""After every other: it takes the end of the chain, for which others wait."""

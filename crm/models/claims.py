"""Taking due messages for one worker, by compare-and-set. The database is the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.util import identity_key

from crm.db import db, instant
from crm.many import DIALECTS, among, execute, given_rows
from crm.models.enrollment import Enrollment
from crm.models.message import Message
from crm.models.urgency import Urgency
from crm.rules.sending import MessageKind, MessageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


LEASE = timedelta(minutes=20)
"""How long a worker may hold a claim: above every SMTP timeout together, RFC 5321 4.5.3.2 included."""

SENDING: sa.ColumnElement[str] = sa.literal_column("'sending'")
SCHEDULED: sa.ColumnElement[str] = sa.literal_column("'scheduled'")
WITH_PERSON = (joinedload(Message.lead), joinedload(Message.enrollment).joinedload(Enrollment.sequence))


class HandedOver(NamedTuple):
    """What a person will read in a message whose text goes now, and from which version of its template."""

    id: int
    subject: str
    text: str
    template_version_id: int | None


class Held(NamedTuple):
    """What the ledger needs to know of a row it has locked."""

    id: int
    lead_id: int | None
    claim_token: str | None
    claimed_by: str | None
    handed_over_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Claimant:
    """Who takes: the worker's name, and the token that fences out a claim it made before this one."""

    worker: str
    token: str


def take(
    limit: int, now: datetime, by: Claimant, *, by_people_only: bool = False, urgent_only: bool = False
) -> list[int]:
    """Take up to `limit` due rows for this worker, the most urgent first. Returns their ids in that order.

    `by_people_only` leaves out what a sequence sends, and what only the clock wants: so it is while all
    sending is held. `urgent_only` leaves out follow-ups, so that they cannot stand in the way.

    Two workers never get the same row: on Postgres locked rows are skipped, on SQLite
    the write transaction is the lock. Commit before talking to the world.
    """
    taken: list[int] = []
    not_by_the_clock = by_people_only or urgent_only
    for urgency in _urgencies_due(now):
        if len(taken) < limit and not (not_by_the_clock and urgency is Urgency.FOLLOW_UP):
            taken += _take(urgency, limit - len(taken), now, by, by_people_only=by_people_only)
    return taken


def lock(ids: Iterable[int]) -> dict[int, Held]:
    """Wait for these rows in one order, the same in every worker."""
    rows = db.session.connection().execute(HELD, {"these": list(ids)})
    return {row.id: Held(*row) for row in rows}


def rows(ids: Iterable[int]) -> dict[int, Message]:
    """These rows as they are now, with their people, locked in one order, the same in every worker."""
    wanted = list(ids)
    db.session.flush()
    for message_id in wanted:
        if known := db.session.identity_map.get(identity_key(Message, message_id)):
            db.session.expire(known)
    found = sa.select(Message).where(among(_message.c.id, "these")).order_by(Message.id)
    locked = found.with_for_update(of=Message).options(*WITH_PERSON)
    return {row.id: row for row in db.session.scalars(locked, {"these": wanted})}


def mark(texts: Sequence[HandedOver], tokens: set[str], now: datetime) -> frozenset[int]:
    """Handed over: the last mark before DATA, and with it what goes, where claim and lease still hold."""
    if not texts:
        return frozenset()
    given = [text._asdict() for text in texts]
    return frozenset(execute(MARK, given, tokens=list(tokens), now=now).scalars())


def give_back(by: Claimant, now: datetime) -> None:
    """Return every row of a claim whose transaction may or may not have been stored."""
    lost = (Message.state == SENDING, Message.claim_token == by.token, Message.handed_over_at.is_(None))
    for message in db.session.scalars(sa.select(Message).where(*lost).with_for_update()):
        message.put_off(now)


def _urgencies_due(now: datetime) -> list[Urgency]:
    """Those of which something is due, in one look: mostly it is one."""
    found = db.session.connection().execute(SOMETHING_DUE, {"now": now}).one()
    return [urgency for urgency, first in zip(Urgency, found, strict=True) if first is not None]


def _take(urgency: Urgency, limit: int, now: datetime, by: Claimant, *, by_people_only: bool) -> list[int]:
    statement = TAKE[db.engine.dialect.name == "postgresql", by_people_only]
    values = {
        "level": int(urgency),
        "most": limit,
        "now": now,
        "until": now + LEASE,
        "token": by.token,
        "worker": by.worker,
    }
    found = db.session.connection().execute(statement, values).all()
    return [message_id for message_id, _ in sorted(found, key=lambda row: (row[1], row[0]))]


def _take_statement(*, postgres: bool, by_people_only: bool) -> sa.Update:
    """Built once. The states stand in it as they are, so that the partial indexes are used."""
    due = [
        _message.c.state == SCHEDULED,
        _message.c.held_at.is_(None),
        _message.c.due_at <= sa.bindparam("now"),
    ]
    if by_people_only:
        due.append(_message.c.kind != MessageKind.STEP)
    found = (
        sa.select(_message.c.id)
        .where(_message.c.urgency == sa.bindparam("level"), *due)
        .order_by(_message.c.due_at, _message.c.id)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    these = sa.select(found.c.id).scalar_subquery()
    is_one: sa.ColumnElement[bool] = _message.c.id.in_(these)
    if postgres:  # an array is looked up by key; joined, the table would be hashed
        is_one = _message.c.id == sa.any_(sa.func.array(these))
    return (
        sa.update(Message)
        .where(is_one, _message.c.state == SCHEDULED)
        .values(
            state=MessageState.SENDING,
            claimed_at=sa.bindparam("now"),
            claim_token=sa.bindparam("token"),
            claimed_by=sa.bindparam("worker"),
            lease_until=sa.bindparam("until"),
        )
        .returning(_message.c.id, _message.c.due_at)
    )


def marking(texts: sa.FromClause) -> sa.Update:
    """Marks these, whose columns are those of TO_MARK, where one of the `tokens` and its lease hold `now`."""
    return (
        sa.update(Message)
        .where(
            _message.c.id == texts.c.id,
            among(_message.c.claim_token, "tokens"),
            _message.c.state == SENDING,
            _message.c.lease_until > sa.bindparam("now"),
        )
        .values(
            handed_over_at=sa.bindparam("now"),
            sent_subject=texts.c.subject,
            sent_text=texts.c.text,
            template_version_id=sa.func.coalesce(texts.c.template_version_id, _message.c.template_version_id),
        )
        .returning(_message.c.id)
    )


_message = Message.__table__
TAKE = {
    (postgres, by_people_only): _take_statement(postgres=postgres, by_people_only=by_people_only)
    for postgres in (True, False)
    for by_people_only in (True, False)
}
FIRST_DUE = [
    sa.select(_message.c.id)
    .where(_message.c.urgency == int(urgency), *Message.is_due(instant("now")))
    .order_by(_message.c.due_at, _message.c.id)
    .limit(1)
    .scalar_subquery()
    for urgency in Urgency
]
"""Each names one urgency and an order. Left to itself, Postgres takes the few rows in question for a quarter
of all, and reads the whole table."""
SOMETHING_DUE = sa.select(*FIRST_DUE)
HELD = (
    sa.select(
        _message.c.id,
        _message.c.lead_id,
        _message.c.claim_token,
        _message.c.claimed_by,
        _message.c.handed_over_at,
        _message.c.sent_at,
    )
    .where(among(_message.c.id, "these"))
    .order_by(_message.c.id)
    .with_for_update()
)
TO_MARK: list[sa.ColumnClause[Any]] = [
    sa.column("id", sa.Integer),
    sa.column("subject", _message.c.sent_subject.type),
    sa.column("text", _message.c.sent_text.type),
    sa.column("template_version_id", sa.Integer),
]
"""As HandedOver has it."""
MARK = {dialect: marking(given_rows(TO_MARK, dialect)) for dialect in DIALECTS}

"""One person, one act at a time: whoever acts on a person waits for their turn first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models.lead import Lead
from crm.models.message import OPEN_STATES, Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select


def take(*lead_ids: int) -> None:
    """Wait for this person's turn: till the transaction ends, nobody else acts on them or takes their mail.

    The people first, then what is on its way to them: each in one order, so that no two acts wait for
    each other. Whatever was read before is forgotten, because it may be old by now. On SQLite
    the write transaction is everybody's turn at once.
    """
    db.session.flush()
    db.session.expire_all()
    for rows in (_people(lead_ids), _on_their_way(lead_ids)):
        db.session.execute(rows).all()


def take_of(whose: Callable[[], int | None]) -> int | None:
    """The turn of whoever this is when it comes: while one waits, two people may become one, or one two."""
    lead_id, found = None, whose()
    while found is not None and found != lead_id:
        lead_id = found
        take(lead_id)
        found = whose()
    return found


def take_with(model: type[object], row_id: int) -> None:
    """The turn of the person whose row this is, if it is anybody's: call it before loading the row."""
    columns = sa.inspect(model).columns
    whose = columns.id if model is Lead else columns.get("lead_id")
    if whose is not None:
        take_of(lambda: db.session.scalar(sa.select(whose).where(columns.id == row_id)))


def _people(lead_ids: tuple[int, ...]) -> Select[int]:
    """`key_share`: a worker may note an event meanwhile, which only needs to know that the person exists."""
    return sa.select(Lead.id).where(Lead.id.in_(lead_ids)).order_by(Lead.id).with_for_update(key_share=True)


def _on_their_way(lead_ids: tuple[int, ...]) -> Select[int]:
    on_its_way = Message.state.in_(sa.literal_column(f"'{state}'") for state in OPEN_STATES)
    rows = sa.select(Message.id).where(Message.lead_id.in_(lead_ids), on_its_way)
    return rows.order_by(Message.id).with_for_update()

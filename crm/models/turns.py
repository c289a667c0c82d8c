"""One person, one act at a time: whoever acts on a person waits for their turn first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models.lead import Lead
from crm.models.message import OPEN_STATES, Message

if TYPE_CHECKING:
    from sqlalchemy import Select


def take(lead_id: int) -> None:
    """Wait for this person's turn: till the transaction ends, nobody else acts on them or takes their mail.

    The person first, then what is on its way to them: in one order, so that no two acts wait for
    each other. Whatever was read before is forgotten, because it may be old by now. On SQLite
    the write transaction is everybody's turn at once.
    """
    db.session.flush()
    db.session.expire_all()
    for rows in (_person(lead_id), _on_their_way(lead_id)):
        db.session.execute(rows).all()


def take_with(model: type[object], row_id: int) -> None:
    """The turn of the person whose row this is, if it is anybody's: call it before loading the row."""
    columns = sa.inspect(model).columns
    whose = columns.id if model is Lead else columns.get("lead_id")
    lead_id = None if whose is None else db.session.scalar(sa.select(whose).where(columns.id == row_id))
    if lead_id is not None:
        take(lead_id)


def _person(lead_id: int) -> Select[int]:
    """`key_share`: a worker may note an event meanwhile, which only needs to know that the person exists."""
    return sa.select(Lead.id).where(Lead.id == lead_id).with_for_update(key_share=True)


def _on_their_way(lead_id: int) -> Select[int]:
    on_its_way = Message.state.in_(sa.literal_column(f"'{state}'") for state in OPEN_STATES)
    rows = sa.select(Message.id).where(Message.lead_id == lead_id, on_its_way)
    return rows.order_by(Message.id).with_for_update()

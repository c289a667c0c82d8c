"""The emails that wait for the owner's yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.models.message import Message
from crm.rules.approval import AT_LEAST

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Select

WAITS = (Message.state == sa.literal_column("'awaiting_approval'"), Message.held_at.is_(None))
"""As the index has it. What is paused, or waits for a note to be read, comes back by another way."""


def waiting(now: datetime | sa.ColumnElement[datetime]) -> Select[Message]:
    """Those the owner can say yes to, the soonest due first; nothing of someone to be read first."""
    may_be_written_to = Message.lead.has(read_first_at=None, quarantined_at=None)
    return (
        sa.select(Message)
        .where(*WAITS, Message.expires_at > now, may_be_written_to)
        .order_by(Message.due_at, Message.id)
    )


def overdue(now: datetime, most: int) -> Select[int]:
    """The ids of those nobody said yes to in time, the longest overdue first."""
    late = sa.select(Message.id).where(*WAITS, Message.expires_at <= now)
    return late.order_by(Message.expires_at).limit(most)


def of_these(ids: Collection[int]) -> Select[int]:
    """Those of these ids that still wait, by person: whoever takes several takes them in one order."""
    return sa.select(Message.id).where(*WAITS, Message.id.in_(ids)).order_by(Message.lead_id, Message.id)


def keep_for_a_day(now: datetime) -> sa.Update:
    """After everything was held: what would be too late soon can be decided on for a day."""
    until = now + AT_LEAST
    stretch = sa.update(Message).where(*WAITS, Message.expires_at < until).values(expires_at=until)
    return stretch.execution_options(synchronize_session="fetch")

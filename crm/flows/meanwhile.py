"""Two at once: what a colleague has done about a person since a page of theirs was opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Account, Event, EventKind, Lead, Message
from crm.rules.sending import MessageKind, MessageState

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.stages import Stage

TELLS = frozenset(
    {
        EventKind.STAGE_MOVED,
        EventKind.CALL_LOGGED,
        EventKind.CALL_BOOKED,
        EventKind.CALL_MOVED,
        EventKind.CALL_CANCELLED,
        EventKind.CALL_OUTCOME,
    }
)
"""What changes what somebody else would do next. A note, a tag, a draft does not."""


@dataclass(frozen=True)
class Act:
    """Who did what, and when. A letter has no event before it has left; `to` is the stage of a move."""

    who: str
    kind: EventKind | None
    at: datetime
    to: Stage | None = None


def latest_act(lead: Lead, me: Account, since: datetime) -> Act | None:
    """The last that others did since; their letter before anything else. None where nobody did."""
    return _letter(lead, me, since) or _event(lead, me, since)


def latest_edit(lead: Lead) -> Act | None:
    """Who last changed how they are reached: somebody in the practice, or the person on their own page."""
    query = (
        sa.select(Event.at, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.lead_id == lead.id, Event.kind == EventKind.CONTACT_EDITED)
        .order_by(Event.at.desc(), Event.id.desc())
    )
    found = db.session.execute(query.limit(1)).first()
    return Act(found.name or lead.first_name, EventKind.CONTACT_EDITED, found.at) if found else None


def _letter(lead: Lead, me: Account, since: datetime) -> Act | None:
    query = (
        sa.select(Account.name, Message.created_at)
        .join(Account, Account.id == Message.account_id)
        .where(
            Message.lead_id == lead.id,
            Message.kind == MessageKind.REPLY,
            Message.state != MessageState.CANCELLED,
            Message.created_at > since,
            Account.id != me.id,
        )
        .order_by(Message.id.desc())
    )
    found = db.session.execute(query.limit(1)).first()
    return Act(found.name, None, found.created_at) if found else None


def _event(lead: Lead, me: Account, since: datetime) -> Act | None:
    """A move that does not stand any more was taken back, and is nothing to be told."""
    query = (
        sa.select(Event, Account.name)
        .join(Account, Account.id == Event.account_id)
        .where(Event.lead_id == lead.id, Event.kind.in_(TELLS), Event.at > since, Account.id != me.id)
        .order_by(Event.id.desc())
    )
    for event, who in db.session.execute(query.limit(10)):
        if event.kind is not EventKind.STAGE_MOVED:
            return Act(who, event.kind, event.at)
        if event.facts.get("to") == lead.stage:
            return Act(who, event.kind, event.at, lead.stage)
    return None

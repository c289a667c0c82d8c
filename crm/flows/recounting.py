"""What happened to people, as other programs may hear it: read from their rows as they are at the commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.links import Links
from crm.models import Alias, Event, EventKind, Inquiry, Lead, Source
from crm.rules.dispatches import DispatchKind, Told, instant
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


LINKS = "links"
"""Under this word our own addresses travel with the engine, for whoever writes down what others are told."""
FORM, BY_HAND, ELSEWHERE = "form", "by_hand", "elsewhere"
"""How somebody came who did not come by a way in: our own form, added by an account, or a list or a mail."""


@dataclass(frozen=True)
class People:
    """These people, and what else of them is told: which numbers they had, and by which way they came."""

    leads: Mapping[int, Lead]
    also: Mapping[int, list[int]]
    ways: Mapping[int, dict[str, Any]]

    def tell(
        self, kind: DispatchKind, lead: Lead, at: datetime, facts: dict[str, Any], words: str | None
    ) -> Told:
        links: Links = db.engine.get_execution_options()[LINKS]
        person = {
            "id": lead.id,
            "formerly": self.also.get(lead.id, []),
            "url": links.person(lead.id),
            "stage": lead.stage,
            "source": self.ways.get(lead.id, {"kind": ELSEWHERE, "name": None}),
        }
        contact = {"name": lead.name, "email": lead.email, "phone": lead.phone}
        return Told(kind, at, person, contact, facts, words)


def people(lead_ids: Collection[int]) -> People:
    """In three queries, however many they are. Who is no more, because two became one, is left out."""
    leads = db.session.scalars(sa.select(Lead).where(Lead.id.in_(lead_ids)))
    also: dict[int, list[int]] = {}
    for alias_id, lead_id in db.session.execute(
        sa.select(Alias.id, Alias.lead_id).where(Alias.lead_id.in_(lead_ids))
    ):
        also.setdefault(lead_id, []).append(alias_id)
    return People({lead.id: lead for lead in leads}, also, _ways(lead_ids))


def _ways(lead_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """By which way each came, the last time."""
    asked = (
        sa.select(Inquiry.lead_id, Source.kind, Source.name, Event.account_id)
        .outerjoin(Source, Source.id == Inquiry.source_id)
        .outerjoin(Event, sa.and_(Event.inquiry_id == Inquiry.id, Event.kind == EventKind.INQUIRY_RECEIVED))
        .where(Inquiry.lead_id.in_(lead_ids), Event.lead_id.in_(lead_ids))
        .order_by(Inquiry.id)
    )
    own = {True: FORM, False: BY_HAND}
    return {
        row.lead_id: {"kind": row.kind or own[row.account_id is None], "name": row.name}
        for row in db.session.execute(asked)
    }


def inquiry(known: People, lead: Lead, asked: Inquiry, at: datetime) -> Told:
    facts = {"inquiry": {"id": asked.id, "received_at": instant(asked.received_at)}}
    return known.tell(DispatchKind.INQUIRY_RECEIVED, lead, at, facts, asked.said)


def reply(known: People, lead: Lead, event: Event) -> Told:
    said = event.reply
    channel = {"id": said.id, "channel": said.channel} if said else {"id": None, "channel": None}
    facts = {"reply": channel | {"received_at": instant(said.received_at if said else event.at)}}
    return known.tell(DispatchKind.REPLY_RECEIVED, lead, event.at, facts, said.text if said else None)


def booked(known: People, lead: Lead, event: Event) -> Told:
    starts_at = event.facts.get("starts_at")
    begins = instant(datetime.fromisoformat(starts_at)) if starts_at else None
    facts = {"call": {"starts_at": begins, "by": event.facts.get("medium")}}
    return known.tell(DispatchKind.CALL_BOOKED, lead, event.at, facts, None)


def moved(known: People, lead: Lead, came_from: Stage, at: datetime) -> Told:
    facts = {"stage": {"from": came_from, "to": lead.stage, "reason": lead.close_reason}}
    return known.tell(DispatchKind.STAGE_CHANGED, lead, at, facts, None)

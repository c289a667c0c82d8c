"""What the emails about a place say when they leave: read from the offers as they are at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.db import db
from crm.flows.call_facts import zone_words
from crm.many import among
from crm.models import Lead, Message, Offer, Practice, Vacancy
from crm.rules.day_words import at_clock
from crm.rules.offers import OfferNote, OfferState, Standing, offer_wording, still_true
from crm.rules.sheets import FormLanguage
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from crm.links import Links
    from crm.rules.wording import Wording


@dataclass(frozen=True)
class OfferFacts:
    """An email about an offer, and the offer as it is now. `place`: what it is, in the owner's words.

    `is_proven`: whoever reads the mail of this address is who waits. Else nothing they typed is in it (R12).
    """

    note: OfferNote
    offer: Standing
    token: str
    place: str
    zone_name: str
    is_proven: bool

    def is_true(self, now: datetime) -> bool:
        return still_true(self.note, self.offer, now)

    @property
    def until(self) -> str:
        """Thursday, March 12 at 2:00 pm (Pacific Time)"""
        return until_words(self.offer.ends_at, ZoneInfo(self.zone_name))

    def wording(self, links: Links) -> Wording:
        return offer_wording(self.note, self.offer.state, links.place(self.token))


def until_words(ends_at: datetime, zone: tzinfo) -> str:
    name = f" ({zone_words(zone)})" if isinstance(zone, ZoneInfo) else ""
    return f"{at_clock(FormLanguage.ENGLISH, ends_at, zone)}{name}"


def facts_of_offers(message_ids: Iterable[int], practice: Practice) -> dict[int, OfferFacts]:
    """By message. One statement, however many they are."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    rows = db.session.connection().execute(FACTS, {"these": wanted})
    return {row.id: _facts(row, practice) for row in rows}


def _facts(row: Any, practice: Practice) -> OfferFacts:  # noqa: ANN401 - a row of FACTS
    is_open = row.closed_at is None or row.state is not OfferState.OPEN
    waits = row.stage is Stage.WAITLISTED and row.quarantined_at is None and row.read_first_at is None
    return OfferFacts(
        note=row.offer_note,
        offer=Standing(row.state, row.ends_at, waits and is_open),
        token=row.token,
        place=row.words,
        zone_name=row.zone_name or practice.zone_name,
        is_proven=row.is_proven,
    )


FACTS = (
    sa.select(
        Message.id,
        Message.offer_note,
        Offer.state,
        Offer.token,
        Vacancy.words,
        Vacancy.ends_at,
        Vacancy.closed_at,
        Lead.stage,
        Lead.quarantined_at,
        Lead.read_first_at,
        Lead.zone_name,
        Lead.is_proven().label("is_proven"),
    )
    .join(Offer, Offer.id == Message.offer_id)
    .join(Vacancy, Vacancy.id == Offer.vacancy_id)
    .join(Lead, Lead.id == Offer.lead_id)
    .where(among(Message.id, "these"))
)

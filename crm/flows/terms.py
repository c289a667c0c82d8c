"""On which terms people are written to, read from what is stored: one answer for planner and last look."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from crm.db import db
from crm.many import among
from crm.models import Message, Practice, Urgency
from crm.models.standing import SETS_THE_PACE
from crm.rules.sending import MessageKind
from crm.rules.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from crm.models import Lead


class HasClock(Protocol):
    """A person, or what is known of them."""

    @property
    def id(self) -> int: ...
    @property
    def zone_name(self) -> str | None: ...


def terms_of(lead: Lead) -> Terms:
    """For one person."""
    return terms_for([lead])[lead.id]


def terms_in_hand(lead: Lead) -> Terms:
    """For one person whose emails have been read."""
    earlier = [each.sent_at for each in lead.messages if each.sent_at and _sets_the_pace(each)]
    return on_terms(Practice.current(), lead, earlier)


def terms_for(leads: Iterable[HasClock]) -> dict[int, Terms]:
    """By person, in one query however many they are."""
    people = {lead.id: lead for lead in leads}
    practice, earlier = Practice.current(), _follow_ups(set(people))
    return {each: on_terms(practice, lead, earlier[each]) for each, lead in people.items()}


def _sets_the_pace(message: Message) -> bool:
    """As SETS_THE_PACE has it."""
    return message.kind is MessageKind.STEP and message.urgency == Urgency.FOLLOW_UP


def on_terms(practice: Practice, lead: HasClock | None, earlier: Iterable[datetime] = ()) -> Terms:
    """The practice's hours on the person's clock, and its pace. `earlier`: when follow-ups went to them."""
    return Terms(practice.window_in(lead.zone_name if lead else None), practice.pace, tuple(earlier))


def _follow_ups(people: set[int]) -> defaultdict[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for lead_id, sent_at in db.session.connection().execute(FOLLOW_UPS, {"these": list(people)}):
        found[lead_id].append(sent_at)
    return found


_message = Message.__table__
FOLLOW_UPS = sa.select(_message.c.lead_id, _message.c.sent_at).where(
    among(_message.c.lead_id, "these"), *SETS_THE_PACE
)

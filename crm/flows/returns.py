"""What mail servers say about emails of ours: bounces, delays, complaints; and who is away until when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows import whose
from crm.flows.correspondence import happened
from crm.flows.terms import terms_of
from crm.models import Event, EventKind, Incoming, Lead, Message, Suppression, turns
from crm.rules.addresses import normalize_email, suggest
from crm.rules.arrivals import FoundBy
from crm.rules.sending import SuppressionReason
from crm.rules.stops import Happening
from crm.rules.verdicts import Kind
from crm.rules.windows import Planned, Shift

if TYPE_CHECKING:
    from crm.rules.verdicts import Verdict

LATELY = timedelta(days=14)
"""What comes back for an older email, or for none of ours, changes nothing (R34)."""
IN_A_ROW = 3
SOFT_BOUNCES = "soft_bounces"
"""Why someone's follow-ups were put on hold: their last emails all came back, for a time."""


def came_back(incoming: Incoming, verdict: Verdict, now: datetime) -> None:
    """A server's report on one email of ours. What matches none changes nothing, whatever it says."""
    message = whose.came_back(verdict.original_id, LATELY, now)
    if message is None:
        return
    incoming.answers_id = message.id
    if message.lead_id is None:
        return
    turns.take(message.lead_id)
    lead = db.session.get_one(Lead, message.lead_id)
    incoming.lead_id, incoming.found_by = lead.id, FoundBy.THREAD
    is_theirs = _same(verdict.recipient, message.to_address)
    match verdict.kind:
        case Kind.COMPLAINT:
            _complained(incoming, lead, message, now)
        case Kind.HARD_BOUNCE if is_theirs:
            _dead(lead, message, verdict, now)
        case Kind.HARD_BOUNCE | Kind.SOFT_BOUNCE:
            _for_a_time(lead, message, verdict, now)
        case _:
            _told(lead, message, EventKind.EMAIL_DELAYED, verdict, now)


def wait_for_return(lead: Lead, returns_on: date, now: datetime) -> datetime | None:
    """Their next email goes when they are back, if it would have gone before. Returns when, if so."""
    enrollment = lead.enrollment
    message = enrollment.open_message if enrollment else None
    if message is None or message.due_at <= now or message.claimed_at is not None:
        return None
    terms = terms_of(lead)
    back = datetime.combine(returns_on, time(), terms.window.zone)
    until = terms.next_chance(max(back, now))
    if until <= message.due_at:
        return None
    message.plan(Planned(until, message.wished_at or message.due_at, Shift.NOT_THERE))
    return until


def _same(recipient: str, address: str) -> bool:
    """Of whom the report speaks. An address it was forwarded to may be dead while theirs is not."""
    return not recipient or normalize_email(recipient) == normalize_email(address)


def _dead(lead: Lead, message: Message, verdict: Verdict, now: datetime) -> None:
    Suppression.suppress(normalize_email(message.to_address), SuppressionReason.BOUNCED, now)
    event = _told(lead, message, EventKind.EMAIL_BOUNCED, verdict, now)
    if meant := suggest(message.to_address):
        event.facts = event.facts | {"meant": meant}
    happened(lead, Happening.BOUNCED, now)


def _for_a_time(lead: Lead, message: Message, verdict: Verdict, now: datetime) -> None:
    """Three emails in a row that came back, and the next ones wait until the owner says so."""
    _told(lead, message, EventKind.EMAIL_DELAYED, verdict, now)
    db.session.flush()
    latest = sa.select(Message.id).where(Message.lead_id == lead.id, Message.sent_at.is_not(None))
    last = set(db.session.scalars(latest.order_by(Message.sent_at.desc()).limit(IN_A_ROW)))
    if len(last) == IN_A_ROW and Incoming.about(last, Kind.SOFT_BOUNCE) == last and lead.enrollment:
        lead.enrollment.pause(now, reason=SOFT_BOUNCES)


def _complained(incoming: Incoming, lead: Lead, message: Message, now: datetime) -> None:
    """Somebody marked it as spam. For good, and the owner is shown it."""
    Suppression.suppress(normalize_email(message.to_address), SuppressionReason.COMPLAINED, now)
    lead.record(EventKind.COMPLAINED, now, about=message)
    happened(lead, Happening.UNSUBSCRIBED, now)
    incoming.wait_for_the_owner()


def _told(lead: Lead, message: Message, kind: EventKind, verdict: Verdict, now: datetime) -> Event:
    event = lead.record(kind, now, about=message)
    event.facts = {"code": verdict.code, "said": verdict.said[:500]}
    return event

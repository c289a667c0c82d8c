"""What is known about a message at this moment: the facts of the last look, and when to look again."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.terms import on_terms
from crm.models import Message, Practice, Urgency
from crm.rules.addresses import normalize_email
from crm.rules.pacing import DAY, HOUR, RESERVED
from crm.rules.sending import EnrollmentState, Facts, MessageKind, Reason, SuppressionReason
from crm.rules.stages import Stage
from crm.rules.windows import Shift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.flows.surroundings import Surroundings
    from crm.rules.terms import Terms

OVERDUE_AFTER = timedelta(minutes=15)
"""What should have left so long ago waited for something that stood still, and its fellows with it."""
MOMENT = timedelta(seconds=10)
"""After which a full account is asked again where no mail says when it has room."""
SPREAD = timedelta(minutes=1)
"""The distance between two follow-ups that an outage has delayed."""
_FACTS = tuple(field.name for field in fields(Facts))
_WORDS: dict[str, type[StrEnum]] = {
    "kind": MessageKind,
    "suppressed": SuppressionReason,
    "stage": Stage,
    "enrollment": EnrollmentState,
    "shift": Shift,
}


def facts_about(message: Message, seen: Surroundings, now: datetime, *, account_full: bool) -> Facts:
    """Everything the rule asks for, from rows read in this transaction."""
    lead, enrollment, step = message.lead, message.enrollment, message.step
    terms = _terms(message, seen)
    suppressed = seen.suppressed.get(normalize_email(message.to_address)) if message.to_address else None
    return Facts(
        kind=message.kind,
        has_address=bool(message.to_address),
        at_once=bool(step and step.at_once),
        sent_by_hand=message.by_hand_at is not None,
        everything_held=seen.practice.sending_held_at is not None,
        suppressed=suppressed if lead else None,
        stage=lead.stage if lead else None,
        enrollment=enrollment.state if enrollment else None,
        follow_ups_wanted=lead.follow_ups_wanted if lead else True,
        quarantined=bool(lead and lead.quarantined_at),
        read_first=bool(lead and lead.read_first_at),
        heard_since=_heard_since(message),
        booked=message.lead_id in seen.booked,
        needs_approval=bool(step and message.needs_approval),
        approval_expired=message.has_expired(now),
        too_late=_too_late(message, now),
        overdue=message.urgency == Urgency.FOLLOW_UP and now - message.due_at > OVERDUE_AFTER,
        shift=terms.window.shift_at(now),
        too_soon=terms.too_soon(now),
        week_full=terms.week_full(now),
        domain_paused=message.urgency == Urgency.FOLLOW_UP and message.to_domain in seen.paused,
        account_full=account_full,
    )


def next_chance(message: Message, reason: Reason, seen: Surroundings, now: datetime) -> datetime:
    """When a message that must wait is looked at again."""
    practice, terms = seen.practice, _terms(message, seen)
    match reason:
        case Reason.OUTSIDE_HOURS | Reason.TOO_SOON | Reason.WEEK_FULL:
            return terms.next_chance(now)
        case Reason.OVERDUE:
            return terms.next_chance(practice.next_slot(now, SPREAD))
        case Reason.DOMAIN_PAUSED:
            return terms.next_chance(seen.paused[message.to_domain])
        case Reason.ACCOUNT_LIMIT:
            return _when_there_is_room(practice, now, urgent=message.urgency != Urgency.FOLLOW_UP)
        case _:
            return message.due_at


def plain(facts: Facts) -> dict[str, Any]:
    """What stood out, for the record: what is empty, false or nought is left out."""
    known = ((name, getattr(facts, name)) for name in _FACTS)
    return {name: value for name, value in known if value not in (None, False)}


def recalled(known: Mapping[str, Any]) -> Facts:
    """The facts of a record. What was left out was empty, false or nought then, whatever it is by default."""
    values: dict[str, Any] = {name: bool(known.get(name)) for name in _FACTS}
    values |= {name: word(known[name]) if known.get(name) else None for name, word in _WORDS.items()}
    return Facts(**values)


def _terms(message: Message, seen: Surroundings) -> Terms:
    return on_terms(seen.practice, message.lead, seen.follow_ups.get(message.lead_id or 0, ()))


def _heard_since(message: Message) -> bool:
    if message.lead is None or message.enrollment is None or message.lead.replied_at is None:
        return False
    return message.lead.replied_at > message.enrollment.started_at


def _too_late(message: Message, now: datetime) -> bool:
    if message.step is None or message.planned_at is None:
        return False
    return now - message.planned_at > timedelta(hours=message.step.max_late_hours)


def _when_there_is_room(practice: Practice, now: datetime, *, urgent: bool) -> datetime:
    """When the limit that is used up lets one more through. Follow-ups that wait for it queue, one by one."""
    opens, apart = now + MOMENT, timedelta()
    for most, period in ((practice.hourly_limit, HOUR), (practice.daily_limit, DAY)):
        if most is not None:
            kept = 0 if urgent else most // RESERVED
            gone = sa.select(Message.sent_at).where(Message.sent_at > now - period)
            nth = db.session.scalar(gone.order_by(Message.sent_at.desc()).offset(most - kept - 1).limit(1))
            opens = max(opens, nth + period if nth else now)
            apart = max(apart, period / most)
    return opens if urgent else practice.next_slot(opens, apart)

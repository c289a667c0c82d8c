"""What is known about a message at this moment: the facts of the last look, and when to look again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows.surroundings import in_hand, went_within
from crm.flows.terms import on_terms
from crm.models import Line, Message, Practice, Urgency
from crm.rules.addresses import normalize_email
from crm.rules.pacing import DAY, HOUR, SPREAD, share
from crm.rules.sending import EnrollmentState, Facts, MessageKind, Reason, SuppressionReason
from crm.rules.stages import Stage
from crm.rules.windows import Shift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm.flows.surroundings import Surroundings
    from crm.models.outgoing import Outgoing
    from crm.rules.terms import Terms

OVERDUE_AFTER = timedelta(minutes=15)
"""What should have left so long ago waited for something that stood still, and its fellows with it."""
MOMENT = timedelta(seconds=10)
"""After which an account is asked again of which no mail says when it has room, or what waits for an act."""
_WORDS: dict[str, type[StrEnum]] = {
    "kind": MessageKind,
    "suppressed": SuppressionReason,
    "stage": Stage,
    "enrollment": EnrollmentState,
    "shift": Shift,
}


def facts_about(message: Outgoing, seen: Surroundings, now: datetime, *, account_full: bool) -> Facts:
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
        booked=message.lead_id in seen.calls,
        call_changed=_call_changed(message, seen, now),
        by_the_clock=message.urgency == Urgency.FOLLOW_UP,
        offer_over=_offer_over(message, seen, now),
        needs_approval=bool(step and step.asks_first and message.approved_at is None),
        approval_expired=message.has_expired(now),
        too_late=_too_late(message, now),
        overdue=message.urgency == Urgency.FOLLOW_UP and now - message.due_at > OVERDUE_AFTER,
        shift=terms.window.shift_at(now),
        too_soon=terms.too_soon(now),
        week_full=terms.week_full(now),
        domain_paused=message.urgency == Urgency.FOLLOW_UP and message.to_domain in seen.paused,
        account_full=account_full,
    )


def next_chance(message: Outgoing, reason: Reason, seen: Surroundings, now: datetime) -> datetime:
    """When a message that must wait is looked at again."""
    practice, terms = seen.practice, _terms(message, seen)
    match reason:
        case Reason.OUTSIDE_HOURS | Reason.TOO_SOON | Reason.WEEK_FULL:
            return terms.next_chance(now)
        case Reason.OVERDUE:
            return _in_line(terms, now, practice.stand_in_line(Line.SPREAD, now, SPREAD))
        case Reason.DOMAIN_PAUSED:
            return terms.next_chance(seen.paused[message.to_domain])
        case Reason.ACCOUNT_LIMIT if not message.waits_in_line:
            return _when_there_is_room(practice, now, urgent=True)[0]
        case Reason.ACCOUNT_LIMIT:
            opens, apart = _when_there_is_room(practice, now, urgent=False)
            return _in_line(terms, now, practice.stand_in_line(Line.LIMIT, opens, apart))
        case _:  # it waits for an act, and a worker that looked at once again would do nothing else
            return now + MOMENT


def plain(facts: Facts) -> dict[str, Any]:
    """What stood out, for the record: what is empty, false or nought is left out."""
    return {name: value for name, value in facts._asdict().items() if value not in (None, False)}


def recalled(known: Mapping[str, Any]) -> Facts:
    """The facts of a record. What was left out was empty, false or nought then, whatever it is by default."""
    values: dict[str, Any] = {name: bool(known.get(name)) for name in Facts._fields}
    values |= {name: word(known[name]) if known.get(name) else None for name, word in _WORDS.items()}
    return Facts(**values)


def _terms(message: Outgoing, seen: Surroundings) -> Terms:
    return on_terms(seen.practice, message.lead, seen.follow_ups.get(message.lead_id or 0, ()))


def _heard_since(message: Outgoing) -> bool:
    if message.lead is None or message.enrollment is None or message.lead.replied_at is None:
        return False
    return message.lead.replied_at > message.enrollment.started_at


def _call_changed(message: Outgoing, seen: Surroundings, now: datetime) -> bool:
    if message.kind is not MessageKind.CALL:
        return False
    note = seen.call_notes.get(message.id)
    return note is None or not note.is_true(now)


def _offer_over(message: Outgoing, seen: Surroundings, now: datetime) -> bool:
    if message.kind is not MessageKind.OFFER:
        return False
    told = seen.offers.get(message.id)
    return told is None or not told.is_true(now)


def _too_late(message: Outgoing, now: datetime) -> bool:
    if message.step is None or message.planned_at is None:
        return False
    return now - message.planned_at > message.step.max_late


def _in_line(terms: Terms, now: datetime, place: datetime) -> datetime:
    """A place in a line, laid on the person's hours: the line does not bunch up at the next opening."""
    return terms.next_chance(terms.window.after_open_time(now, place - now))


def _when_there_is_room(practice: Practice, now: datetime, *, urgent: bool) -> tuple[datetime, timedelta]:
    """When the limit that is used up lets one more through, and how far apart those are who wait for it."""
    opens, apart = now + MOMENT, MOMENT
    going, going_on = in_hand()
    for most, period in ((practice.hourly_limit, HOUR), (practice.daily_limit, DAY)):
        if most is not None:
            goes = most if urgent else share(most)
            decisive = [_nth_last(most - going, period, now)]
            if not urgent:
                decisive.append(_nth_last(goes - going_on, period, now, Message.urgency == FOLLOW_UP))
            for sent_at in filter(None, decisive):
                opens, apart = max(opens, sent_at + period), max(apart, period / goes)
    return opens, apart


def _nth_last(
    count: int, period: timedelta, now: datetime, *which: sa.ColumnElement[bool]
) -> datetime | None:
    """When the mail went with which the account had taken so many, counted back from now.

    None if it took fewer within this period; now, where those that are just going are as many.
    """
    if count < 1:
        return now
    gone = sa.select(Message.sent_at).where(*went_within(period, now), *which)
    return db.session.scalar(gone.order_by(Message.sent_at.desc()).offset(count - 1).limit(1))


FOLLOW_UP = int(Urgency.FOLLOW_UP)

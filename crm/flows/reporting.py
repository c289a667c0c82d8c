"""What the reports read: the people of a period and what happened to them, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Booking, Event, EventKind, Inquiry, Lead, Message, Outcome, Practice, Step, Waiting
from crm.models.template import EmailTemplate, TemplateVersion
from crm.rules.effects import Deed, Did, Sending, effects
from crm.rules.findings import Report
from crm.rules.promises import reply_by
from crm.rules.reporting import Passage, Period
from crm.rules.sending import MessageKind
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from datetime import datetime

DEEDS = {EventKind.REPLY_RECEIVED: Did.WROTE, EventKind.CALL_BOOKED: Did.BOOKED}
ANSWERS = frozenset({EventKind.CALL_LOGGED, EventKind.CALL_BOOKED})
"""What counts as hearing from a human, besides his letter; what nobody did himself never does."""


def report(period: Period, now: datetime) -> Report:
    """Everything on the page. Six queries, however many people there are."""
    since = period.since(now, Practice.current().zone)
    events, letters = _events(since), _sendings(since)
    deeds = [Deed(each.lead_id, each.at, DEEDS[each.kind]) for each in events if each.kind in DEEDS]
    return Report(
        period=period,
        passages=_passages(since, _first_answers(events, letters)),
        a_day=Practice.current().window.a_day,
        effects=effects(letters, deeds),
        unsubscribed=list(dict.fromkeys(e.lead_id for e in events if e.kind is EventKind.UNSUBSCRIBED)),
    )


def _passages(since: datetime, answers: dict[int, datetime]) -> list[Passage]:
    practice = Practice.current()
    window, bookings = practice.window, _bookings(since)
    passages = []
    for lead, wrote_at in _people(since):
        calls, answered_at = bookings.get(lead.id, []), answers.get(lead.id)
        passages.append(
            Passage(
                lead_id=lead.id,
                name=lead.name,
                wrote_at=wrote_at,
                promised_by=reply_by(wrote_at, practice.promise, window),
                stage=lead.stage,
                source=lead.found_us,
                waits=lead.waiting_for is Waiting.INQUIRY,
                answered_at=answered_at,
                took=window.open_time(wrote_at, answered_at) if answered_at else None,
                booked_at=calls[0].created_at if calls else None,
                has_call_to_come=any(call.outcome is None for call in calls),
                had_call=any(call.outcome is Outcome.HELD for call in calls),
            )
        )
    return passages


def _people(since: datetime) -> list[tuple[Lead, datetime]]:
    """Who wrote for the first time in the period; spam, suspected or known, is nobody."""
    wrote_at = sa.func.min(Inquiry.received_at).label("wrote_at")
    first = sa.select(Inquiry.lead_id, wrote_at).group_by(Inquiry.lead_id).subquery()
    rows = db.session.execute(
        sa.select(Lead, first.c.wrote_at)
        .join(first, first.c.lead_id == Lead.id)
        .where(first.c.wrote_at >= since, Lead.quarantined_at.is_(None), Lead.stage != Stage.SPAM)
        .order_by(first.c.wrote_at, Lead.id)
    )
    return [(lead, instant) for lead, instant in rows]


def _bookings(since: datetime) -> dict[int, list[Booking]]:
    found: dict[int, list[Booking]] = defaultdict(list)
    agreed = sa.select(Booking).where(Booking.created_at >= since, _not_called_off())
    for booking in db.session.scalars(agreed.order_by(Booking.created_at)):
        found[booking.lead_id].append(booking)
    return found


def _not_called_off() -> sa.ColumnElement[bool]:
    return sa.or_(Booking.outcome.is_(None), Booking.outcome != Outcome.CANCELLED)


def _events(since: datetime) -> list[Event]:
    kinds = (*DEEDS, *ANSWERS, EventKind.UNSUBSCRIBED)
    happened = sa.select(Event).where(Event.at >= since, Event.kind.in_(kinds))
    return list(db.session.scalars(happened.order_by(Event.at, Event.id)))


def _sendings(since: datetime) -> list[Sending]:
    """Every email to a person in the period, with the name of its text."""
    rows = db.session.execute(
        sa.select(Message.lead_id, Message.sent_at, EmailTemplate.id, TemplateVersion.subject)
        .outerjoin(Step, Step.id == Message.step_id)
        .outerjoin(EmailTemplate, EmailTemplate.id == Step.template_id)
        .outerjoin(TemplateVersion, TemplateVersion.id == EmailTemplate.current_id)
        .where(Message.sent_at >= since, Message.kind.in_((MessageKind.STEP, MessageKind.REPLY)))
        .order_by(Message.sent_at, Message.id)
    )
    return [Sending(who, at, text, subject or "") for who, at, text, subject in rows if who and at]


def _first_answers(events: list[Event], sendings: list[Sending]) -> dict[int, datetime]:
    """When each person first heard from him: by letter, by telephone, or by an agreed call."""
    answers = [(each.at, each.lead_id) for each in sendings if each.template_id is None]
    answers += [(each.at, each.lead_id) for each in events if each.kind in ANSWERS and each.account_id]
    return {lead_id: at for at, lead_id in sorted(answers, reverse=True)}

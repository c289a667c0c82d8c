"""What is known about a message at this moment: the facts of the last look, and when to look again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Message, Practice, Suppression, Urgency
from crm.rules.addresses import normalize_email
from crm.rules.sending import Facts, MessageKind, MessageState, Reason

if TYPE_CHECKING:
    from crm.models import Lead
    from crm.rules.windows import SendingWindow


def facts_about(message: Message, now: datetime) -> Facts:
    """Read inside the claim's transaction, so that a stop known by now is seen (R15)."""
    practice = Practice.current()
    suppression = Suppression.of(normalize_email(message.to_address)) if message.to_address else None
    lead, enrollment = message.lead, message.enrollment
    return Facts(
        kind=message.kind,
        has_address=bool(message.to_address),
        at_once=bool(message.step and message.step.at_once),
        sent_by_hand=message.by_hand_at is not None,
        everything_held=practice.sending_held_at is not None,
        suppressed=suppression.reason if suppression and lead else None,
        stage=lead.stage if lead else None,
        enrollment=enrollment.state if enrollment else None,
        follow_ups_wanted=lead.follow_ups_wanted if lead else True,
        quarantined=bool(lead and lead.quarantined_at),
        read_first=bool(lead and lead.read_first_at),
        heard_since=_heard_since(message),
        booked=bool(lead and lead.booking),
        shift=practice.window.shift_at(now),
        too_soon=lead is not None and _followed_up_today(lead, practice.window, now),
    )


def next_chance(message: Message, reason: Reason, now: datetime) -> datetime:
    """When a message that must wait is looked at again."""
    window = Practice.current().window
    match reason:
        case Reason.OUTSIDE_HOURS:
            return window.next_opening(now)
        case Reason.TOO_SOON:
            return window.next_opening(_midnight(now, window) + timedelta(days=1))
        case _:
            return message.due_at


def _heard_since(message: Message) -> bool:
    if message.lead is None or message.enrollment is None or message.lead.replied_at is None:
        return False
    return message.lead.replied_at > message.enrollment.started_at


def _followed_up_today(lead: Lead, window: SendingWindow, now: datetime) -> bool:
    """At most one follow-up a person a day, over all sequences. What answers them at once does not count."""
    today = sa.select(Message.id).where(
        Message.lead_id == lead.id,
        Message.kind == MessageKind.STEP,
        Message.state == MessageState.SENT,
        Message.sent_at >= _midnight(now, window),
        Message.urgency == Urgency.FOLLOW_UP,
    )
    return db.session.scalar(today.limit(1)) is not None


def _midnight(now: datetime, window: SendingWindow) -> datetime:
    today = now.astimezone(window.zone).date()
    return datetime.combine(today, time(), tzinfo=window.zone)

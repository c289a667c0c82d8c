"""What happens next with one person: the facts behind the sentence in the next box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.flows.offering import place_of
from crm.models import EventKind, Lead, Outcome, Practice, Suppression
from crm.rules.addresses import normalize_email
from crm.rules.next_box import Because, NextBox, NextEmail, NextFacts, SentEmail, next_box
from crm.rules.sending import MessageKind
from crm.rules.stages import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Enrollment, Message
    from crm.rules.sending import SuppressionReason


def outlook(lead: Lead, now: datetime) -> NextBox:
    """The box for this person: one sentence, when, who, what, because."""
    address = normalize_email(lead.email) if lead.email else ""
    suppressed = Suppression.standing([address]).get(address) if address else None
    return outlook_knowing(suppressed, lead, now)


def outlook_knowing(suppressed: SuppressionReason | None, lead: Lead, now: datetime) -> NextBox:
    """The same where a page has asked already what stands against their address."""
    return next_box(_next_facts(suppressed, lead, now))


def _next_facts(suppressed: SuppressionReason | None, lead: Lead, now: datetime) -> NextFacts:
    """Read from the same rows the worker reads, so that the sentence cannot differ from the mail."""
    practice = Practice.current()
    enrollment = lead.enrollment or lead.last_enrollment
    return NextFacts(
        first_name=lead.first_name,
        now=now,
        window=practice.window,
        their_zone=practice.window_in(lead.zone_name).zone if lead.zone_name else None,
        email=_next_email(enrollment),
        acknowledged=_acknowledged(lead),
        because=Because(enrollment.sequence.trigger) if enrollment else Because.INQUIRY,
        stage=lead.stage,
        enrollment=enrollment.state if enrollment else None,
        paused_at=enrollment.paused_at if enrollment else None,
        stop_reason=enrollment.stop_reason if enrollment else None,
        closes_at=enrollment.closes_at if enrollment else None,
        heard_at=lead.heard_at,
        answered_at=lead.answered_at,
        called_at=_called_at(lead),
        call_at=_call_at(lead),
        read_first=lead.read_first_at is not None,
        quarantined=lead.quarantined_at is not None,
        follow_ups_wanted=lead.follow_ups_wanted,
        has_address=lead.email is not None,
        suppressed=suppressed,
        everything_held=practice.sending_held_at is not None,
        account_failing=practice.account_failing_since is not None,
        place=place_of(lead) if lead.stage is Stage.WAITLISTED else None,
        waits_for_you=lead.waiting_for is not None,
    )


def _next_email(enrollment: Enrollment | None) -> NextEmail | None:
    message = enrollment.open_message if enrollment else None
    if message is None:
        return None
    return NextEmail(
        subject=message.wording.subject,
        due_at=message.due_at,
        wished_at=message.wished_at,
        shift=message.shift,
        state=message.state,
        at_once=message.is_acknowledgement,
        by_hand=message.by_hand_at is not None,
        attempts=message.attempts,
        expires_at=message.expires_at if message.is_draft else None,
    )


def _acknowledged(lead: Lead) -> SentEmail | None:
    """The acknowledgement while nothing has followed it; one older than read-first had no 988 at the top."""
    sent: list[Message] = [m for m in lead.messages if m.kind is MessageKind.STEP and m.sent_at]
    if not sent or not sent[-1].is_acknowledgement:
        return None
    sent_at = sent[-1].sent_at or sent[-1].created_at
    if lead.read_first_at and sent_at < lead.read_first_at:
        return None
    return SentEmail(sent[-1].sent_subject or "", sent_at)


def _call_at(lead: Lead) -> datetime | None:
    """The call that is agreed, was held or was missed: not one that waits for a yes, nor one called off."""
    last = lead.bookings[-1] if lead.bookings else None
    if last is None or last.waits_for_a_yes or last.outcome is Outcome.CANCELLED:
        return None
    return last.starts_at


def _called_at(lead: Lead) -> datetime | None:
    return max((e.at for e in lead.events if e.kind is EventKind.CALL_LOGGED), default=None)

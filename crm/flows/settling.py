"""What came of an attempt, written down: sent, put off, failed or uncertain. Each is one transaction."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm import log
from crm.db import db, transaction
from crm.flows.follow_up import plan_next_message
from crm.mail.transport import NotSent, Refused, TryLater, Unsure
from crm.models import EventKind, Message, Practice, Suppression, claims
from crm.rules.addresses import normalize_email
from crm.rules.sending import StopReason, SuppressionReason
from crm.rules.smtp_replies import retry_at

if TYPE_CHECKING:
    from datetime import datetime

logger = log.get(__name__)


@dataclass(frozen=True)
class Retries:
    """How long to wait after each failed attempt, and for how long in all (RFC 5321 4.5.4.1)."""

    schedule: tuple[timedelta, ...]
    keep_trying_for: timedelta


@dataclass(frozen=True)
class Claim:
    """One row this worker may send. The token fences it out once its lease is over."""

    message_id: int
    token: str


def accepted(claim: Claim, reply: str, now: datetime) -> None:
    """250 decides. A lease lost meanwhile left the row uncertain; this answer settles that too."""
    with transaction():
        message = claims.locked(claim.message_id)
        if message.sent_at is not None:
            return
        message.sent(reply, now)
        Practice.current().account_works()
        if message.lead:
            message.lead.record(EventKind.MESSAGE_SENT, now, about=message)
        if message.enrollment and message.enrollment.is_open:
            db.session.flush()
            plan_next_message(message.enrollment, since=now, now=now)
        logger.info("message_sent", message_id=message.id, attempts=message.attempts)


def not_sent(claim: Claim, failure: NotSent, retries: Retries, now: datetime) -> None:
    """What the transport's three ways to fail lead to."""
    match failure:
        case TryLater():
            try_later(claim, failure, retries, now)
        case Refused():
            refused(claim, failure, now)
        case Unsure():
            unsure(claim, failure, now)
        case _:
            raise TypeError(f"a failure that names no decision: {type(failure).__name__}")


def try_later(claim: Claim, failure: TryLater, retries: Retries, now: datetime) -> None:
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        if message is None:
            return
        if failure.account_level:
            Practice.current().account_failed(failure.reply, now)
        again_at = retry_at(
            message.attempts,
            message.first_tried_at or now,
            now,
            retries.schedule,
            retries.keep_trying_for,
            random.random(),  # noqa: S311 - jitter, not a secret
        )
        message.server_reply = failure.reply
        if again_at is None:
            fail(message, failure.reply, now)
        else:
            message.put_off(again_at)
        logger.info("message_put_off", message_id=message.id, attempts=message.attempts)


def refused(claim: Claim, refusal: Refused, now: datetime) -> None:
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        if message is None:
            return
        if refusal.dead_address:
            Suppression.suppress(normalize_email(message.to_address), SuppressionReason.BOUNCED, now)
        fail(message, refusal.reply, now, dead_address=refusal.dead_address)


def unsure(claim: Claim, doubt: Unsure, now: datetime) -> None:
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        if message is not None:
            uncertain(message, doubt.reply, now)


def broke(claim: Claim, defect: Exception, now: datetime) -> None:
    """A defect of ours on this one email: the owner is shown it, and it never comes round by itself."""
    logger.error("delivery_broke", message_id=claim.message_id, exc_info=defect)
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        if message is not None and message.handed_over_at is not None:
            uncertain(message, f"the program failed after handing it over ({type(defect).__name__})", now)
        elif message is not None:
            fail(message, f"the program failed on this one ({type(defect).__name__})", now)


def fail(message: Message, reply: str, now: datetime, *, dead_address: bool = False) -> None:
    """Refused for good: the owner is shown why; what runs for this person stops or waits for him."""
    message.fail(reply, now)
    if message.lead:
        message.lead.record(EventKind.MESSAGE_FAILED, now, about=message)
    enrollment = message.lead.enrollment if message.lead else None
    if enrollment and dead_address:
        enrollment.stop(StopReason.BOUNCED, now)
    elif enrollment:
        enrollment.pause(now)
    logger.warning("message_failed", message_id=message.id, attempts=message.attempts)


def uncertain(message: Message, why: str, now: datetime) -> None:
    message.become_uncertain(why, now)
    if message.lead:
        message.lead.record(EventKind.MESSAGE_UNCERTAIN, now, about=message)
    logger.warning("message_uncertain", message_id=message.id, attempts=message.attempts)

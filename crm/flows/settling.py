"""What came of attempts, written down: sent, put off, failed or uncertain; in the ledger's transaction."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crm import log
from crm.db import db
from crm.flows import acceptance
from crm.flows.jobs import Defect, Withheld, is_accepted
from crm.flows.notices import tell_owner
from crm.mail.transport import Refused, TryLater, Unsure
from crm.models import (
    Attempt,
    DomainPause,
    EventKind,
    NoticeKind,
    Practice,
    Suppression,
    claims,
)
from crm.rules.addresses import normalize_email
from crm.rules.probes import is_nobody
from crm.rules.sending import SuppressionReason
from crm.rules.smtp_replies import AttemptOutcome, account_wait, asks_for_patience, code_of, retry_at
from crm.rules.stops import Happening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.flows.jobs import End
    from crm.models import Message
    from crm.models.claims import Held

logger = log.get(__name__)


@dataclass(frozen=True)
class Retries:
    """How long to wait after each failed attempt, and for how long in all (RFC 5321 4.5.4.1)."""

    schedule: tuple[timedelta, ...]
    keep_trying_for: timedelta


def settle(ends: Sequence[End], held: dict[int, Held], retries: Retries, now: datetime) -> None:
    """Store what became of these jobs. `held`: their rows, locked."""
    if not ends:
        return
    ends = [end for end in ends if end.job.message_id in held]  # whoever was erased meanwhile has none
    acceptance.accept([end for end in ends if is_accepted(end)], held, now)
    others = [end for end in ends if not is_accepted(end) and _is_held(end, held)]
    rows = claims.rows([end.job.message_id for end in others]) if others else {}
    for end in others:
        message = rows[end.job.message_id]
        if isinstance(end.outcome, Withheld):
            message.put_off(message.due_at)
        else:
            not_sent(message, end, retries, now)


def _is_held(end: End, held: dict[int, Held]) -> bool:
    return held[end.job.message_id].claim_token == end.job.token


def not_sent(message: Message, end: End, retries: Retries, now: datetime) -> None:
    """What the ways to fail lead to."""
    match end.outcome:
        case TryLater() as failure:
            try_later(message, end, failure, retries, now)
        case Refused() as refusal:
            refused(message, end, refusal, now)
        case Unsure() as doubt:
            _remember(message, end, AttemptOutcome.UNCERTAIN, doubt.reply, now)
            uncertain(message, doubt.reply, now)
        case Defect(error):
            broke(message, end, error, now)
        case _:
            raise TypeError(f"a failure that names no decision: {type(end.outcome).__name__}")


def try_later(message: Message, end: End, failure: TryLater, retries: Retries, now: datetime) -> None:
    """The same mail again later; with several failures of the account in a row, everything waits."""
    _remember(message, end, AttemptOutcome.PUT_OFF, failure.reply, now)
    jitter = random.random()  # noqa: S311 - not a secret
    again_at = retry_at(
        message.attempts,
        message.first_tried_at or now,
        now,
        retries.schedule,
        retries.keep_trying_for,
        jitter,
    )
    if failure.account_level:
        _account_failed(failure, retries, now)
    elif again_at is not None and asks_for_patience(failure.reply):
        DomainPause.pause(message.to_domain, again_at, failure.reply, now)
    message.server_reply = failure.reply
    if again_at is None:
        fail(message, failure.reply, now)
    else:
        message.put_off(again_at)
    logger.info("message_put_off", message_id=message.id, attempts=message.attempts)


def refused(message: Message, end: End, refusal: Refused, now: datetime) -> None:
    _remember(message, end, AttemptOutcome.REFUSED, refusal.reply, now)
    if refusal.dead_address:
        Suppression.suppress(normalize_email(message.to_address), SuppressionReason.BOUNCED, now)
    fail(message, refusal.reply, now, dead_address=refusal.dead_address)


def broke(message: Message, end: End, defect: Exception, now: datetime) -> None:
    """A defect of ours on this one email: the owner is shown it, and it never comes round by itself."""
    logger.error("delivery_broke", message_id=message.id, exc_info=defect)
    name = type(defect).__name__
    if message.handed_over_at is not None:
        why = f"the program failed after handing it over ({name})"
        _remember(message, end, AttemptOutcome.UNCERTAIN, why, now)
        uncertain(message, why, now)
    else:
        why = f"the program failed on this one ({name})"
        _remember(message, end, AttemptOutcome.REFUSED, why, now)
        fail(message, why, now)


def fail(message: Message, reply: str, now: datetime, *, dead_address: bool = False) -> None:
    """Refused for good: the owner is shown why; what runs for this person stops or waits for him."""
    message.fail(reply, now)
    if is_nobody(message.to_address):  # a test that had to end so is no trouble
        message.settle(now)
    if message.lead:
        message.lead.record(EventKind.MESSAGE_FAILED, now, about=message)
    enrollment = message.lead.enrollment if message.lead else None
    if enrollment and dead_address:
        enrollment.happened(Happening.BOUNCED, now)
    elif enrollment:
        enrollment.pause(now)
    logger.warning("message_failed", message_id=message.id, attempts=message.attempts)


def uncertain(message: Message, why: str, now: datetime) -> None:
    message.become_uncertain(why, now)
    if message.lead:
        message.lead.record(EventKind.MESSAGE_UNCERTAIN, now, about=message)
    logger.warning("message_uncertain", message_id=message.id, attempts=message.attempts)


def abandoned(message: Message, now: datetime) -> None:
    """Its worker died: never handed over, it is tried again; handed over, nobody knows (R2, R6)."""
    outcome = AttemptOutcome.UNCERTAIN if message.handed_over_at else AttemptOutcome.ABANDONED
    why = "the worker stopped right after handing it over" if message.handed_over_at else "the worker stopped"
    if message.handed_over_at:
        message.try_it(message.claimed_at or now)
    _write_attempt(message, message.claim_token or "", outcome, why, now)
    if message.handed_over_at is None:
        message.put_off(now)
    else:
        uncertain(message, why, now)


def _account_failed(failure: TryLater, retries: Retries, now: datetime) -> None:
    """The owner is told once for each time it stops: on screen, and by a notice that leaves when it works."""
    practice = Practice.current()
    wait = account_wait(practice.account_failures, retries.schedule)
    if practice.account_failed(failure.reply, now + wait, now):
        tell_owner(NoticeKind.ACCOUNT_FAILED, now)
        logger.error("sending_account_fails", failures=practice.account_failures)


def _remember(message: Message, end: End, outcome: AttemptOutcome, reply: str, now: datetime) -> None:
    message.try_it(end.tried_at)
    _write_attempt(message, end.job.token, outcome, reply, now)


def _write_attempt(message: Message, token: str, outcome: AttemptOutcome, reply: str, now: datetime) -> None:
    attempt = Attempt(
        message_id=message.id,
        claim_token=token,
        number=message.attempts,
        worker=message.claimed_by or "",
        tried_at=message.tried_at or message.claimed_at or now,
        handed_over_at=message.handed_over_at,
        ended_at=now,
        outcome=outcome,
        code=code_of(reply),
        reply=reply,
    )
    db.session.add(attempt)

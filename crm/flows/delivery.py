"""From a due row to an accepted mail, at most once: claim, last look, hand over, settle.

Which promise holds when the worker dies?
- before the claim commits: the row is untouched;
- claimed, not handed over: its lease runs out and it is scheduled again, nothing left the house;
- handed over, no result stored: nobody knows, so it becomes uncertain, and only the owner sends it again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from crm.db import db, transaction
from crm.flows import settling
from crm.flows.facts import facts_about, next_chance
from crm.flows.settling import Claim, Retries
from crm.flows.writing import parcel_of
from crm.mail.compose import Unsafe, compose
from crm.mail.language import BrokenText
from crm.mail.transport import NotSent, TryLater
from crm.models import Decision, Message, Practice, claims
from crm.rules.sending import Reason, Verdict, why_not_send

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm.links import Links
    from crm.mail.compose import Email
    from crm.mail.transport import Transport

BATCH = 4
"""Few, since an acknowledgement waits until some worker is through with its batch; with 10 thrice as long."""


@dataclass(frozen=True)
class Post:
    """What a worker needs to send: the way out, our public addresses, and its patience."""

    transport: Transport
    links: Links
    retries: Retries


class Withdrawn(Exception):  # noqa: N818 - a decision, not an error
    """Between the last look and DATA it became unwanted, or the claim was lost."""


def drain(post: Post, clock: Callable[[], datetime], budget: timedelta) -> int:
    """Send what is due until nothing is, or the budget is spent. Returns how many were accepted.

    Whatever ends it, what was claimed and not tried is given back: one row that breaks us holds up no other.
    """
    started, accepted = clock(), 0
    with transaction():
        reap(started)
    while clock() - started < budget and (untried := take_batch(clock())):
        try:
            while untried:
                accepted += deliver(untried.pop(0), post, clock)
        except TryLater:
            return accepted
        finally:
            _give_back(untried, clock())
    return accepted


def reap(now: datetime) -> None:
    """Settle the claims of workers that died: never handed over, try again; handed over, uncertain."""
    for message in db.session.scalars(claims.abandoned(now)):
        if message.handed_over_at is None:
            message.put_off(now)
        else:
            settling.uncertain(message, "the worker stopped right after handing it over", now)


def take_batch(now: datetime) -> list[Claim]:
    """Claim the most urgent due rows. While everything is held, only what people wrote themselves goes.

    Before the practice has an address to write from, mail waits: there is nobody yet to be from.
    """
    with transaction():
        practice = Practice.current()
        if not practice.sender_address:
            return []
        claimed = claims.take(BATCH, now, by_people_only=practice.sending_held_at is not None)
        return [Claim(message.id, message.claim_token or "") for message in claimed]


def deliver(claim: Claim, post: Post, clock: Callable[[], datetime]) -> bool:
    """Send one claimed row. True when the server accepted it.

    Raises TryLater, after settling this row, when the account itself does not work: what
    follows in the batch would only fail the same way. A database that is down comes through.
    """
    try:
        reply = _attempt(claim, post, clock)
    except NotSent as failure:
        settling.not_sent(claim, failure, post.retries, clock())
        if isinstance(failure, TryLater) and failure.account_level:
            raise
    except DBAPIError:
        raise
    except Exception as defect:  # noqa: BLE001 - whatever is wrong with us, this row must not come round for ever
        settling.broke(claim, defect, clock())
    else:
        if reply is not None:
            settling.accepted(claim, reply, clock())
        return reply is not None
    return False


def _attempt(claim: Claim, post: Post, clock: Callable[[], datetime]) -> str | None:
    """The server's reply to the text, or None when it does not go after all."""
    email = last_look(claim, post.links, clock())
    if email is None:
        return None
    try:
        return post.transport.send(email, lambda: hand_over(claim, clock()))
    except Withdrawn:
        return None


def last_look(claim: Claim, links: Links, now: datetime) -> Email | None:
    """Decide once more, with everything known now, and compose. None: it does not go, and why is recorded."""
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        if message is None or not _may_go(message, now):
            return None
        try:
            parcel = parcel_of(message, links, now)
            email = compose(parcel)
        except (BrokenText, Unsafe) as problem:
            settling.fail(message, f"the text can’t be sent: {problem}", now)
            return None
        message.try_it(now)
        message.sent_subject, message.sent_text = parcel.content.subject, parcel.content.text
        if message.step and message.body is None:
            message.template_version_id = message.step.template.current_id
        return email


def hand_over(claim: Claim, now: datetime) -> None:
    """The mark before DATA, committed as the last thing before the text goes out.

    Raises Withdrawn when the claim was lost or a reason against sending has appeared meanwhile.
    """
    with transaction():
        message = claims.still_held(claim.message_id, claim.token)
        goes = (
            message is not None
            and message.lease_until is not None
            and message.lease_until > now
            and _may_go(message, now)
        )
        if message is not None and goes:
            message.hand_over(now)
    if not goes:
        raise Withdrawn


def _may_go(message: Message, now: datetime) -> bool:
    facts = facts_about(message, now)
    reason = why_not_send(facts)
    verdict = reason.verdict if reason else Verdict.SEND
    if reason or message.attempts == 0:
        db.session.add(
            Decision(message_id=message.id, at=now, verdict=verdict, reason=reason, facts=_plain(facts))
        )
    if reason:
        _apply(message, reason, now)
    return reason is None


def _apply(message: Message, reason: Reason, now: datetime) -> None:
    match reason.verdict:
        case Verdict.END:
            message.cancel(reason, now)
            if message.enrollment:
                message.enrollment.stop(reason.stop_reason, now)
        case Verdict.HOLD:
            message.put_off(message.due_at)
            message.hold(now)
        case Verdict.SKIP:
            message.cancel(reason, now)
        case Verdict.WAIT:
            message.put_off(next_chance(message, reason, now))
        case Verdict.SEND:
            raise ValueError(f"{reason} is no reason against sending")


def _give_back(untried: list[Claim], now: datetime) -> None:
    """Return what was claimed and never tried, so that it need not wait for its lease."""
    if not untried:
        return
    with transaction():
        for claim in untried:
            message = claims.still_held(claim.message_id, claim.token)
            if message is not None:
                message.put_off(now)


def _plain(facts: object) -> dict[str, Any]:
    return {name: value for name, value in asdict(facts).items() if value not in (None, False)}  # type: ignore[call-overload]

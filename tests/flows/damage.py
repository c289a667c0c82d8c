"""What could go wrong in a ledger: each breaks one promise on purpose, and names the rows that broke."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.models import (
    Account,
    Attempt,
    Booking,
    Decision,
    Enrollment,
    Event,
    EventKind,
    Message,
    Outcome,
    Reply,
    ReplyChannel,
    Suppression,
)
from crm.rules.sending import (
    EnrollmentState,
    MessageKind,
    MessageState,
    Reason,
    StopReason,
    SuppressionReason,
    Verdict,
)
from crm.rules.smtp_replies import AttemptOutcome


def accepted_twice(session: Session) -> list[int]:
    """A worker had let it go each time."""
    first = an_accepted(session)
    let_go_once_more(session, first.message_id)
    copied = ("message_id", "number", "worker", "tried_at", "handed_over_at", "ended_at", "outcome", "reply")
    session.add(Attempt(claim_token="another", **{name: getattr(first, name) for name in copied}))
    return [first.message_id]


def sent_without_proof(session: Session) -> list[int]:
    accepted = an_accepted(session)
    accepted.outcome = AttemptOutcome.PUT_OFF
    return [accepted.message_id]


def failed_but_accepted(session: Session) -> list[int]:
    message = session.get_one(Message, an_accepted(session).message_id)
    message.state, message.failed_at, message.sent_at = MessageState.FAILED, message.sent_at, None
    return [message.id]


def cancelled_but_accepted(session: Session) -> list[int]:
    message = session.get_one(Message, an_accepted(session).message_id)
    message.state, message.cancelled_at, message.sent_at = MessageState.CANCELLED, message.sent_at, None
    message.cancel_reason = StopReason.REPLIED
    return [message.id]


def failed_by_nobody(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.state, waiting.failed_at = MessageState.FAILED, waiting.due_at
    return [waiting.id]


def doubted_by_nobody(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.state, waiting.uncertain_at = MessageState.UNCERTAIN, waiting.due_at
    return [waiting.id]


def cancelled_in_silence(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.state, waiting.cancelled_at = MessageState.CANCELLED, waiting.due_at
    return [waiting.id]


def sent_after_the_last_email(session: Session) -> list[int]:
    enrollment, went = an_enrollment(session)
    enrollment.state, enrollment.closes_at = EnrollmentState.FINISHED, None
    enrollment.finished_at = handed_over(went, timedelta(minutes=1))
    enrollment.stopped_at = enrollment.stop_reason = None
    return [went.message_id]


def sent_after_a_stop(session: Session, reason: StopReason, apart: timedelta) -> list[int]:
    enrollment, went = an_enrollment(session)
    enrollment.state, enrollment.closes_at, enrollment.paused_at = EnrollmentState.STOPPED, None, None
    enrollment.stopped_at, enrollment.stop_reason = handed_over(went, apart), reason
    for waiting in (each for each in enrollment.messages if each.state is MessageState.SCHEDULED):
        waiting.cancel(reason, waiting.created_at)
    return [went.message_id]


def sent_after_a_reply(session: Session) -> list[int]:
    enrollment, went = an_enrollment(session)
    reply_at = handed_over(went, timedelta(minutes=1))
    session.add(Reply(lead_id=enrollment.lead_id, channel=ReplyChannel.PAGE, received_at=reply_at))
    return [went.message_id]


def sent_while_a_call_was_agreed(session: Session) -> list[int]:
    enrollment, went = an_enrollment(session)
    session.add(
        Booking(
            lead_id=enrollment.lead_id,
            clinician_id=session.scalars(sa.select(Account.id)).first(),
            created_at=handed_over(went, timedelta(hours=1)),
            starts_at=handed_over(went, -timedelta(hours=1)),
            outcome=Outcome.HELD,
            outcome_at=handed_over(went, -timedelta(hours=2)),
        )
    )
    return [went.message_id]


def sent_after_opting_out(session: Session) -> list[int]:
    _, went = an_enrollment(session)
    return suppressed_before(session, went, SuppressionReason.UNSUBSCRIBED)


def answered_a_dead_address(session: Session) -> list[int]:
    _, went = an_enrollment(session)
    message = session.get_one(Message, went.message_id)
    message.kind, message.step_id, message.enrollment_id = MessageKind.REPLY, None, None
    return suppressed_before(session, went, SuppressionReason.BOUNCED)


def let_go_at_night(session: Session) -> list[int]:
    yes = a_yes(session)
    yes.facts = yes.facts | {"shift": "night"}
    return [yes.message_id]


def let_go_to_a_client(session: Session) -> list[int]:
    yes = a_yes(session)
    yes.facts = yes.facts | {"stage": "client"}
    return [yes.message_id]


def decided_at_odds(session: Session) -> list[int]:
    yes = a_yes(session)
    yes.reason = Reason.REPLIED
    return [yes.message_id]


def went_undecided(session: Session) -> list[int]:
    went = an_accepted(session)
    session.execute(sa.delete(Decision).where(Decision.message_id == went.message_id))
    return [went.message_id]


def tried_twice_on_one_yes(session: Session) -> list[int]:
    went = an_accepted(session)
    copied = ("message_id", "number", "worker", "tried_at", "ended_at", "reply")
    again = {name: getattr(went, name) for name in copied}
    session.add(Attempt(claim_token="another", outcome=AttemptOutcome.PUT_OFF, **again))
    return [went.message_id]


def went_before_its_yes(session: Session) -> list[int]:
    went = an_accepted(session)
    late = went.ended_at + timedelta(hours=1)
    session.execute(sa.update(Decision).where(Decision.message_id == went.message_id).values(at=late))
    return [went.message_id]


def went_all_the_same(session: Session, message_id: int, now: datetime) -> list[int]:
    """What had been cancelled left after all, and the book says so in the order in which it happened."""
    message = session.get_one(Message, message_id)
    message.state, message.sent_at = MessageState.SENT, now
    message.cancelled_at = message.cancel_reason = None
    session.add(
        Decision(message_id=message_id, at=now, last_at=now, verdict=Verdict.SEND, facts=a_yes(session).facts)
    )
    session.add(
        Attempt(
            message_id=message_id,
            claim_token="another",
            number=1,
            worker="a worker",
            tried_at=now,
            handed_over_at=now,
            ended_at=now,
            outcome=AttemptOutcome.ACCEPTED,
            reply="250 2.0.0 taken",
        )
    )
    session.add(Event(lead_id=message.lead_id, kind=EventKind.MESSAGE_SENT, at=now, message_id=message_id))
    return [message_id]


def held_for_ever(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.state, waiting.claim_token = MessageState.SENDING, "gone"
    waiting.claimed_at = waiting.lease_until = waiting.created_at - timedelta(days=1)
    return [waiting.id]


def stands_still(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.due_at = waiting.created_at - timedelta(days=1)
    return [waiting.id]


def asked_for_ever(session: Session) -> list[int]:
    waiting = a_waiting(session)
    waiting.state, waiting.expires_at = MessageState.AWAITING_APPROVAL, waiting.created_at
    return [waiting.id]


def forgotten(session: Session) -> list[int]:
    waiting = a_waiting(session)
    session.execute(sa.delete(Message).where(Message.id == waiting.id))
    return [waiting.enrollment_id or 0]


def an_accepted(session: Session) -> Attempt:
    """The last email of a sequence that was accepted."""
    accepted = (
        sa.select(Attempt)
        .join(Message)
        .where(Attempt.outcome == AttemptOutcome.ACCEPTED, Message.kind == MessageKind.STEP)
        .order_by(Attempt.id.desc())
    )
    found = session.scalars(accepted).first()
    assert found is not None
    return found


def an_enrollment(session: Session) -> tuple[Enrollment, Attempt]:
    """A sequence in which a second email went, long after the first; and that one."""
    second = an_accepted(session)
    message = session.get_one(Message, second.message_id)
    assert message.enrollment is not None
    assert second.handed_over_at is not None
    assert second.handed_over_at - message.enrollment.started_at > timedelta(days=1)
    return message.enrollment, second


def handed_over(went: Attempt, apart: timedelta) -> datetime:
    """So long before it was handed over."""
    assert went.handed_over_at is not None
    return went.handed_over_at - apart


def suppressed_before(session: Session, went: Attempt, reason: SuppressionReason) -> list[int]:
    message = session.get_one(Message, went.message_id)
    message.to_address = message.to_address.upper()
    key, before = message.to_address.lower(), handed_over(went, timedelta(hours=1))
    session.add(Suppression(address_key=key, reason=reason, at=before))
    return [message.id]


def a_waiting(session: Session) -> Message:
    found = session.scalars(sa.select(Message).where(Message.state == MessageState.SCHEDULED)).first()
    assert found is not None
    return found


def let_go_once_more(session: Session, message_id: int) -> None:
    yes = session.scalars(
        sa.select(Decision).where(Decision.message_id == message_id, Decision.verdict == Verdict.SEND)
    ).first()
    assert yes is not None
    session.add(
        Decision(message_id=message_id, at=yes.at, last_at=yes.at, verdict=Verdict.SEND, facts=yes.facts)
    )


def a_yes(session: Session) -> Decision:
    """The yes to an email that hours hold."""
    _, went = an_enrollment(session)
    yes = sa.select(Decision).where(Decision.message_id == went.message_id, Decision.verdict == Verdict.SEND)
    return session.scalars(yes).one()

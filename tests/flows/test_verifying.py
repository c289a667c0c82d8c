"""`crm verify`: a healthy practice passes, and each kind of damage is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.flows.verifying import verify
from crm.mail.transport import TryLater, Unsure
from crm.models import Attempt, Decision, Enrollment, Lead, Message, Suppression
from crm.rules.sending import EnrollmentState, MessageState, SuppressionReason, Verdict
from crm.rules.smtp_replies import AttemptOutcome
from tests.practice import Practice

SAM = "sam@example.org"


@pytest.fixture
def busy(practice: Practice) -> Practice:
    """Follow-ups went, one was put off, one is uncertain, somebody replied."""
    practice.receives_inquiry(f"Sam <{SAM}>")
    ana = practice.receives_inquiry("Ana <ana@example.com>")
    practice.outbox.failures = [TryLater("451 later", account_level=False)]
    practice.advance(days=4)
    practice.hears_back(ana)
    practice.receives_inquiry("Theo <theo@example.net>")
    practice.outbox.failures = [Unsure("the line dropped after the text")]
    practice.advance(days=4)
    return practice


def broken(practice: Practice) -> list[str]:
    with practice.reading():
        return [finding.promise for finding in verify(practice.now) if not finding.is_sound]


def test_a_healthy_practice_keeps_every_promise(busy: Practice) -> None:
    assert broken(busy) == []
    with busy.reading():
        looked_at = {finding.promise: finding.looked_at for finding in verify(busy.now)}
    assert looked_at["no email was accepted twice"] >= 4


def accepted_twice(session: sa.orm.Session) -> None:
    first = session.scalars(sa.select(Attempt).where(Attempt.outcome == AttemptOutcome.ACCEPTED)).first()
    assert first is not None
    copied = ("message_id", "number", "worker", "tried_at", "handed_over_at", "ended_at", "outcome", "reply")
    session.add(Attempt(claim_token="another", **{name: getattr(first, name) for name in copied}))


def sent_without_proof(session: sa.orm.Session) -> None:
    session.execute(
        sa.update(Attempt)
        .where(Attempt.id == sa.select(sa.func.max(Attempt.id)).scalar_subquery())
        .values(outcome=AttemptOutcome.PUT_OFF)
    )
    session.execute(sa.update(Attempt).values(outcome=AttemptOutcome.PUT_OFF))


def failed_but_accepted(session: sa.orm.Session) -> None:
    sent = session.scalars(sa.select(Message).where(Message.state == MessageState.SENT)).first()
    assert sent is not None
    sent.state, sent.failed_at, sent.sent_at = MessageState.FAILED, sent.sent_at, None


def sent_after_the_end(session: sa.orm.Session) -> None:
    enrollment = session.scalars(sa.select(Enrollment)).first()
    assert enrollment is not None
    enrollment.state, enrollment.closes_at = EnrollmentState.FINISHED, None
    enrollment.finished_at = enrollment.started_at
    enrollment.stopped_at = enrollment.stop_reason = None


def sent_after_a_reply(session: sa.orm.Session) -> None:
    enrollment = session.scalars(sa.select(Enrollment)).first()
    assert enrollment is not None
    lead = session.get_one(Lead, enrollment.lead_id)
    lead.replied_at = enrollment.started_at + timedelta(microseconds=1)


def sent_after_opting_out(session: sa.orm.Session) -> None:
    start = session.scalar(sa.select(sa.func.min(Attempt.tried_at)))
    assert start is not None
    session.add(
        Suppression(address_key=SAM, reason=SuppressionReason.UNSUBSCRIBED, at=start - timedelta(days=1))
    )


def let_go_at_night(session: sa.orm.Session) -> None:
    yes = session.scalars(
        sa.select(Decision).where(Decision.verdict == Verdict.SEND).order_by(Decision.id.desc())
    ).first()
    assert yes is not None
    yes.facts = {"kind": "step", "shift": "night"}


def went_undecided(session: sa.orm.Session) -> None:
    session.execute(sa.delete(Decision))


def held_for_ever(session: sa.orm.Session) -> None:
    waiting = session.scalars(sa.select(Message).where(Message.state == MessageState.SCHEDULED)).first()
    assert waiting is not None
    waiting.state, waiting.claim_token = MessageState.SENDING, "gone"
    waiting.claimed_at = waiting.lease_until = waiting.created_at - timedelta(days=1)


def stands_still(session: sa.orm.Session) -> None:
    session.execute(
        sa.update(Message)
        .where(Message.state == MessageState.SCHEDULED)
        .values(due_at=sa.select(sa.func.min(Message.created_at)).scalar_subquery())
    )


def forgotten(session: sa.orm.Session) -> None:
    session.execute(sa.update(Enrollment).values(closes_at=None))
    session.execute(sa.delete(Message).where(Message.state == MessageState.SCHEDULED))


@pytest.mark.parametrize(
    ("damage", "promise"),
    [
        (accepted_twice, "no email was accepted twice"),
        (sent_without_proof, "what counts as sent was accepted, or the owner says it arrived"),
        (failed_but_accepted, "what failed or was cancelled was not accepted"),
        (sent_after_the_end, "nothing went after its follow-ups had ended"),
        (sent_after_a_reply, "nothing went after the person had replied"),
        (sent_after_opting_out, "nothing went to an address that had asked for no more"),
        (let_go_at_night, "no follow-up was let go outside the hours"),
        (went_undecided, "each email that went was decided on"),
        (held_for_ever, "no worker holds an email longer than it may"),
        (stands_still, "nothing that is due stands still without a reason"),
        (forgotten, "every running sequence has its next email, or its end"),
    ],
)
def test_damage_is_found(busy: Practice, damage: Callable[[sa.orm.Session], None], promise: str) -> None:
    with busy.at_work() as session:
        damage(session)

    assert promise in broken(busy)

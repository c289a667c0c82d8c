"""Starting, planning, skipping, pausing and quietly ending follow-ups. Only the next email is a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.planning import plan_next_message
from crm.flows.terms import on_terms, terms_for, terms_in_hand, terms_of
from crm.models import (
    Decision,
    Enrollment,
    EventKind,
    Lead,
    Message,
    Practice,
    approvals,
)
from crm.models.event import UNTIL
from crm.rules.pacing import SPREAD
from crm.rules.schedule import Forecast, after, forecast, remaining
from crm.rules.sending import EnrollmentState, MessageKind, Reason, StopReason, Withdrawal
from crm.rules.stages import CloseReason, Stage
from crm.rules.windows import Planned

if TYPE_CHECKING:
    from collections.abc import Sequence as Several
    from datetime import datetime

    from crm.models import Account, Sequence
    from crm.rules.care import CareTaken

UNDO_DELAY = timedelta(seconds=20)
"""What the owner sends himself leaves after this long, so that he can take it back."""


def enroll(lead: Lead, sequence: Sequence, now: datetime, account_id: int | None = None) -> Enrollment:
    """Put a person into a sequence and plan its first email. Whatever else ran for them stops."""
    if lead.enrollment:
        lead.enrollment.stop(StopReason.OTHER_SEQUENCE, now, account_id)
        db.session.flush()
    return _begin(Enrollment(lead=lead, sequence=sequence, started_at=now), now, account_id)


def answer_again(lead: Lead, sequence: Sequence, now: datetime) -> None:
    """Someone who had these follow-ups is back: the first email answers them, and no other follows.

    Only the owner starts them once more.
    """
    if sequence.steps and sequence.steps[0].at_once:
        _begin(Enrollment(lead=lead, sequence=sequence, started_at=now, answers_only=True), now)


def _begin(enrollment: Enrollment, now: datetime, account_id: int | None = None) -> Enrollment:
    lead, sequence = enrollment.lead, enrollment.sequence
    enrollment.state, enrollment.messages = EnrollmentState.ACTIVE, []
    db.session.add(enrollment)
    lead.record(EventKind.FOLLOW_UPS_STARTED, now, reason=sequence.name, account_id=account_id)
    terms = None if lead.messages else on_terms(Practice.current(), lead)
    plan_next_message(enrollment, since=now, now=now, terms=terms)
    if lead.id is not None:  # who is not written down yet is written whole (flows/newcomers)
        db.session.flush()
    return enrollment


def skip(message: Message, now: datetime, account_id: int | None = None) -> Message | None:
    """Leave this email out; the next is counted from when this one would have gone."""
    message.cancel(Withdrawal.SKIPPED, now)
    lead, enrollment = message.lead, message.enrollment
    if lead is None or enrollment is None:
        raise ValueError("only an email of a sequence can be skipped")
    lead.record(EventKind.MESSAGE_SKIPPED, now, account_id=account_id, about=message)
    db.session.flush()
    following = plan_next_message(enrollment, since=message.due_at, now=now)
    db.session.flush()
    return following


def leave_out(message: Message, reason: Reason | Withdrawal, now: datetime) -> Message | None:
    """This email does not go, for a reason the story names; the sequence goes on with the next, from now."""
    message.cancel(reason, now)
    lead, enrollment = message.lead, message.enrollment
    if lead is None or enrollment is None:
        raise ValueError("only an email of a sequence can be left out")
    lead.record(EventKind.MESSAGE_SKIPPED, now, reason=reason, about=message)
    db.session.flush()
    return plan_next_message(enrollment, since=now, now=now) if enrollment.is_open else None


def send_now(message: Message, now: datetime) -> None:
    """The owner sends it whatever the hour; it leaves after the time for second thoughts."""
    message.send_by_hand(now + UNDO_DELAY, now)


def resume(enrollment: Enrollment, now: datetime, account_id: int | None = None) -> None:
    """Carry on after a pause. What fell due meanwhile goes at the next opening, never in a burst."""
    enrollment.resume(now, account_id)
    if (message := enrollment.open_message) and message.due_at < now:
        message.plan(at_next_opening(message, now + UNDO_DELAY))


def go_on(enrollment: Enrollment, now: datetime) -> None:
    """Plan the next email of a running sequence where none is on its way and no quiet end has begun."""
    idle = enrollment.open_message is None and enrollment.closes_at is None
    if idle and enrollment.state is EnrollmentState.ACTIVE:
        plan_next_message(enrollment, since=counted_from(enrollment), now=now)


def hold_on(lead: Lead, taken: CareTaken, by: Account, now: datetime) -> None:
    """After "Read first", once it is written down what was done: nothing more goes until somebody says so."""
    lead.was_cared_for(taken, by, now)
    if lead.enrollment:
        lead.enrollment.pause(now, by.id)


def let_continue(lead: Lead, taken: CareTaken, by: Account, now: datetime) -> None:
    """The same, and who wrote it down lets the follow-ups go on: what was held goes at the next opening."""
    lead.was_cared_for(taken, by, now)
    message = lead.enrollment.open_message if lead.enrollment else None
    if message is not None and message.held_at is not None:
        message.release()
        if message.due_at < now:
            message.plan(at_next_opening(message, now + UNDO_DELAY))


def resume_everything(now: datetime) -> int:
    """Send again after "Hold everything": overdue emails leave spread out, within hours.

    Returns how many were overdue.
    """
    practice = Practice.current()
    was_held = practice.sending_held_at is not None
    practice.resume_everything()
    db.session.execute(approvals.keep_for_a_day(now))
    overdue = list(db.session.scalars(Message.due(now).where(Message.kind == MessageKind.STEP)))
    waited = [message for message in overdue if not message.is_acknowledgement]
    one_by_one(waited, now)
    if was_held:
        _write_down_the_wait(waited, now)
    return len(overdue)


def _write_down_the_wait(messages: list[Message], now: datetime) -> None:
    """While everything was held no worker took these up, so nothing else says why they are late."""
    reason = Reason.EVERYTHING_HELD
    rows = [
        {
            "message_id": message.id,
            "at": now,
            "last_at": now,
            "verdict": reason.verdict,
            "reason": reason,
            "facts": {"kind": message.kind, "everything_held": True, UNTIL: message.due_at.isoformat()},
        }
        for message in messages
    ]
    if rows:
        db.session.execute(sa.insert(Decision), rows)


def one_by_one(messages: Several[Message], at: datetime) -> None:
    """Emails that have waited leave spread out from `at` on, each within its person's hours."""
    terms = terms_for(message.lead for message in messages if message.lead)
    for place, message in enumerate(messages):
        slot = terms[message.lead_id or 0].next_chance(at + place * SPREAD)
        message.plan(Planned(slot, message.wished_at or message.due_at, message.shift))


def at_next_opening(message: Message, at: datetime) -> Planned:
    """What is late goes at the first instant at or after `at` at which its person may hear."""
    if message.lead is None:
        raise ValueError("only an email to a person waits for their hours")
    opening = terms_of(message.lead).next_chance(at)
    return Planned(opening, message.wished_at or message.due_at, message.shift)


def counted_from(enrollment: Enrollment) -> datetime:
    """The instant from which the next email's wait runs: the one before, else the start."""
    gone = [message.sent_at or message.due_at for message in enrollment.gone]
    return max(gone, default=enrollment.started_at)


def upcoming(enrollment: Enrollment) -> list[Forecast]:
    """The emails still to come for this person if nothing stops them, the planned one first.

    Read from all that ever went to them, which their page has at hand.
    """
    terms = terms_in_hand(enrollment.lead)
    steps = remaining(enrollment.plan, enrollment.steps_done)
    message = enrollment.open_message
    if message is None or not steps or message.step_id != steps[0].id:
        return list(forecast(steps, counted_from(enrollment), terms))
    waiting = replace(steps[0], asks_first=message.is_draft)
    first = Forecast(waiting, Planned(message.due_at, message.wished_at or message.due_at, message.shift))
    return after(first, steps[1:], terms)


def close_quietly(now: datetime) -> int:
    """Close the people who stayed silent after the last email. Nobody who waits for the owner is closed.

    Someone who is being acted on at this moment is left for the next time.
    """
    silent = Enrollment.quiet_until(now).join(Enrollment.lead)
    silent = silent.with_for_update(of=(Enrollment, Lead), skip_locked=True)
    ended = list(db.session.scalars(silent, execution_options={"populate_existing": True}))
    for enrollment in ended:
        enrollment.finish(now)
        lead = enrollment.lead
        if lead.waiting_for is None and lead.stage in (Stage.NEW, Stage.CONTACTED):
            lead.close(CloseReason.UNREACHABLE, now)
    return len(ended)

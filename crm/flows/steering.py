"""The owner steers one person's follow-ups by hand. What can be taken back returns how they stood before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows import follow_up, planning
from crm.models import Account, EventKind, Undo
from crm.rules.next_box import Action
from crm.rules.sending import EnrollmentState

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Lead, Message, Sequence
    from crm.rules.care import CareTaken
    from crm.rules.next_box import NextBox


def pause(lead: Lead, account_id: int, now: datetime) -> Undo:
    """Nothing goes to them until it is turned on again."""
    undo = Undo.remember(lead, account_id, now)
    if lead.enrollment:
        lead.enrollment.pause(now, account_id)
    return undo


def resume(lead: Lead, account_id: int, now: datetime) -> Undo:
    """Carry on after a pause, with the next email where the paused one had failed."""
    undo = Undo.remember(lead, account_id, now)
    if lead.enrollment:
        follow_up.resume(lead.enrollment, now, account_id)
        follow_up.go_on(lead.enrollment, now)
    return undo


def hold_on(lead: Lead, taken: CareTaken, account_id: int, now: datetime) -> Undo:
    """What was done for them is on record: no longer one to read first. Their follow-ups stay on hold."""
    undo = Undo.remember(lead, account_id, now)
    follow_up.hold_on(lead, taken, db.session.get_one(Account, account_id), now)
    return undo


def let_continue(lead: Lead, taken: CareTaken, account_id: int, now: datetime) -> Undo:
    """The same, and their follow-ups may go on."""
    undo = Undo.remember(lead, account_id, now)
    follow_up.let_continue(lead, taken, db.session.get_one(Account, account_id), now)
    return undo


def may_start(box: NextBox) -> bool:
    """Whether a follow-up could go to them: none runs and one may start, or others may take its place."""
    return bool({Action.START, Action.PAUSE, Action.RESUME}.intersection(box.actions))


def start(lead: Lead, sequence: Sequence, account_id: int, now: datetime) -> Undo:
    """Put them into a sequence. An email that would go at once waits for second thoughts."""
    undo = Undo.remember(lead, account_id, now)
    message = follow_up.enroll(lead, sequence, now, account_id).open_message
    if message and message.due_at <= now:
        message.allow_second_thoughts(now + follow_up.UNDO_DELAY)
    return undo


def skip(lead: Lead, message: Message, account_id: int, now: datetime) -> Undo:
    """Leave this email out."""
    undo = Undo.remember(lead, account_id, now)
    follow_up.skip(message, now, account_id)
    return undo


def send_now(lead: Lead, message: Message, account_id: int, now: datetime) -> Undo:
    """Send this email whatever the hour, after the time for second thoughts."""
    undo = Undo.remember(lead, account_id, now)
    follow_up.send_now(message, now)
    return undo


def it_arrived(lead: Lead, message: Message, account_id: int, now: datetime) -> None:
    """The owner knows that an uncertain email arrived: the follow-ups go on from when it went."""
    message.arrived(now)
    lead.record(EventKind.MESSAGE_ARRIVED, now, account_id=account_id, about=message)
    db.session.flush()
    if message.enrollment and message.enrollment.is_open:
        went_at = message.handed_over_at or now
        planning.plan_next_message(message.enrollment, since=went_at, now=now)


def may_go_again(message: Message) -> bool:
    """Whether "Send again" would do what it says: its sequence still runs, and has not gone on without it."""
    enrollment = message.enrollment
    return enrollment is None or (enrollment.is_open and enrollment.open_message in (None, message))


def send_again(lead: Lead, message: Message, account_id: int, now: datetime) -> None:
    """An uncertain or refused email goes again, under its own Message-ID. Only a person decides this."""
    if message.enrollment:
        message.enrollment.resume(now, account_id)
    message.send_again(now)
    lead.record(EventKind.MESSAGE_AGAIN, now, account_id=account_id, about=message)


def settle(message: Message, account_id: int, now: datetime) -> None:
    """The owner leaves a refused email be: the follow-ups that waited for him go on without it."""
    message.settle(now)
    enrollment = message.enrollment
    if enrollment and enrollment.state is EnrollmentState.PAUSED and enrollment.open_message is None:
        enrollment.resume(now, account_id)
        follow_up.go_on(enrollment, now)

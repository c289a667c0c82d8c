"""The owner moves people along. Each act remembers how they stood, so that it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.db import db
from crm.flows import calls, screening
from crm.flows.calls import Wish
from crm.flows.consent import WISHED, take_wishes_back
from crm.flows.follow_up import enroll, go_on
from crm.models import (
    CallSettings,
    Draft,
    DraftKind,
    EventKind,
    Outcome,
    Sequence,
    Trigger,
    Undo,
)
from crm.models.message import MAY_HAVE_LEFT
from crm.rules.sending import MessageKind, MessageState
from crm.rules.slots import Place
from crm.rules.stages import PARTINGS, CloseReason, Stage
from crm.rules.stops import move_to

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Booking, Lead, Medium, Message


def move(lead: Lead, stage: Stage, account_id: int, now: datetime) -> Undo:
    """Put them in another stage; a move stops what is running for them, unless its sequence goes on."""
    undo = Undo.remember(lead, account_id, now)
    move_on(lead, stage, account_id, now)
    return undo


def move_on(lead: Lead, stage: Stage, account_id: int, now: datetime) -> None:
    """The same as a part of an act that remembers by itself how they stood."""
    end_what_runs(lead, stage, account_id, now)
    lead.move(stage, now, account_id)


def end_what_runs(lead: Lead, stage: Stage, account_id: int, now: datetime) -> None:
    """Before they go to another stage: what a move there ends. Who leaves us has no call to come."""
    if lead.stage is Stage.SPAM:
        screening.forget(lead)
    happening = move_to(stage)
    if lead.enrollment and happening:
        lead.enrollment.happened(happening, now, account_id)
    if stage in PARTINGS and (call := lead.call_to_come(now)):
        calls.give_up(call, now, account_id)


def close(lead: Lead, reason: CloseReason, account_id: int, now: datetime) -> Undo:
    """Close with a reason; follow-ups stop, and a call that was to come is off."""
    undo = Undo.remember(lead, account_id, now)
    end_what_runs(lead, Stage.CLOSED, account_id, now)
    lead.close(reason, now, account_id)
    return undo


def mark_spam(lead: Lead, account_id: int, now: datetime) -> Undo:
    """Spam: nothing is sent, nobody waits, and what comes from that address is kept aside from now on.

    A call that was to come is off without a word.
    """
    undo = move(lead, Stage.SPAM, account_id, now)
    lead.quarantined_at, lead.quarantine_reasons = None, []
    screening.teach(lead, account_id, now, is_spam=True)
    return undo


def snooze(lead: Lead, until: datetime, account_id: int, now: datetime) -> Undo:
    """Off Today until then, or until they write."""
    undo = Undo.remember(lead, account_id, now)
    lead.snooze(until, now, account_id)
    return undo


def book(lead: Lead, starts_at: datetime, medium: Medium, account_id: int, now: datetime) -> Undo:
    """The owner agrees on a call, at any time that no other holds: raises Taken. One that stood is moved."""
    undo = Undo.remember(lead, account_id, now)
    clinician_id = calls.clinician_of(lead)
    place = Place(starts_at, medium, CallSettings.of(clinician_id).manner)
    calls.book(lead, Wish(place, clinician_id), now, account_id)
    return undo


def approve_call(booking: Booking, account_id: int, now: datetime) -> Undo:
    """The time somebody asked for is agreed."""
    undo = Undo.remember(booking.lead, account_id, now)
    calls.approve(booking, now, account_id)
    return undo


def decline_call(booking: Booking, account_id: int, now: datetime) -> Undo:
    """Not at that time. They stay on Today until they hear another word."""
    undo = Undo.remember(booking.lead, account_id, now)
    calls.decline(booking, now, account_id)
    return undo


def cancel_call(booking: Booking, account_id: int, now: datetime) -> Undo:
    """It is off. They stand on Today, and nothing is sent by itself."""
    undo = Undo.remember(booking.lead, account_id, now)
    calls.cancel(booking, now, account_id)
    return undo


def settle_call(
    booking: Booking, outcome: Outcome, account_id: int, now: datetime, then: Stage | None = None
) -> Undo:
    """How the call went: held leads to a decision (`then`, if it was made), a no-show to one gentle email."""
    undo = Undo.remember(booking.lead, account_id, now)
    call_went(booking, outcome, account_id, now)
    if then is not None:
        move_on(booking.lead, then, account_id, now)
    return undo


def call_went(booking: Booking, outcome: Outcome, account_id: int, now: datetime) -> None:
    """The same as a part of an act that remembers by itself how they stood."""
    lead = booking.lead
    booking.settle(outcome, now)
    lead.record(EventKind.CALL_OUTCOME, now, reason=outcome, account_id=account_id)
    lead.move(Stage.CONSULT_DONE if outcome is Outcome.HELD else Stage.CONTACTED, now, account_id)
    if outcome is Outcome.NO_SHOW and note_of_a_missed_call(lead) is None:
        _write_that_we_missed_each_other(lead, account_id, now)


def note_of_a_missed_call(lead: Lead) -> Message | None:
    """The gentle note they had, or may have had. By itself none follows it, however often they don't come."""
    notes = (each for each in lead.enrollments if each.sequence.trigger is Trigger.NO_SHOW)
    told = (message for each in notes for message in each.messages if message.state in MAY_HAVE_LEFT)
    return next(told, None)


def _write_that_we_missed_each_other(lead: Lead, account_id: int, now: datetime) -> None:
    if sequence := Sequence.for_trigger(Trigger.NO_SHOW):
        enroll(lead, sequence, now, account_id)


def take_back(undo: Undo, now: datetime) -> bool:
    """Undo, by one click; False when that is no longer possible."""
    return undo.is_recent(now) and put_back(undo, now)


def put_back(undo: Undo, now: datetime) -> bool:
    """The same, however long ago. A letter that had not left is a draft again, so that nothing typed is lost.

    What was planned since is gone with the act; where an email left meanwhile, the next is planned from it.
    """
    if undo.mark is not None:
        return undo.restore(now)
    unsent = [m for m in undo.lead.messages if _was_written_by(m, undo)]
    was_spam = undo.lead.stage is Stage.SPAM
    if not undo.restore(now):
        return False
    if was_spam and undo.lead.stage is not Stage.SPAM:
        screening.forget(undo.lead)
    take_wishes_back(undo.before.get(WISHED, ()), now)
    db.session.flush()
    db.session.expire(undo.lead)
    if undo.lead.enrollment:
        go_on(undo.lead.enrollment, now)
    for letter in unsent:
        Draft.keep(_draft_of(letter, undo.account_id, now))
    return True


def _was_written_by(message: Message, undo: Undo) -> bool:
    return (
        message.kind is MessageKind.REPLY
        and message.state in (MessageState.SCHEDULED, MessageState.SENDING)
        and str(message.id) not in undo.before["messages"]
    )


def _draft_of(letter: Message, account_id: int, now: datetime) -> Draft:
    return Draft(
        account_id=account_id,
        lead_id=letter.lead_id,
        kind=DraftKind.REPLY,
        subject=letter.subject or "",
        text=letter.body or "",
        saved_at=now,
    )

"""Changing a sequence while people are in it: never a second copy, and nothing at the moment of saving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.follow_up import UNDO_DELAY, go_on, one_by_one
from crm.flows.foresight import USUAL_WAIT, people_in, plan_of, standings_of
from crm.flows.planning import plan_next_message
from crm.models import Enrollment, Event, EventKind, Message, Sequence, Step, Trigger
from crm.models.enrollment import OPEN_ENROLLMENTS, SEQUENCE_OFF
from crm.models.message import OPEN_STATES
from crm.rules.foresight import futures
from crm.rules.plans import Plan, PlanEmail
from crm.rules.sending import EnrollmentState, Withdrawal
from crm.seeds.sequences import RIGHT_AWAY

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.foresight import Standing
    from crm.rules.schedule import Forecast


class NameTaken(Exception):  # noqa: N818 - it names what happened
    """Another sequence has this name."""


@dataclass(frozen=True)
class NewSequence:
    """What a new sequence begins with."""

    name: str
    trigger: Trigger
    template_id: int
    first_at_once: bool


def create(new: NewSequence, account_id: int, now: datetime) -> Sequence:
    """A sequence with its first email, turned off until the owner has finished it.

    Raises NameTaken.
    """
    sequence = Sequence(name=new.name, trigger=new.trigger, active=False, created_at=now)
    with _one_of_that_name():
        db.session.add(sequence)
    at_once = new.first_at_once
    email = PlanEmail(-1, new.template_id, "", RIGHT_AWAY if at_once else USUAL_WAIT, at_once)
    save(sequence, Plan((email,), None), now, account_id)
    return sequence


def rename(sequence: Sequence, name: str) -> None:
    """Raises NameTaken."""
    with _one_of_that_name():
        sequence.name = name


def save(sequence: Sequence, plan: Plan, now: datetime, account_id: int | None = None) -> None:
    """Make this the plan, and move the one open email of everyone inside to where the plan puts it.

    What a worker has, what was sent by hand or edited for one person goes as it is. What became
    overdue goes when the hours begin next, one by one. What now asks the owner first waits for his
    yes, wherever it is.
    """
    _lock_what_waits(sequence)
    inside = people_in(sequence)
    standings = standings_of(inside)
    before = plan_of(sequence)
    _rewrite(sequence, plan, now)
    sequence.save_version(plan_of(sequence), now, account_id)
    coming = futures(sequence.plan, standings, now)
    for enrollment, standing, future in zip(inside, standings, coming, strict=True):
        _heed_lateness(enrollment.open_message, before, now)
        _follow(enrollment, standing, future, now)
        if message := enrollment.open_message:
            message.heed_its_plan(now)


def turn_off(sequence: Sequence, now: datetime, account_id: int, *, hold: bool) -> int:
    """Nobody new starts it. With `hold`, nothing goes to those inside either. Returns how many are held."""
    _lock_what_waits(sequence)
    sequence.active = False
    held = [e for e in people_in(sequence) if hold and e.state is EnrollmentState.ACTIVE]
    for enrollment in held:
        enrollment.pause(now, account_id, reason=SEQUENCE_OFF)
    return len(held)


def turn_on(sequence: Sequence, now: datetime, account_id: int) -> int:
    """Start people in it again; those it held carry on. Who was paused one by one stays paused.

    What fell due meanwhile leaves one by one, within the hours.
    """
    _lock_what_waits(sequence)
    sequence.active = True
    held = list(db.session.scalars(_held_by_the_switch(sequence)))
    for enrollment in held:
        enrollment.resume(now, account_id)
        go_on(enrollment, now)
    waiting = [message for enrollment in held if (message := enrollment.open_message)]
    one_by_one([message for message in waiting if message.due_at <= now], now + UNDO_DELAY)
    return len(held)


def _held_by_the_switch(sequence: Sequence) -> sa.Select[Enrollment]:
    """Paused by turning the sequence off, and not touched since: the story tells."""
    return (
        sa.select(Enrollment)
        .join(Event, (Event.lead_id == Enrollment.lead_id) & (Event.at == Enrollment.paused_at))
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.state == EnrollmentState.PAUSED,
            Event.kind == EventKind.FOLLOW_UPS_PAUSED,
            Event.reason == SEQUENCE_OFF,
        )
        .order_by(Enrollment.id)
    )


@contextmanager
def _one_of_that_name() -> Iterator[None]:
    """The schema keeps names apart; whoever comes second is told."""
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError as taken:
        raise NameTaken from taken


def _lock_what_waits(sequence: Sequence) -> None:
    """No worker may take one of these rows, or settle one it has, while its plan changes.

    Nor may anybody stop or finish following up meanwhile: whoever is in it stays in it.
    """
    waiting = (
        sa.select(Message)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.state.in_(OPEN_ENROLLMENTS),
            Message.state.in_(OPEN_STATES),
        )
        .order_by(Message.id)
        .with_for_update(of=Message)
        .execution_options(populate_existing=True)
    )
    db.session.scalars(waiting).all()
    inside = sa.select(Enrollment.id).where(
        Enrollment.sequence_id == sequence.id, Enrollment.state.in_(OPEN_ENROLLMENTS)
    )
    db.session.execute(inside.order_by(Enrollment.id).with_for_update()).all()


def _rewrite(sequence: Sequence, plan: Plan, now: datetime) -> None:
    """Steps keep their rows, because sent emails point at them; one that comes back is the same again."""
    known = {step.id: step for step in db.session.scalars(Step.ever_in(sequence))}
    for step in known.values():
        step.removed_at = step.removed_at or now
    for position, email in enumerate(plan.emails):
        step = known.get(email.step_id) or _new_step(sequence, email)
        step.position, step.removed_at = position, None
        step.wait_count, step.wait_unit = email.wait.count, email.wait.unit
        step.max_late_hours, step.needs_approval = email.max_late_hours, email.asks_first
    sequence.quiet_days, sequence.needs_approval = plan.quiet_days, plan.asks_first
    sequence.stops_on_call, sequence.stops_on_move = plan.stops.on_call, plan.stops.on_move
    db.session.flush()
    db.session.expire(sequence, ["steps"])


def _new_step(sequence: Sequence, email: PlanEmail) -> Step:
    step = Step(sequence_id=sequence.id, template_id=email.template_id, at_once=email.at_once)
    db.session.add(step)
    return step


def _heed_lateness(message: Message | None, before: Plan, now: datetime) -> None:
    """What is moved as well is good from its new time on."""
    was = before.max_late(message.step_id) if message and message.step_id else None
    if message is not None and was is not None:
        message.heed_its_lateness(was, now)


def _follow(enrollment: Enrollment, standing: Standing, future: list[Forecast], now: datetime) -> None:
    message = enrollment.open_message
    if not future:
        _end(enrollment, message, standing.since, now)
        return
    enrollment.closes_at = None
    message = message or _back_in_plan(enrollment)
    message = message or plan_next_message(enrollment, since=standing.since, now=now, terms=standing.terms)
    if message is None or future[0] == standing.on_its_way:  # what a worker has always is
        return
    if message.step_id != future[0].step.id:
        message.become(db.session.get_one(Step, future[0].step.id))
    message.plan(future[0].planned)


def _back_in_plan(enrollment: Enrollment) -> Message | None:
    """The row that an earlier change took back: used again, so that no step ever has two."""
    message = enrollment.taken_back
    if message:
        message.revive()
    return message


def _end(enrollment: Enrollment, message: Message | None, since: datetime, now: datetime) -> None:
    """Nothing is left for this person: the quiet time runs from what they had last."""
    if message:
        message.cancel(Withdrawal.OUT_OF_PLAN, now)
    enrollment.closes_at = None
    enrollment.wait_quietly(since)
    if enrollment.sequence.quiet_days is None and enrollment.state is EnrollmentState.ACTIVE:
        enrollment.finish(now)

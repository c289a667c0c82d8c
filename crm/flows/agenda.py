"""What goes out in the coming days, and what is in trouble. Reads only, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload, selectinload

from crm.db import db, numbers
from crm.flows.terms import terms_for
from crm.models import Enrollment, Message, Sequence, Trigger, approvals
from crm.rules.plans import place_in_words
from crm.rules.schedule import Forecast, after, remaining
from crm.rules.sending import EnrollmentState, MessageKind
from crm.rules.troubles import TroubleFacts
from crm.rules.windows import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crm.models import Lead
    from crm.rules.terms import Terms


@dataclass(frozen=True)
class Departure:
    """One email of the coming days. `message` is None for one that follows another which goes first.

    `asks_first`: that one then waits for the owner's yes.
    """

    lead: Lead
    subject: str
    place: str
    planned: Planned
    message: Message | None = None
    template_id: int | None = None
    asks_first: bool = False


@dataclass(frozen=True)
class Problem:
    """An email that needs the owner, or that is late."""

    message: Message
    facts: TroubleFacts


@dataclass(frozen=True)
class Agenda:
    """What leaves by itself, soonest first, and how many emails of these days wait for the owner instead."""

    departures: list[Departure]
    held_back: int


def agenda(until: datetime) -> Agenda:
    """Every follow-up that goes before then if nothing stops it."""
    rows = db.session.scalars(Message.going_out(until).options(*_WITH_ITS_PLAN)).all()
    going = [message for message in rows if _goes(message)]
    terms = terms_for(message.lead for message in going if message.lead)
    departures = [
        each for message in going for each in _and_what_follows(message, terms[message.lead_id or 0], until)
    ]
    departures.sort(key=lambda each: each.planned.due_at)
    (held,) = numbers(Message.waiting_for_the_owner(until))
    return Agenda(departures, len(rows) - len(going) + held)


def waiting_for_a_yes(now: datetime) -> list[Departure]:
    """The emails that go only if the owner says so, the soonest due first."""
    rows = db.session.scalars(approvals.waiting(now).options(*_WITH_ITS_PLAN)).all()
    return [_departure(each, each.lead, each.enrollment) for each in rows if each.lead and each.enrollment]


def problems() -> list[Problem]:
    """Emails that need the owner, oldest first; then those that are only late."""
    with_plan = (joinedload(Message.lead), joinedload(Message.step), joinedload(Message.enrollment),
                 joinedload(Message.template_version))  # fmt: skip
    serious = db.session.scalars(Message.problems().options(*with_plan)).all()
    delayed = db.session.scalars(Message.delayed().options(*with_plan)).all()
    return [Problem(message, facts_of(message)) for message in (*serious, *delayed)]


def facts_of(message: Message) -> TroubleFacts:
    """The trouble an email is in, for the rules."""
    enrollment = message.enrollment
    return TroubleFacts(
        kind=message.kind,
        state=message.state,
        name=message.lead.first_name if message.lead else "You",
        full_name=message.lead.name if message.lead else "you",
        address=message.to_address,
        subject=_subject(message),
        reply=message.server_reply or "",
        attempts=message.attempts,
        at=message.uncertain_at or message.failed_at or message.created_at,
        due_at=message.due_at,
        follow_ups_held=enrollment is not None and enrollment.state is EnrollmentState.PAUSED,
        follow_ups_ended=enrollment is not None and enrollment.state is EnrollmentState.STOPPED,
    )


def _subject(message: Message) -> str:
    if message.kind is MessageKind.NOTICE:
        return message.sent_subject or "a notice"
    return message.sent_subject or message.wording.subject


_WITH_ITS_PLAN = (
    joinedload(Message.lead),
    joinedload(Message.step),
    joinedload(Message.template_version),
    selectinload(Message.enrollment).options(
        selectinload(Enrollment.messages),
        joinedload(Enrollment.sequence).selectinload(Sequence.steps),
    ),
)


def _goes(message: Message) -> bool:
    """Not while its person is to be read first: only the first answer goes then."""
    lead = message.lead
    if lead is None or lead.quarantined_at:
        return False
    return lead.read_first_at is None or message.is_acknowledgement


def _and_what_follows(message: Message, terms: Terms, until: datetime) -> Iterator[Departure]:
    """The planned row, and the emails after it that fall into the same days."""
    lead, enrollment, step = message.lead, message.enrollment, message.step
    if lead is None or enrollment is None or step is None:
        return
    going = _departure(message, lead, enrollment)
    yield going
    steps = remaining(enrollment.plan, enrollment.steps_done | {step.id})
    for each in after(Forecast(step.as_planned, going.planned), steps, terms)[1:]:
        step = enrollment.sequence.step(each.step.id)
        if each.planned.due_at >= until or step is None:
            return
        place = _place(enrollment, step.id, lead)
        name, asks = step.template.name, each.step.asks_first
        yield Departure(lead, name, place, each.planned, template_id=step.template_id, asks_first=asks)


def _departure(message: Message, lead: Lead, enrollment: Enrollment) -> Departure:
    planned = Planned(message.due_at, message.wished_at or message.due_at, message.shift)
    template_id = message.step.template_id if message.step else None
    place = _place(enrollment, message.step_id, lead)
    return Departure(lead, message.wording.subject, place, planned, message, template_id)


def _place(enrollment: Enrollment, step_id: int | None, lead: Lead) -> str:
    """2 of 4, only if you haven’t answered"""
    sequence = enrollment.sequence
    number = next((at for at, step in enumerate(sequence.steps, 1) if step.id == step_id), None)
    name = "" if sequence.trigger is Trigger.INQUIRY else sequence.name
    place = place_in_words(number, len(sequence.steps), name)
    return f"{place}, only if you haven’t answered" if lead.waiting_for else place

"""What goes out in the coming days, and what is in trouble. Reads only, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload

from crm.db import db, numbers
from crm.flows.departing import ASKING, GOING, emails, reminders, with_followers
from crm.models import Message
from crm.rules.sending import EnrollmentState, MessageKind
from crm.rules.telling import isolated
from crm.rules.troubles import TroubleFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crm.flows.departing import Departure, PlannedEmail


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
    """Every follow-up and every reminder of a call that goes before then if nothing stops it."""
    planned = emails(GOING, until=until)
    (held,) = numbers(Message.waiting_for_the_owner(until))
    going = sorted([*departures(planned, until), *reminders(until)], key=lambda each: each.planned.due_at)
    return Agenda(going, sum(not each.goes for each in planned) + held)


def departures(planned: Sequence[PlannedEmail], until: datetime) -> list[Departure]:
    """What of these leaves by itself, and what follows it before then."""
    return with_followers([each for each in planned if each.goes], until)


def waiting_for_a_yes(now: datetime) -> list[Departure]:
    """The emails that go only if the owner says so, the soonest due first."""
    return [each.departure for each in emails(ASKING, now=now)]


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
        full_name=isolated(message.lead.name) if message.lead else "you",
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

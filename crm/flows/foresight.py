"""What saving a changed sequence would do, told before it is saved. Reads, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.db import db
from crm.flows.follow_up import counted_from
from crm.flows.terms import terms_for
from crm.models import EmailTemplate, Enrollment, Sequence, Step
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.consequences import Consequences, consequences
from crm.rules.foresight import Standing
from crm.rules.plans import Plan, PlanEmail
from crm.rules.schedule import Forecast
from crm.rules.sending import MessageState
from crm.rules.windows import Planned, Wait

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import Message, SequenceVersion
    from crm.rules.terms import Terms

USUAL_WAIT = Wait(5)
"""What a new email waits until the owner says otherwise."""


def plan_of(sequence: Sequence) -> Plan:
    """The sequence as it is saved."""
    return Plan(
        tuple(as_email(step) for step in sequence.steps),
        sequence.quiet_days,
        sequence.needs_approval,
        sequence.stop_rules,
    )


def as_email(step: Step) -> PlanEmail:
    return PlanEmail(
        step_id=step.id,
        template_id=step.template_id,
        name=step.template.name,
        wait=step.wait,
        at_once=step.at_once,
        asks_first=step.needs_approval,
        max_late_hours=step.max_late_hours,
    )


def emails_for(sequence: Sequence) -> dict[int, PlanEmail]:
    """Every email the sequence may have, by step: those in it, those taken out, and all other texts.

    A text that was never in it has a step of its own only once it is saved; till then a negative one.
    """
    ever = [as_email(step) for step in db.session.scalars(Step.ever_in(sequence))]
    taken = {email.template_id for email in ever}
    others = (t for t in db.session.scalars(EmailTemplate.in_use()) if t.id not in taken)
    new = [PlanEmail(-each.id, each.id, each.name, USUAL_WAIT) for each in others]
    return {email.step_id: email for email in (*ever, *new)}


@dataclass(frozen=True)
class Restored:
    """An earlier plan, to be saved again. `archived`: emails of it that are archived, and so left out."""

    plan: Plan
    archived: list[str]


def as_it_was(version: SequenceVersion, sequence: Sequence) -> Restored:
    """The plan of an earlier version, with the emails as they are called now."""
    known = emails_for(sequence)
    in_use = set(db.session.scalars(EmailTemplate.in_use().with_only_columns(EmailTemplate.id)))
    emails = [replace(each, name=known[each.step_id].name) for each in version.plan.emails]
    kept = tuple(each for each in emails if each.template_id in in_use)
    return Restored(replace(version.plan, emails=kept), [e.name for e in emails if e not in kept])


def people_in(sequence: Sequence) -> list[Enrollment]:
    """Everyone who is in this sequence now, paused or not, with what they had. Three queries."""
    inside = (
        sa.select(Enrollment)
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.state.in_(OPEN_ENROLLMENTS),
            Enrollment.answers_only.is_(False),
        )
        .options(joinedload(Enrollment.lead), selectinload(Enrollment.messages))
        .order_by(Enrollment.id)
    )
    return list(db.session.scalars(inside))


def standings_of(inside: list[Enrollment]) -> list[Standing]:
    """Where each of these people is, as the rules see it. One query."""
    terms = terms_for(enrollment.lead for enrollment in inside)
    return [_standing(each, terms[each.lead_id]) for each in inside]


def _standing(enrollment: Enrollment, terms: Terms) -> Standing:
    message = enrollment.open_message
    return Standing(
        lead_id=enrollment.lead_id,
        name=enrollment.lead.name,
        terms=terms,
        since=counted_from(enrollment),
        done=enrollment.steps_done,
        on_its_way=_on_its_way(message, enrollment.sequence) if message else None,
        settled=message is not None and _goes_as_it_is(message),
        agreed=message is not None and _is_agreed(message),
        late=message.due_at - message.planned_at if message and message.planned_at else timedelta(),
        good_until=message.expires_at if message and message.is_draft else None,
    )


def foresee(sequence: Sequence, plan: Plan, inside: list[Enrollment], now: datetime) -> Consequences:
    """Which of the people inside get which email when, if this plan is saved."""
    return consequences(plan_of(sequence), plan, standings_of(inside), now)


def _on_its_way(message: Message, sequence: Sequence) -> Forecast | None:
    step = sequence.step(message.step_id) if message.step_id else None
    step = step or message.step
    if step is None:
        return None
    planned = Planned(message.due_at, message.wished_at or message.due_at, message.shift)
    return Forecast(replace(step.as_planned, asks_first=message.is_draft), planned)


def _goes_as_it_is(message: Message) -> bool:
    """A worker has it, the owner has had his hands on it, or it answers at once."""
    return (
        not (message.is_draft or message.state is MessageState.SCHEDULED)
        or message.by_hand_at is not None
        or message.body is not None
        or message.is_acknowledgement
    )


def _is_agreed(message: Message) -> bool:
    """He has said yes to it, or sent it himself: it asks no more."""
    return message.approved_at is not None or message.by_hand_at is not None

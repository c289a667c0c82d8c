"""The editor of a sequence as it shows: the line of emails, what saving would do, the month, one email."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app

from crm.db import db
from crm.flows.foresight import emails_for, foresee, people_in, plan_of
from crm.flows.terms import on_terms
from crm.flows.writing import begun_from
from crm.models import EmailTemplate, Lead, Practice, Sequence, Trigger
from crm.rules.hours import hours_in_words
from crm.rules.plan_changes import changes
from crm.rules.plans import MAX_LATE_HOURS, UNIT_WORDS, Plan, PlanEmail, late_words
from crm.web.forms.sequences import LATE_UNITS
from crm.web.sequence_notice import Notice, notice
from crm.web.sequence_simulation import Asked, Calendar, calendar
from crm.web.sequence_words import TRIGGER_WORDS, TriggerWords, sentence

if TYPE_CHECKING:
    from crm.models import Enrollment


@dataclass(frozen=True)
class Row:
    """One email on the line. `words`: how it begins; `late`: how late it may go.

    `late_was_chosen`: it is not what every email begins with, so it shows without being asked for.
    """

    number: int
    email: PlanEmail
    words: str
    late: str
    late_was_chosen: bool
    may_go_up: bool
    may_go_down: bool


@dataclass(frozen=True)
class Shown:
    """The email at the right, as one of the people in the sequence would get it."""

    number: int
    email: PlanEmail
    person: Lead | None


@dataclass(frozen=True)
class Editor:
    """Everything the page says."""

    sequence: Sequence
    summary: str
    words: TriggerWords
    rows: list[Row]
    notice: Notice | None
    rival: Sequence | None
    addable: list[tuple[int, str]]
    asked: Asked
    calendar: Calendar
    shown: Shown | None
    hours: str
    units: list[tuple[str, str]]
    late_units: list[tuple[str, str]]


def editor(sequence: Sequence, plan: Plan, asked: Asked, now: datetime) -> Editor:
    """Read once, in a fixed number of queries, whatever the number of people."""
    saved, inside, terms = plan_of(sequence), people_in(sequence), on_terms(Practice.current(), None)
    person, changed = _someone(inside), changes(saved, plan)
    return Editor(
        sequence=sequence,
        summary=sentence(sequence, len(inside)),
        words=TRIGGER_WORDS[sequence.trigger],
        rows=_rows(plan, person, now),
        notice=notice(changed, foresee(sequence, plan, inside, now), now, terms.window.zone)
        if changed
        else None,
        rival=_rival(sequence),
        addable=_addable(sequence, plan),
        asked=asked,
        calendar=calendar(plan, asked, terms, now),
        shown=_shown(plan, asked.shown, person),
        hours=hours_in_words(terms.window),
        units=[(str(unit), many) for unit, (_, many) in UNIT_WORDS.items()],
        late_units=[(str(unit), many) for unit, many in LATE_UNITS.items()],
    )


def _rival(sequence: Sequence) -> Sequence | None:
    """Another one that is on and begins at the same moment: of those the oldest runs."""
    running = Sequence.for_trigger(sequence.trigger)
    if sequence.trigger is Trigger.BY_HAND or running is None or running.id == sequence.id:
        return None
    return running


def _addable(sequence: Sequence, plan: Plan) -> list[tuple[int, str]]:
    """The texts that are not in it yet, by the step they would be."""
    in_use = set(db.session.scalars(EmailTemplate.in_use().with_only_columns(EmailTemplate.id)))
    taken = {email.template_id for email in plan.emails}
    offered = (e for e in emails_for(sequence).values() if e.template_id in in_use - taken)
    return [(email.step_id, email.name) for email in offered]


def _rows(plan: Plan, person: Lead | None, now: datetime) -> list[Row]:
    wanted = [email.template_id for email in plan.emails]
    found = db.session.scalars(sa.select(EmailTemplate).where(EmailTemplate.id.in_(wanted)))
    templates = {template.id: template for template in found}
    return [
        Row(
            number=at + 1,
            email=email,
            words=_beginning(templates[email.template_id], person, now),
            late=late_words(email.max_late_hours),
            late_was_chosen=email.max_late_hours != MAX_LATE_HOURS,
            may_go_up=plan.may_swap(at, at - 1),
            may_go_down=plan.may_swap(at, at + 1),
        )
        for at, email in enumerate(plan.emails)
    ]


def _beginning(template: EmailTemplate, person: Lead | None, now: datetime) -> str:
    """Its first paragraph after the greeting, as someone would read it."""
    wording = template.current.wording
    filled = begun_from(wording, person, current_app.extensions["links"], now) or wording
    paragraphs = [each.strip() for each in filled.body.split("\n\n") if each.strip()]
    return next(iter(paragraphs[1:] or paragraphs), "")


def _someone(inside: list[Enrollment]) -> Lead | None:
    """Whoever came last is the example."""
    if inside:
        return inside[-1].lead
    anyone = sa.select(Lead).where(Lead.quarantined_at.is_(None)).order_by(Lead.id.desc())
    return db.session.scalar(anyone.limit(1))


def _shown(plan: Plan, number: int, person: Lead | None) -> Shown | None:
    if not plan.emails:
        return None
    number = min(max(number, 1), len(plan.emails))
    return Shown(number, plan.emails[number - 1], person)

"""The editor of a text as it shows: where it is used, for whom it can be previewed, and the checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import selectinload

from crm.db import db
from crm.flows.agenda import agenda
from crm.flows.checking import look_over
from crm.flows.writing import BLANKS_ON_SCREEN, begun_from
from crm.models import EmailTemplate, Enrollment, Lead, Practice, Sequence, Step, Trigger
from crm.models.enrollment import OPEN_ENROLLMENTS
from crm.rules.telling import opening, people
from crm.rules.wording import Check, Wording

if TYPE_CHECKING:
    from crm.web.forms.emails import LetterForm

WEEK = timedelta(days=7)
EXAMPLES = 20
"""How many people the preview can be shown for."""


@dataclass(frozen=True)
class Place:
    """Where a text is used: email 2 of New inquiry."""

    sequence: Sequence
    number: int

    @property
    def words(self) -> str:
        return f"email {self.number} of “{self.sequence.name}”"


@dataclass(frozen=True)
class Editor:
    """Everything the page says beside the three fields."""

    template: EmailTemplate | None
    places: list[Place]
    readers: str
    examples: list[tuple[str, str]]
    blanks: tuple[str, ...]
    sender: str
    shown: Wording | None
    checks: list[Check]
    changed: bool


def editor(template: EmailTemplate | None, form: LetterForm, now: datetime) -> Editor:
    """Read in a fixed number of queries."""
    practice, wording = Practice.current(), form.wording
    readers = _readers(template, now)
    links = current_app.extensions["links"]
    if not form.person.raw_data and form.person.data is None and readers:
        form.person.data = readers[0].id
    person = db.session.get(Lead, form.person.data) if form.person.data else None
    return Editor(
        template=template,
        places=places().get(template.id, []) if template else [],
        readers=_told(len(readers)),
        examples=_examples(person),
        blanks=BLANKS_ON_SCREEN,
        sender=practice.sender_name or practice.name,
        shown=begun_from(wording, person, links, now, anonymous=answers_an_inquiry(template)),
        checks=look_over(wording, readers, links, now),
        changed=template is None or wording != template.current.wording,
    )


def places() -> dict[int, list[Place]]:
    """Which sequences send which text, by template."""
    found: dict[int, list[Place]] = {}
    for sequence in db.session.scalars(Sequence.in_order()):
        for number, step in enumerate(sequence.steps, 1):
            found.setdefault(step.template_id, []).append(Place(sequence, number))
    return found


def answers_an_inquiry(template: EmailTemplate | None) -> bool:
    """Whether it is the acknowledgement, which says nothing its reader typed (R12)."""
    if template is None:
        return False
    first = sa.select(Step.id).join(Sequence, Sequence.id == Step.sequence_id)
    at_once = (Step.at_once, Step.removed_at.is_(None), Sequence.trigger == Trigger.INQUIRY)
    return db.session.scalar(first.where(Step.template_id == template.id, *at_once).limit(1)) is not None


def _readers(template: EmailTemplate | None, now: datetime) -> list[Lead]:
    """The people it goes to in the next seven days, if nothing stops it."""
    if template is None:
        return []
    coming = [each.lead.id for each in agenda(now + WEEK).departures if each.template_id == template.id]
    leads = sa.select(Lead).where(Lead.id.in_(coming)).options(selectinload(Lead.bookings)).order_by(Lead.id)
    return list(db.session.scalars(leads))


def _told(readers: int) -> str:
    if readers == 0:
        return "Nobody gets it in the next 7 days."
    return f"{opening(people(readers))} will get it in the next 7 days."


def _examples(person: Lead | None) -> list[tuple[str, str]]:
    """Someone new, and the people who are in a sequence now, the latest first."""
    inside = sa.select(Enrollment.lead_id).where(Enrollment.state.in_(OPEN_ENROLLMENTS))
    latest = sa.select(Lead).where(Lead.id.in_(inside)).order_by(Lead.id.desc()).limit(EXAMPLES)
    leads = {lead.id: lead for lead in ([person] if person else [])}
    leads |= {lead.id: lead for lead in db.session.scalars(latest)}
    return [("", "Someone new"), *((str(each.id), each.name) for each in leads.values())]

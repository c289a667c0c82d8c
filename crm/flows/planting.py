"""The first day: the practice's row, its form, the texts and the sequences we ship. Twice is harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.flows.asking import Terms, make_form
from crm.flows.foresight import plan_of
from crm.models import EmailTemplate, InquiryForm, Practice, Sequence, Step
from crm.seeds.forms import CONSULTATION, FIRST
from crm.seeds.sequences import SEQUENCES
from crm.seeds.texts import TEMPLATES

if TYPE_CHECKING:
    from datetime import datetime

    from crm.seeds.sequences import SeedSequence


def plant(now: datetime) -> None:
    """Make what is missing. What the owner has changed since is left as it is."""
    if db.session.get(Practice, 1) is None:
        db.session.add(Practice(id=1, name="My practice", signer="Me"))
    if InquiryForm.at(FIRST) is None:
        make_form(Terms(CONSULTATION.headline, FIRST), CONSULTATION, now)
    for key, wording in TEMPLATES.items():
        if _template(key) is None:
            EmailTemplate.write(wording, now, key)
    db.session.flush()
    for seed in SEQUENCES:
        if db.session.scalar(sa.select(Sequence).where(Sequence.key == seed.key)) is None:
            _plant_sequence(seed, now)


def _plant_sequence(seed: SeedSequence, now: datetime) -> None:
    sequence = Sequence(
        key=seed.key, name=seed.name, trigger=seed.trigger, quiet_days=seed.quiet_days, created_at=now
    )
    db.session.add(sequence)
    for position, step in enumerate(seed.steps):
        template = _template(step.template_key)
        if template is None:
            raise LookupError(f"the sequence {seed.key} names an unknown text, {step.template_key}")
        sequence.steps.append(
            Step(
                template=template,
                position=position,
                wait_count=step.wait.count,
                wait_unit=step.wait.unit,
                at_once=step.at_once,
            )
        )
    db.session.flush()
    sequence.save_version(plan_of(sequence), now)


def _template(key: str) -> EmailTemplate | None:
    return db.session.scalar(sa.select(EmailTemplate).where(EmailTemplate.key == key))

"""How far a new practice has come, read from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import Event, EventKind, Practice
from crm.rules.first_steps import FirstStep, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm.rules.first_steps import Line


def outstanding() -> list[Line]:
    """The list of what a new practice does first; empty once all is done. One query at most."""
    said = Practice.current().first_steps
    return [] if set(FirstStep) <= set(said) else lines(set(_seen()), said)


def say_done(steps: set[FirstStep]) -> None:
    """The owner says that these are done, or that he does not want to be asked."""
    practice = Practice.current()
    practice.first_steps = sorted({*practice.first_steps, *steps})


def _seen() -> Iterator[FirstStep]:
    practice = Practice.current()
    if practice.office_address and practice.sender_address:
        yield FirstStep.PROFILE
    if practice.account_tested_at is not None:
        yield FirstStep.ACCOUNT
    if db.session.connection().execute(BY_FORM).first():
        yield FirstStep.FORM


BY_FORM = (
    sa.select(Event.id).where(Event.kind == EventKind.INQUIRY_RECEIVED, Event.account_id.is_(None)).limit(1)
)
"""Somebody has written through it."""

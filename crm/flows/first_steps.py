"""How far a new practice has come, read from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.models import Inquiry, Practice
from crm.rules.first_steps import FirstStep, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm.rules.first_steps import Line


def outstanding(*, by_form: bool) -> list[Line]:
    """The list of what a new practice does first; empty once all is done. `by_form`: as BY_FORM found it."""
    said = Practice.current().first_steps
    return [] if set(FirstStep) <= set(said) else lines(set(_seen(by_form=by_form)), said)


def say_done(steps: set[FirstStep]) -> None:
    """The owner says that these are done, or that he does not want to be asked."""
    practice = Practice.current()
    practice.first_steps = sorted({*practice.first_steps, *steps})


def _seen(*, by_form: bool) -> Iterator[FirstStep]:
    practice = Practice.current()
    if practice.office_address and practice.sender_address:
        yield FirstStep.PROFILE
    if practice.account_tested_at is not None:
        yield FirstStep.ACCOUNT
    if practice.second_step_since is not None:
        yield FirstStep.SECOND_STEP
    if by_form:
        yield FirstStep.FORM


BY_FORM = sa.exists().where(Inquiry.client_key > sa.literal_column("''"))
"""Somebody has written from somewhere; asked within a statement of the page.

Nothing sorts before an empty text, so whatever is not empty is one look into the index; by `!=` all entries
of those who came from nowhere are looked through. Of those whom the owner adds nobody knows where they were,
and a list of people that he brings in has no inquiries: by their events its whole story would be looked
through for each page.
"""

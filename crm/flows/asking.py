"""Making forms and saving them: a version for what they say, and a row for every sentence of consent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm.db import db
from crm.models import ConsentText, FormSlug, FormVersion, Inquiry, InquiryForm, Starts
from crm.rules.sheet_record import kept
from crm.rules.sheets import SLUG_LIMIT
from crm.seeds.forms import CONSULTATION, FIRST, KINDS, READY, Kind, consent_in

if TYPE_CHECKING:
    from datetime import datetime

    from crm.rules.sheets import Sheet

__all__ = ["CONSULTATION", "FIRST", "KINDS", "READY", "Kind", "consent_in"]


@dataclass(frozen=True)
class Terms:
    """What is true of whoever comes through a form, beside what it says. None: nobody in particular."""

    name: str
    slug: str
    found_us: str = ""
    account_id: int | None = None
    starts: Starts = Starts.USUAL
    sequence_id: int | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Traffic:
    """How many came through a form lately, and when the last one did."""

    lately: int
    last_at: datetime | None


def make_form(terms: Terms, sheet: Sheet, now: datetime, account_id: int | None = None) -> InquiryForm:
    """A new form, open at once."""
    form = InquiryForm(made_at=now)
    db.session.add(form)
    _put(form, terms)
    db.session.flush()
    form.move_to(terms.slug)
    _save_version(form, sheet, now, account_id)
    return form


def save_form(form: InquiryForm, terms: Terms, sheet: Sheet, now: datetime, account_id: int) -> None:
    """Every save is a version; the same once more makes none. Raises nothing of who saw which revision."""
    _put(form, terms)
    form.move_to(terms.slug)
    if form.current.record != kept(sheet):
        _save_version(form, sheet, now, account_id)
    form.revision += 1


def terms_of(form: InquiryForm) -> Terms:
    return Terms(
        form.name, form.slug, form.found_us, form.account_id, form.starts, form.sequence_id, tuple(form.hosts)
    )


def renamed(terms: Terms, name: str, slug: str) -> Terms:
    """The same for another form."""
    return replace(terms, name=name, slug=slug)


def is_free(slug: str, form_id: int | None) -> bool:
    """Whether a form may have this address: no other has it, nor ever had."""
    whose = db.session.scalar(sa.select(FormSlug.form_id).where(FormSlug.slug == slug))
    return whose is None or whose == form_id


def free_slug(wanted: str) -> str:
    """The first of couples, couples-2, couples-3 ... that is free, cut so that its number fits."""
    wanted = wanted[: SLUG_LIMIT - 5].rstrip("-")
    taken = set(db.session.scalars(sa.select(FormSlug.slug).where(FormSlug.slug.startswith(wanted))))
    numbers = range(2, len(taken) + 3)
    return next(each for each in (wanted, *(f"{wanted}-{n}" for n in numbers)) if each not in taken)


def traffic(since: datetime) -> dict[int, Traffic]:
    """By form, in one query."""
    lately = sa.func.sum(sa.case((Inquiry.received_at > since, 1), else_=0))
    rows = db.session.execute(
        sa.select(FormVersion.form_id, lately, sa.func.max(Inquiry.received_at))
        .join(Inquiry, Inquiry.form_version_id == FormVersion.id)
        .group_by(FormVersion.form_id)
    )
    return {form_id: Traffic(count, last_at) for form_id, count, last_at in rows}


def _put(form: InquiryForm, terms: Terms) -> None:
    form.name, form.slug, form.found_us = terms.name, terms.slug, terms.found_us
    form.account_id, form.starts, form.sequence_id = terms.account_id, terms.starts, terms.sequence_id
    form.hosts = list(terms.hosts)


def _save_version(form: InquiryForm, sheet: Sheet, now: datetime, account_id: int | None) -> None:
    version = FormVersion(
        number=len(form.versions) + 1,
        created_at=now,
        account_id=account_id,
        record=kept(sheet),
        notice=ConsentText.of(sheet.consent.notice, now),
        box=ConsentText.of(sheet.consent.box, now),
    )
    form.versions.append(version)
    form.current = version

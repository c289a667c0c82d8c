"""A note as it was sent through one of our forms: everything the transaction needs, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request

from crm.models import Starts
from crm.rules.intake import FormShown, Submission, TokenProblem
from crm.rules.proof import is_proof
from crm.rules.sheets import Ask
from crm.rules.zones import told_by_a_browser
from crm.web import came_by
from crm.web.clients import client_key, network_key
from crm.web.forms.checks import e164, zone_of
from crm.web.page_seen import page_seen
from crm.web.practice_face import Face

if TYPE_CHECKING:
    from datetime import datetime

    from crm.models import FormVersion, InquiryForm, Practice
    from crm.web.form_token import ReadToken
    from crm.web.forms.consultation import ConsultationForm
    from crm.web.shown_form import ShownForm


@dataclass(frozen=True)
class Door:
    """The form they came through, in plain values. `is_box`: what their page asked with, where it says."""

    shown: ShownForm
    as_shown: FormShown
    found_us: str
    notice_id: int
    box_id: int
    is_box: bool | None


def door_of(row: InquiryForm, version: FormVersion, shown: ShownForm, shown_at: datetime | None) -> Door:
    """Everything about it that the transaction needs, so that nothing is read once more there."""
    as_shown = FormShown(
        version_id=version.id,
        shown_at=shown_at,
        account_id=row.account_id,
        sequence_id=row.sequence_id if row.starts is Starts.CHOSEN else None,
        starts_nothing=row.starts is Starts.NOTHING,
        language=shown.sheet.language,
    )
    seen = page_seen(request.form.get("version", ""))
    is_box = seen.is_box if seen else None
    return Door(shown, as_shown, row.found_us, version.notice_id, version.box_id, is_box)


def submission_of(form: ConsultationForm, token: ReadToken, practice: Practice, door: Door) -> Submission:
    asks_first = door.shown.asks_first(practice) if door.is_box is None else door.is_box
    consent, usable = door.shown.sheet.consent, form.has_email
    came = came_by.told_with(form, practice)
    own_site = door.shown.is_home(Face.of(practice), request.headers.get("Origin", ""))
    return Submission(
        name=form.typed(Ask.NAME),
        email=form.typed(Ask.EMAIL) if usable else "",
        unusable_email="" if usable else form.typed(Ask.EMAIL),
        phone=e164(form.typed(Ask.PHONE)) or "",
        message=form.typed(Ask.MESSAGE),
        free_times=", ".join(form.chosen(Ask.FREE_TIMES)),
        found_us=form.typed(Ask.FOUND_US) or door.found_us or came.site,
        page=form.page.data or "",
        article=form.article.data or "",
        button=form.button.data or "",
        personal_only=bool(form.personal_only.data),
        agreed=bool(form.agreed.data) if asks_first else None,
        nonce=token.nonce,
        client_key=client_key(),
        network_key=network_key(),
        proof=is_proof(form.token.data or "", form.proof.data or "") if practice.asks_proof else None,
        honeypot=form.website.data or "",
        seconds_to_fill=token.age.total_seconds() if token.age is not None else None,
        token_problem=None if own_site and token.problem is TokenProblem.MISSING else token.problem,
        consent_wording=consent.box if asks_first else consent.notice,
        zone_name=told_by_a_browser(form.zone.data or ""),
        phones_zone=zone_of(form.typed(Ask.PHONE)),
        more=form.more,
        typed=form.typed_beside,
        touch=tuple(came.kept.items()),
        form=replace(door.as_shown, consent_id=door.box_id if asks_first else door.notice_id),
    )

"""Settings, Practice: its names, its place, its promise; notices to the owner; his list for a bad moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows.hours import fit_to_hours
from crm.models import Practice
from crm.rules.hours import wall_time
from crm.web.forms.settings import ChecklistForm, DailyNoteForm, PracticeForm
from crm.web.respond import done
from crm.web.settings_frame import saved, settings_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("practice", __name__, url_prefix="/practice")


@bp.get("")
def show() -> str:
    practice = Practice.current()
    return _page(practice, PracticeForm(obj=practice), ChecklistForm(obj=practice))


@bp.post("")
def update() -> Response | tuple[str, int]:
    """Another zone moves what is planned, because the hours mean other instants there."""
    form, practice = PracticeForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, form, ChecklistForm(obj=practice)), 422
    with transaction():
        practice = Practice.current()
        elsewhere = practice.zone_name != form.zone_name.data
        _fill(practice, form)
        db.session.flush()
        moved = fit_to_hours(clock.now()) if elsewhere else 0
    return done(saved(moved), to=url_for(".show"))


@bp.post("/notices")
def update_notices() -> Response:
    with transaction():
        practice = Practice.current()
        practice.notify_owner = "notify_owner" in request.form
        words = (
            "You get an email when someone writes." if practice.notify_owner else "No more notices by email."
        )
    return done(words, to=url_for(".show"))


@bp.post("/warnings")
def update_warnings() -> Response:
    with transaction():
        practice = Practice.current()
        practice.warns_of_promises = wanted = "warns_of_promises" in request.form
    words = (
        "You get a note before a promise to answer ends."
        if wanted
        else "No more notes before a promise ends."
    )
    return done(words, to=url_for(".show"))


@bp.post("/daily-note")
def update_daily_note() -> Response | tuple[str, int]:
    form, practice = DailyNoteForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, PracticeForm(obj=practice), ChecklistForm(obj=practice), form), 422
    with transaction():
        Practice.current().daily_note_at = at = form.daily_note_at.data
    words = (
        f"Your day comes by email at {wall_time(at)}, when somebody waits."
        if at
        else "No note of the day any more."
    )
    return done(words, to=url_for(".show"))


@bp.post("/checklist")
def update_checklist() -> Response | tuple[str, int]:
    form, practice = ChecklistForm(request.form), Practice.current()
    if not form.validate():
        return _page(practice, PracticeForm(obj=practice), form), 422
    with transaction():
        Practice.current().crisis_checklist = form.crisis_checklist.data
    return done("Saved. It stands beside every note to read first.", to=url_for(".show"))


def _fill(practice: Practice, form: PracticeForm) -> None:
    practice.name, practice.signer = form.name.data, form.signer.data
    practice.office_address, practice.locality = form.office_address.data, form.locality.data
    practice.zone_name, practice.promise = form.zone_name.data, form.promised


def _page(
    practice: Practice, form: PracticeForm, checklist: ChecklistForm, daily: DailyNoteForm | None = None
) -> str:
    daily = daily or DailyNoteForm(obj=practice)
    return settings_page("practice", practice, form=form, checklist=checklist, daily=daily)

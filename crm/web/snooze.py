"""Later: off Today until an evening, a morning or a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from crm import clock
from crm.db import transaction
from crm.flows import triage
from crm.models import Lead, Practice
from crm.rules import later
from crm.rules.telling import moment
from crm.web.access import account
from crm.web.dialogs import dialog, person_url
from crm.web.forms.acts import SnoozeForm
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("snooze", __name__)


@bp.get("/people/<int:lead_id>/snooze/new")
def new(lead_id: int) -> str:
    lead = get_or_404(Lead, lead_id)
    offers = later.offers(clock.now(), Practice.current().window)
    return dialog("snooze", lead, form=SnoozeForm(), offers=offers)


@bp.post("/people/<int:lead_id>/snooze")
def create(lead_id: int) -> Response | tuple[str, int]:
    now = clock.now()
    window = Practice.current().window
    until = later.until(request.form.get("until", ""), now, window)
    if until is None:
        return _refused(lead_id, later.offers(now, window))
    with transaction():
        lead = get_or_404(Lead, lead_id)
        undo = triage.snooze(lead, until, account().id, now)
        words = f"{lead.first_name} is back {moment(until, now, window.zone)}, or when they write."
    return done(words, to=person_url(lead), undo=undo)


def _refused(lead_id: int, offers: list[later.Offer]) -> tuple[str, int]:
    form = SnoozeForm(request.form)
    if form.validate():
        form.until.errors = ["Choose a day to come."]
    return dialog("snooze", get_or_404(Lead, lead_id), form=form, offers=offers), 422

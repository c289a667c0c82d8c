"""Somebody who had said stop asks to be written to again: only in their own words, written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from crm import clock
from crm.db import transaction
from crm.flows import consent
from crm.models import Lead
from crm.web.access import account
from crm.web.dialogs import dialog, person_url
from crm.web.forms.resubscription import ResubscriptionForm
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("resubscription", __name__)


@bp.get("/people/<int:lead_id>/resubscription/new")
def new(lead_id: int) -> str:
    return dialog("resubscription", get_or_404(Lead, lead_id), form=ResubscriptionForm())


@bp.post("/people/<int:lead_id>/resubscription")
def create(lead_id: int) -> Response | tuple[str, int]:
    """What stopped stays stopped; the owner may start something anew."""
    form = ResubscriptionForm(request.form)
    if not form.validate():
        return dialog("resubscription", get_or_404(Lead, lead_id), form=form), 422
    with transaction():
        lead = get_or_404(Lead, lead_id)
        was_stopped = consent.asked_again(lead, form.words.data, account(), clock.now())
        name = lead.first_name or "This person"
    told = f"It is written down. {name} may get follow-ups again, and none starts by itself."
    return done(told if was_stopped else f"{name} had stopped nothing.", to=person_url(lead))

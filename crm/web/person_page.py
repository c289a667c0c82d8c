"""A person's own page, by a private link in every email: say when a call suits, or that it no longer does."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request

from crm import clock
from crm.db import db, transaction
from crm.flows.correspondence import they_wrote
from crm.models import Lead, Practice, ReplyChannel, turns
from crm.web.forms.checks import tidy
from crm.web.forms.person_page import PersonPageForm
from crm.web.security import carries_its_own_token

bp = Blueprint("person_page", __name__)


@bp.get("/call/<token>")
def show(token: str) -> str:
    """Nothing changes by looking."""
    _lead(token)
    return _page(PersonPageForm())


@bp.post("/call/<token>")
@carries_its_own_token
def create(token: str) -> str | tuple[str, int]:
    """Their answer is a reply: follow-ups stop, and it waits on Today."""
    form = PersonPageForm(request.form)
    _lead(token)
    if not form.validate():
        return _page(form), 422
    with transaction():
        turns.take(_lead(token).id)
        they_wrote(_lead(token), form.in_words, ReplyChannel.PAGE, clock.now())
    return render_template("public/answered.html", practice=Practice.current(), answer=form.answer.data)


def _page(form: PersonPageForm) -> str:
    return render_template("public/person_page.html", practice=Practice.current(), form=form)


def _lead(token: str) -> Lead:
    lead = db.session.scalar(sa.select(Lead).where(Lead.page_token == tidy(token)))
    return lead or abort(404)

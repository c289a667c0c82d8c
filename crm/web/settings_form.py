"""Settings, Your forms: all of them, a new one, where the practice's site is, and how its forms ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import asking
from crm.models import FollowUpPolicy, InquiryForm, Practice
from crm.rules.framing import host_of
from crm.rules.telling import moment, things
from crm.web.access import account
from crm.web.forms.inquiry_forms import NewFormForm
from crm.web.forms.settings import FormForm
from crm.web.respond import done, go
from crm.web.settings_frame import settings_page

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from crm.flows.asking import Traffic
    from crm.links import Links
    from crm.rules.sheets import Sheet

bp = Blueprint("form", __name__, url_prefix="/form")
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """One form in the list: where it is, where it stands, and who came through it."""

    form: InquiryForm
    address: str
    stands: str
    came: str


@bp.get("")
def show() -> str:
    return _page(FormForm(obj=Practice.current()), NewFormForm())


@bp.post("")
def update() -> Response | tuple[str, int]:
    form = FormForm(request.form)
    if not form.validate():
        return _page(form, NewFormForm()), 422
    with transaction():
        practice = Practice.current()
        practice.website = form.site
        practice.follow_up_policy = FollowUpPolicy(form.follow_up_policy.data)
    return done("Saved. Your forms show it from now on.", to=url_for(".show"))


@bp.post("/new")
def create() -> Response | tuple[str, int]:
    """A form of its own from the first moment on, open at an address that is free."""
    new = _offered(NewFormForm(request.form))
    if not new.validate():
        return _page(FormForm(obj=Practice.current()), new), 422
    with transaction():
        terms, sheet = _begun(new)
        form = asking.make_form(terms, sheet, clock.now(), account().id)
        db.session.flush()
        form_id = form.id
    to = url_for("settings.form_editor.show", form_id=form_id)
    flash(f"“{new.name.data}” is open. Make it yours.", "message")
    return go(to)  # and not back to the list


def _begun(new: NewFormForm) -> tuple[asking.Terms, Sheet]:
    """What the new one begins with. A copy of a form is like it in everything but its address."""
    kind, _, key = new.start.data.partition("-")
    if kind == "kind":
        found = asking.KINDS[key]
        return asking.Terms(new.name.data, asking.free_slug(found.slug)), found.sheet
    model = db.session.get_one(InquiryForm, int(key))
    terms = asking.terms_of(model)
    slug = asking.free_slug(f"{terms.slug}-copy")
    return asking.renamed(terms, new.name.data, slug), model.current.sheet


def _page(form: FormForm, new: NewFormForm) -> str:
    practice, now = Practice.current(), clock.now()
    came = asking.traffic(now - LATELY)
    rows = [_row(each, came.get(each.id), practice, now) for each in db.session.scalars(InquiryForm.all())]
    return settings_page("form", practice, form=form, new=_offered(new, rows), rows=rows)


def _offered(new: NewFormForm, rows: list[Row] | None = None) -> NewFormForm:
    forms = [row.form for row in rows] if rows else db.session.scalars(InquiryForm.all())
    new.offer({each.id: each.name for each in forms})
    return new


def _row(form: InquiryForm, came: Traffic | None, practice: Practice, now: datetime) -> Row:
    links: Links = current_app.extensions["links"]
    sites = [host_of(each) for each in (practice.website, *form.hosts) if each]
    places = ", ".join(dict.fromkeys(sites))
    stands = f"May stand on {places}." if places else "Stands at its own address only."
    return Row(form, links.form(form.slug), stands, _came(came, practice, now))


def _came(came: Traffic | None, practice: Practice, now: datetime) -> str:
    if came is None or came.last_at is None:
        return "Nobody has written through it yet."
    last = moment(came.last_at, now, practice.zone)
    return f"{things(came.lately, 'inquiry', 'inquiries')} in 30 days, the last one {last}.".capitalize()

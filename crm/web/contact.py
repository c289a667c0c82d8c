"""Who someone is, edited in place; and someone new, written down by the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows.acquaintance import AlreadyKnown, Introduction, edit_contact, introduce
from crm.models import CallResult, Lead, Sequence, Trigger
from crm.rules.intake import NAME_LIMIT, clean_line
from crm.rules.telling import isolated, listed
from crm.web.access import account
from crm.web.contact_edits import BothChanged, as_shown, give_way, shown_in
from crm.web.dialogs import person_url
from crm.web.forms.people import CAME_BY, NO_SEQUENCE, ContactForm, NewPersonForm, WhoForm
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

bp = Blueprint("contact", __name__)

BY_HAND = (Trigger.BY_HAND, Trigger.ANSWERED, Trigger.INQUIRY)
"""What starts a sequence that also suits someone the owner adds himself."""


@bp.get("/people/<int:lead_id>/contact")
def edit(lead_id: int) -> str:
    """The form, with the address that was probably meant where the link names one."""
    lead = get_or_404(Lead, lead_id)
    form = ContactForm.of(lead)
    form.email.data = request.args.get("email") or lead.email or ""
    return _contact_page(lead, form)


@bp.post("/people/<int:lead_id>/contact")
def update(lead_id: int) -> Response | tuple[str, int]:
    """Correct it, unless the new address or number is somebody else's."""
    lead = get_or_404(Lead, lead_id)
    form, shown = ContactForm(request.form, obj=lead), shown_in(request.form)
    if not form.validate():
        return _contact_page(lead, form, shown), 422
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id, lock=True)
            give_way(form, shown, lead)
            changed = edit_contact(lead, form.contact, account(), clock.now())
            words = f"{lead.first_name}’s {listed(changed)} changed." if changed else "Nothing has changed."
    except BothChanged:
        return _contact_page(get_or_404(Lead, lead_id), form), 409
    except AlreadyKnown as known:
        return _contact_page(get_or_404(Lead, lead_id), form, shown, taken_by=known.lead.id), 422
    return done(words, to=url_for("person.show", lead_id=lead_id))


@bp.get("/people/new")
def new() -> str:
    """The form, with what was typed where somebody was sought in vain."""
    form = _new_form()
    for field in (form.name, form.email, form.phone):
        field.data = clean_line(request.args.get(field.name, ""), NAME_LIMIT)
    return _new_page(form)


@bp.post("/people")
def create() -> Response | tuple[str, int]:
    """Add someone. Nothing is sent unless a sequence was picked."""
    form = _new_form()
    if not form.validate():
        return _new_page(form), 422
    try:
        with transaction():
            lead = introduce(_introduction(form), account(), clock.now())
            words, to = f"{lead.first_name} is here now.{_what_goes(lead)}", person_url(lead)
    except AlreadyKnown as known:
        return _new_page(form, taken_by=known.lead.id), 422
    return done(words, to=to)


def _introduction(form: NewPersonForm) -> Introduction:
    return Introduction(
        contact=form.contact,
        note=form.note.data,
        call=CallResult(form.call.data) if form.call.data else None,
        sequence=get_or_404(Sequence, int(form.sequence.data)) if form.sequence.data else None,
    )


def _what_goes(lead: Lead) -> str:
    message = lead.enrollment.open_message if lead.enrollment else None
    return f" “{message.wording.subject}” is on its way." if message else " No email goes out."


def _new_form() -> NewPersonForm:
    form = NewPersonForm(request.form)
    form.sequence.choices = NO_SEQUENCE | {str(each.id): f"start “{each.name}”" for each in _sequences()}
    return form


def _sequences() -> list[Sequence]:
    running = sa.select(Sequence).where(Sequence.active, Sequence.trigger.in_(BY_HAND))
    return list(db.session.scalars(running.order_by(Sequence.id)))


def _contact_page(
    lead: Lead, form: ContactForm, shown: Mapping[str, str] | None = None, taken_by: int | None = None
) -> str:
    """`shown` is what the page held when it was opened; as they are now by default."""
    other, shown = _named(form, taken_by), shown or as_shown(lead)
    return render_template("people/contact.html", lead=lead, form=form, other=other, shown=shown)


def _new_page(form: NewPersonForm, taken_by: int | None = None) -> str:
    return render_template("people/new.html", form=form, came_by=CAME_BY, other=_named(form, taken_by))


def _named(form: WhoForm, taken_by: int | None) -> Lead | None:
    """Whose address or number it is, said at the field in question."""
    other = db.session.get(Lead, taken_by) if taken_by else None
    if other is not None:
        field = form.email if form.email.data else form.phone
        field.errors = [
            *field.errors,
            f"That is how you reach {isolated(other.name) or 'someone else'} already.",
        ]
    return other

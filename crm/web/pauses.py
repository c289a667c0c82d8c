"""Pausing, resuming, letting continue and starting a person's follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, request
from wtforms.fields.choices import SelectChoice

from crm import clock
from crm.db import db, transaction
from crm.flows import steering
from crm.flows.outlook import outlook
from crm.models import Lead, Practice, Sequence, Trigger
from crm.rules.sending import MessageKind
from crm.rules.telling import listed, moment, on_day
from crm.web.access import account
from crm.web.dialogs import dialog, person_url
from crm.web.forms.acts import EnrollmentForm, ReassuranceForm
from crm.web.respond import done, get_or_404

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("pauses", __name__)


@bp.post("/people/<int:lead_id>/pause")
def create_pause(lead_id: int) -> Response:
    with transaction():
        lead = get_or_404(Lead, lead_id)
        if lead.enrollment is None:
            return done(f"{lead.first_name} has no follow-ups to pause.", to=person_url(lead))
        undo = steering.pause(lead, account().id, clock.now())
        words = f"Nothing goes to {lead.first_name} until you turn it back on."
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/people/<int:lead_id>/resumption")
def create_resumption(lead_id: int) -> Response:
    with transaction():
        lead = get_or_404(Lead, lead_id)
        undo = steering.resume(lead, account().id, clock.now())
        words = f"{lead.first_name}’s follow-ups are on again.{_what_goes(lead)}"
    return done(words, to=person_url(lead), undo=undo)


@bp.get("/people/<int:lead_id>/reassurance/new")
def new_reassurance(lead_id: int) -> str:
    lead = get_or_404(Lead, lead_id)
    return dialog("reassurance", lead, form=ReassuranceForm(heard=_heard(lead)))


@bp.post("/people/<int:lead_id>/reassurance")
def create_reassurance(lead_id: int) -> Response | tuple[str, int]:
    """It is written down who did what: they are like everybody else again. Not if they wrote meanwhile."""
    form = ReassuranceForm(request.form)
    if not form.validate():
        return dialog("reassurance", get_or_404(Lead, lead_id), form=form), 422
    with transaction():
        lead = get_or_404(Lead, lead_id, lock=True)
        has_read_all = form.heard.data == _heard(lead)
        settle = steering.let_continue if form.goes_on.data else steering.hold_on
        undo = settle(lead, form.taken, account().id, clock.now()) if has_read_all else None
        words = f"{lead.first_name} is no longer marked to be read first.{_what_happens_next(lead, form)}"
    if not has_read_all:
        form.heard.data = _heard(get_or_404(Lead, lead_id))
        return dialog("reassurance", get_or_404(Lead, lead_id), form=form, wrote_again=True), 409
    return done(words, to=person_url(lead), undo=undo)


def _what_happens_next(lead: Lead, form: ReassuranceForm) -> str:
    if not lead.enrollment:
        return ""
    if form.goes_on.data:
        return f" The follow-ups continue.{_what_goes(lead)}"
    return " The follow-ups stay on hold until you press Resume."


def _heard(lead: Lead) -> str:
    """Up to when they had written when the form was opened."""
    return lead.heard_at.isoformat() if lead.heard_at else ""


@bp.get("/people/<int:lead_id>/enrollment/new")
def new_enrollment(lead_id: int) -> str:
    return _pick(get_or_404(Lead, lead_id), _form())


@bp.post("/people/<int:lead_id>/enrollment")
def create_enrollment(lead_id: int) -> Response | tuple[str, int]:
    form, now = _form(), clock.now()
    if not form.validate():
        return _pick(get_or_404(Lead, lead_id), form), 422
    with transaction():
        lead = get_or_404(Lead, lead_id)
        sequence = get_or_404(Sequence, form.sequence.data)
        box = outlook(lead, now)
        undo = steering.start(lead, sequence, account().id, now) if steering.may_start(box) else None
        words = f"“{sequence.name}” has begun.{_what_goes(lead)}" if undo else box.text
    return done(words, to=person_url(lead), undo=undo)


def _form() -> EnrollmentForm:
    form = EnrollmentForm(request.form)
    form.sequence.choices = [SelectChoice(each.id, each.name) for each in startable()]
    return form


def _pick(lead: Lead, form: EnrollmentForm) -> str:
    box = outlook(lead, clock.now())
    return dialog("enrollment", lead, form=form, box=box, may_start=steering.may_start(box), had=_had(lead))


def _had(lead: Lead) -> str:
    """Maya had “I got your note” on March 2 and “The door stays open” on March 5 already."""
    now, zone = clock.now(), Practice.current().zone
    sent = [(m.sent_subject, m.sent_at) for m in lead.messages if m.kind is MessageKind.STEP]
    emails = [f"“{subject}” {on_day(sent_at, now, zone)}" for subject, sent_at in sent if sent_at]
    return f"{lead.first_name} had {listed(emails)} already." if emails else ""


def startable() -> list[Sequence]:
    """Those that run, but for the letter of a referral, which goes with a referral only."""
    running = sa.select(Sequence).where(Sequence.active, Sequence.trigger != Trigger.REFERRED_OUT)
    return list(db.session.scalars(running.order_by(Sequence.id)))


def _what_goes(lead: Lead) -> str:
    message = lead.enrollment.open_message if lead.enrollment else None
    if message is None:
        return ""
    goes = moment(message.due_at, clock.now(), Practice.current().zone)
    how = "waits for your yes, and is due" if message.is_draft else "goes"
    return f" “{message.wording.subject}” {how} {goes}."

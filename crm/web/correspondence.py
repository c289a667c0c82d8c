"""The owner writes to a person, notes something down or logs a call; what he types is kept as he types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from crm import clock
from crm.db import transaction
from crm.flows import correspondence
from crm.flows.correspondence import OwnLetter
from crm.models import CallResult, Draft, DraftKind, Lead, Practice, Undo
from crm.rules.telling import moment
from crm.rules.wording import Wording
from crm.web import person
from crm.web.access import account
from crm.web.composer import Typed
from crm.web.dialogs import and_stopped, dialog, person_url
from crm.web.forms.correspondence import KEEP, CallForm, DraftForm, NoteForm, ReplyForm
from crm.web.meanwhile import Meanwhile, nobody_was_first
from crm.web.respond import done, get_or_404, in_dialog

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse
    from wtforms import Form

bp = Blueprint("correspondence", __name__)


@bp.post("/people/<int:lead_id>/replies")
def create_reply(lead_id: int) -> AnyResponse | tuple[str, int]:
    """Send a letter; it leaves after the time for second thoughts."""
    form = ReplyForm(request.form)
    if not form.validate():
        return _refused(lead_id, DraftKind.REPLY, form)
    try:
        with transaction():
            lead = get_or_404(Lead, lead_id, lock=True)
            nobody_was_first(lead)
            wording = Wording(form.subject.data or correspondence.subject_for(lead), "", form.words.data)
            form.words.errors = correspondence.obstacles(lead, wording)
            undo = None if form.words.errors else _send(lead, wording, form)
            words = _sent_words(lead)
    except Meanwhile as told:
        return person.page(lead_id, _typed(DraftKind.REPLY, form, told.words)), 409
    if undo is None:
        return _refused(lead_id, DraftKind.REPLY, form)
    return done(words, to=person_url(lead), undo=undo)


@bp.get("/people/<int:lead_id>/notes/new")
def new_note(lead_id: int) -> str:
    return dialog("note", get_or_404(Lead, lead_id), form=NoteForm())


@bp.post("/people/<int:lead_id>/notes")
def create_note(lead_id: int) -> AnyResponse | tuple[str, int]:
    form = NoteForm(request.form)
    if not form.validate():
        return _refused(lead_id, DraftKind.NOTE, form)
    now, me = clock.now(), account()
    with transaction():
        lead = get_or_404(Lead, lead_id)
        correspondence.add_note(lead, form.words.data, me, now)
        Draft.forget(me.id, lead_id, DraftKind.NOTE)
    return done("The note is kept. They never see it.", to=person_url(lead))


@bp.get("/people/<int:lead_id>/calls/new")
def new_call(lead_id: int) -> str:
    return dialog("call", get_or_404(Lead, lead_id), form=CallForm())


@bp.post("/people/<int:lead_id>/calls")
def create_call(lead_id: int) -> AnyResponse | tuple[str, int]:
    """A call he made is an answer: what ran for them stops, unless its sequence goes on."""
    form = CallForm(request.form)
    if not form.validate():
        return _refused(lead_id, DraftKind.CALL, form)
    now, me = clock.now(), account()
    with transaction():
        lead = get_or_404(Lead, lead_id)
        ran = lead.enrollment is not None
        undo = correspondence.log_call(lead, CallResult(form.result.data), form.words.data, me, now)
        Draft.forget(me.id, lead_id, DraftKind.CALL)
        words = f"Your call to {lead.first_name} is noted.{and_stopped(ran=ran and lead.enrollment is None)}"
    return done(words, to=person_url(lead), undo=undo)


@bp.post("/people/<int:lead_id>/draft")
def create_draft(lead_id: int) -> Response:
    """Keep what is being typed. An empty text forgets what was kept."""
    form = DraftForm(request.form)
    if not form.validate():
        return Response(status=422)
    now, me = clock.now(), account()
    with transaction():
        get_or_404(Lead, lead_id, lock=True)
        Draft.keep(
            Draft(
                account_id=me.id,
                lead_id=lead_id,
                kind=DraftKind(form.kind.data),
                subject=form.subject.data,
                text=form.words.data,
                saved_at=now,
            )
        )
    return Response(status=204)


def _send(lead: Lead, wording: Wording, form: ReplyForm) -> Undo:
    me = account()
    letter = OwnLetter(wording, form.after.data == KEEP, form.key.data or "")
    Draft.forget(me.id, lead.id, DraftKind.REPLY)
    return correspondence.answer(lead, letter, me, clock.now())


def _sent_words(lead: Lead) -> str:
    """What happened, and what goes if they stay silent."""
    sent = f"Sent to {lead.first_name}."
    message = lead.enrollment.open_message if lead.enrollment else None
    if message:
        goes = moment(message.due_at, clock.now(), Practice.current().zone)
        return f"{sent} If no answer comes, “{message.wording.subject}” goes {goes}."
    return f"{sent} No follow-ups go out."


def _refused(lead_id: int, kind: DraftKind, form: Form) -> tuple[str, int]:
    """The form again with what was typed: in its dialog, or in the composer of the person's page."""
    if in_dialog():
        return dialog(str(kind), get_or_404(Lead, lead_id), form=form), 422
    return person.page(lead_id, _typed(kind, form)), 422


def _typed(kind: DraftKind, form: Form, told: str = "") -> Typed:
    data = {name: value or "" for name, value in form.data.items()}
    errors = {name: errors[0] for name, errors in form.errors.items()}
    return Typed(kind, **data, errors=errors, told=told)

"""Making a sequence, and calling it something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from wtforms.fields.choices import SelectChoice

from crm import clock
from crm.db import db, transaction
from crm.flows import sequences
from crm.flows.sequences import NameTaken, NewSequence
from crm.models import EmailTemplate, Sequence, Trigger
from crm.web.access import account
from crm.web.forms.picks import picks
from crm.web.forms.sequences import RIGHT_AWAY, NameForm, NewSequenceForm
from crm.web.respond import done, get_or_404
from crm.web.sequence_words import TRIGGER_WORDS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("sequence_names", __name__, url_prefix="/follow-ups/sequences")

TAKEN = "There is a sequence of that name already."


@bp.get("/new")
def new() -> str:
    return _page(_new_form())


@bp.post("")
def create() -> Response | tuple[str, int]:
    """Off at first: the rest of its emails come before the first person does."""
    form = _new_form()
    if not form.validate():
        return _page(form), 422
    begun = NewSequence(
        form.name.data, Trigger(form.trigger.data), form.email.data, form.first.data == RIGHT_AWAY
    )
    try:
        with transaction():
            sequence_id = sequences.create(begun, account().id, clock.now()).id
    except NameTaken:
        form.name.errors = [TAKEN]
        return _page(form), 422
    words = f"“{begun.name}” is there, and off. Add what follows, then turn it on."
    return done(words, to=url_for("sequences.show", sequence_id=sequence_id))


@bp.get("/<int:sequence_id>/name")
def edit(sequence_id: int) -> str:
    sequence = get_or_404(Sequence, sequence_id)
    return _name_page(sequence, NameForm(name=sequence.name))


@bp.post("/<int:sequence_id>/name")
def update(sequence_id: int) -> Response | tuple[str, int]:
    form = NameForm(request.form)
    if not form.validate():
        return _name_page(get_or_404(Sequence, sequence_id), form), 422
    try:
        with transaction():
            sequences.rename(get_or_404(Sequence, sequence_id, lock=True), form.name.data)
    except NameTaken:
        form.name.errors = [TAKEN]
        return _name_page(get_or_404(Sequence, sequence_id), form), 422
    return done(
        f"It is called “{form.name.data}” now.", to=url_for("sequences.show", sequence_id=sequence_id)
    )


def _new_form() -> NewSequenceForm:
    form = NewSequenceForm(request.form)
    form.trigger.choices = picks({trigger: words.starts for trigger, words in TRIGGER_WORDS.items()})
    texts = db.session.scalars(EmailTemplate.in_use()).all()
    form.email.choices = [SelectChoice(text.id, text.name) for text in texts]
    return form


def _page(form: NewSequenceForm) -> str:
    return render_template("follow_ups/new_sequence.html", form=form)


def _name_page(sequence: Sequence, form: NameForm) -> str:
    return render_template("follow_ups/name.html", sequence=sequence, form=form)

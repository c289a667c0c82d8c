"""The texts the practice sends: writing them, seeing them as someone would, their versions, a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import proofs
from crm.flows.checking import preview_or_objections
from crm.models import EmailTemplate, Lead
from crm.rules.wording import Wording
from crm.web.access import account
from crm.web.email_page import answers_an_inquiry, editor, places
from crm.web.forms.emails import LetterForm
from crm.web.framed import framed
from crm.web.respond import asked_by_htmx, done, get_or_404

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("emails", __name__, url_prefix="/follow-ups/emails")

SAVED_MEANWHILE = (
    "It was saved in another window meanwhile. Your words are still here: save again to keep them."
)


@bp.get("")
def index() -> str:
    return render_template(
        "follow_ups/emails.html",
        templates=db.session.scalars(EmailTemplate.in_use()).all(),
        archived=db.session.scalars(EmailTemplate.archived()).all(),
        used_in=places(),
    )


@bp.get("/new")
def new() -> str:
    return _page(None, LetterForm(body="Hi {first name},\n\n\n\nWarmly,\n{my name}\n"))


@bp.post("")
def create() -> Response | tuple[str, int]:
    form = LetterForm(request.form)
    if not form.holds_together():
        return _page(None, form), 422
    with transaction():
        template = EmailTemplate.write(form.wording, clock.now())
        db.session.flush()
        template_id = template.id
    return done("Saved. Put it into a sequence, or start a reply from it.", to=_address(template_id))


@bp.get("/<int:template_id>")
def show(template_id: int) -> str:
    template = get_or_404(EmailTemplate, template_id)
    wording, person = template.current.wording, request.args.get("person", type=int)
    form = LetterForm(**_as_fields(wording), person=person)
    return _page(template, form)


@bp.post("/<int:template_id>")
def update(template_id: int) -> Response | tuple[str, int]:
    """Every save is a version; what was sent keeps its own."""
    form = LetterForm(request.form)
    with transaction():
        template = get_or_404(EmailTemplate, template_id, lock=True)
        if not form.holds_together():
            return _page(template, form), 422
        if form.seen.data != str(template.current.number):
            form.seen.data = ""
            return _page(template, form, SAVED_MEANWHILE), 409
        template.save_version(form.wording, clock.now(), account().id)
    return done("Saved. From now on it goes out like this.", to=_address(template_id))


@bp.post("/preview")
def create_preview() -> FlaskResponse:
    """The real letter for the frame beside the text, from what is typed now. Nothing is kept."""
    form = LetterForm(request.form)
    template = db.session.get(EmailTemplate, form.template.data or 0)
    return _letter(form.wording, template, form.person.data, request.form.get("shape", ""))


@bp.post("/checks")
def create_checks() -> str:
    """What is said round the preview: subject and preview line, the checks, whether it is saved."""
    form = LetterForm(request.form)
    template = db.session.get(EmailTemplate, form.template.data or 0)
    form.holds_together()
    page = editor(template, form, clock.now())
    return render_template("follow_ups/_reading.html", page=page, form=form, apart=True)


@bp.get("/<int:template_id>/letter")
def show_letter(template_id: int) -> FlaskResponse:
    """The saved letter, for a frame."""
    template = get_or_404(EmailTemplate, template_id)
    return _letter(template.current.wording, template, request.args.get("person", type=int), "")


@bp.post("/<int:template_id>/test")
def create_test(template_id: int) -> str | tuple[str, int]:
    """What is typed now, saved or not, to whoever is signed in."""
    form = LetterForm(request.form)
    fine = form.holds_together()
    with transaction():
        template = get_or_404(EmailTemplate, template_id)
        if fine:
            proofs.send_test(form.wording, account(), clock.now())
    wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
    flash(f"A test goes to {account().email} now." if fine else f"It can’t be sent yet. {wrong}", "message")
    if asked_by_htmx():
        return render_template("_around.html")
    return _page(template, form), 200 if fine else 422


@bp.get("/<int:template_id>/versions")
def versions(template_id: int) -> str:
    template = get_or_404(EmailTemplate, template_id)
    return render_template("follow_ups/versions.html", template=template)


@bp.post("/<int:template_id>/versions/<int:number>/restoration")
def create_restoration(template_id: int, number: int) -> Response:
    """An earlier version becomes the newest again; none is lost."""
    with transaction():
        template = get_or_404(EmailTemplate, template_id, lock=True)
        version = template.version(number) or abort(404)
        template.save_version(version.wording, clock.now(), account().id)
    return redirect(_said(f"Version {number} is back, as the newest.", _address(template_id)), 303)


@bp.post("/<int:template_id>/archival")
def create_archival(template_id: int) -> Response:
    """Out of the list, unless a sequence still sends it."""
    with transaction():
        template = get_or_404(EmailTemplate, template_id, lock=True)
        used = places().get(template_id)
        if not used:
            template.archive(clock.now())
        name = template.name
    if used:
        return done(f"“{name}” is {used[0].words}. Take it out there first.", to=_address(template_id))
    flash(f"“{name}” is archived.", url_for(".create_revival", template_id=template_id))
    return redirect(url_for(".index"), 303)


@bp.post("/<int:template_id>/revival")
def create_revival(template_id: int) -> Response:
    with transaction():
        template = get_or_404(EmailTemplate, template_id, lock=True)
        template.unarchive()
        words = f"“{template.name}” is back."
    return redirect(_said(words, _address(template_id)), 303)


def _letter(
    wording: Wording, template: EmailTemplate | None, person: int | None, shape: str
) -> FlaskResponse:
    """One letter in a frame: as mail readers show it, or with the shape "text" its other half."""
    lead = db.session.get(Lead, person) if person else None
    links, anonymous = current_app.extensions["links"], answers_an_inquiry(template)
    found = preview_or_objections(wording, lead, links, clock.now(), anonymous=anonymous)
    if isinstance(found, list):
        return framed(render_template("follow_ups/letter_text.html", problems=found))
    if shape == "text":
        return framed(render_template("follow_ups/letter_text.html", text=found.text))
    return framed(found.html)


def _page(template: EmailTemplate | None, form: LetterForm, trouble: str | None = None) -> str:
    page = editor(template, form, clock.now())
    form.seen.data = form.seen.data or (str(template.current.number) if template else "")
    return render_template("follow_ups/email.html", page=page, form=form, trouble=trouble)


def _as_fields(wording: Wording) -> dict[str, str]:
    return {"subject": wording.subject, "preview": wording.preview, "body": wording.body}


def _address(template_id: int) -> str:
    return url_for(".show", template_id=template_id)


def _said(words: str, to: str) -> str:
    flash(words, "message")
    return to

"""The editor of one form: its questions and words, seen as strangers see them, and its earlier versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import asking
from crm.models import Account, InquiryForm, Practice, Sequence, Trigger
from crm.rules.sheets import QUESTIONS_AT_MOST, Sheet
from crm.web.access import account
from crm.web.forms.consultation import form_of
from crm.web.forms.inquiry_forms import SheetForm, fields_of, fields_of_sheet
from crm.web.framed import framed_page
from crm.web.practice_face import Face
from crm.web.respond import get_or_404, go
from crm.web.sheet_editor import ADDABLE, editor
from crm.web.shown_form import ShownForm

if TYPE_CHECKING:
    from flask import Response as FlaskResponse
    from werkzeug.wrappers import Response

bp = Blueprint("form_editor", __name__, url_prefix="/form/<int:form_id>")

SAVED_MEANWHILE = (
    "It was saved in another window meanwhile. Your words are still here: save again to keep them."
)
TAKEN = "Another form has this address, or had it before. Choose another."


@bp.get("")
def show(form_id: int) -> str:
    """The form as it is; with `version`, an earlier one as a change that is not saved yet."""
    row = get_or_404(InquiryForm, form_id)
    number = request.args.get("version", type=int)
    version = row.current if number is None else row.version(number) or abort(404)
    return _draft(row, fields_of(asking.terms_of(row), version.sheet, str(row.revision)))


@bp.post("")
def update(form_id: int) -> Response | tuple[str, int]:
    """Every save is a version; what people sent keeps its own."""
    with transaction():
        row = get_or_404(InquiryForm, form_id, lock=True)
        form = _offered(SheetForm(request.form), row)
        if not _is_fine(form, row):
            return _page(row, form), 422
        if form.seen.data != str(row.revision):
            form.seen.data = str(row.revision)
            return _page(row, form, trouble=SAVED_MEANWHILE), 409
        asking.save_form(row, form.terms, form.sheet, clock.now(), account().id)
    flash("Saved. Whoever opens it from now on sees it like this.", "message")
    return go(url_for(".show", form_id=form_id))  # and not back to an earlier version


@bp.post("/draft")
def create_draft(form_id: int) -> str:
    """The form with one more change: a question moved, taken out or added. Nothing is saved."""
    row, form = get_or_404(InquiryForm, form_id), SheetForm(request.form)
    sheet, said, focus = _changed(form.sheet, row)
    typed = {name: value for name, value in form.data.items() if name != "questions"}
    return _draft(row, typed | {"questions": fields_of_sheet(sheet)["questions"]}, said, focus)


@bp.post("/preview")
def create_preview(form_id: int) -> FlaskResponse:
    """The public page for the frame beside the fields, from what is typed now. Nothing is kept."""
    row = get_or_404(InquiryForm, form_id)
    return _look(row, SheetForm(request.form).sheet)


@bp.get("/look")
def look(form_id: int) -> FlaskResponse:
    """The saved page, for a frame."""
    row = get_or_404(InquiryForm, form_id)
    return _look(row, row.current.sheet)


@bp.get("/versions")
def versions(form_id: int) -> str:
    row = get_or_404(InquiryForm, form_id)
    return render_template("settings/form_versions.html", row=row, versions=row.versions[::-1])


def _is_fine(form: SheetForm, row: InquiryForm) -> bool:
    """Whether it can be saved. What is wrong stands beside the field it is wrong in."""
    is_fine = form.validate()
    if not form.slug.errors and not asking.is_free(form.slug.data or "", row.id):
        form.slug.errors, is_fine = [TAKEN], False
    return is_fine


def _changed(sheet: Sheet, row: InquiryForm) -> tuple[Sheet, str, str]:
    """What the pressed button does (up-2, down-2, out-2, numbers from 1, or add), in words, and what is next.

    The last is the id of the control that the focus goes to.
    """
    verb, _, number = request.form.get("do", "").partition("-")
    at = int(number) - 1 if number.isdecimal() and len(number) < 3 else -1
    if verb == "add":
        return _added(sheet, row)
    if not 0 <= at < len(sheet.questions):
        return sheet, "", ""
    label, count = sheet.questions[at].label or "The question", len(sheet.questions)
    if verb == "out":
        return sheet.without(at), f"“{label}” is taken out. Saving makes it so.", "added"
    if verb not in ("up", "down"):
        return sheet, "", ""
    to = max(0, min(count - 1, at + (-1 if verb == "up" else 1)))
    turned = {0: "down", count - 1: "up"}.get(to, verb)
    return sheet.moved(at, to - at), f"“{label}” is now {to + 1} of {count}.", f"{turned}-{to + 1}"


def _added(sheet: Sheet, row: InquiryForm) -> tuple[Sheet, str, str]:
    question = ADDABLE.get(request.form.get("added", ""))
    if question is None:
        return sheet, "", ""
    longer = sheet.with_question(question, row.own_keys)
    if longer is sheet:
        full = len(sheet.questions) >= QUESTIONS_AT_MOST
        return sheet, f"Up to {QUESTIONS_AT_MOST} questions." if full else "It is asked already.", "added"
    return longer, f"“{question.label}” is added at the end.", f"questions-{len(sheet.questions)}-label"


def _look(row: InquiryForm, sheet: Sheet) -> FlaskResponse:
    """The very template of the public page. Nothing in it can be sent."""
    practice, shown = Practice.current(), ShownForm(sheet, row.slug, number=row.current.number)
    page = render_template(
        "public/consultation.html",
        practice=Face.of(practice),
        shown=shown,
        form=form_of(sheet)(),
        asks_first=shown.asks_first(practice),
        promise=shown.words.promises[practice.promise],
        button_words=shown.button_words(practice.signer),
        still=True,
    )
    return framed_page(page)


def _draft(row: InquiryForm, fields: dict[str, object], said: str = "", focus: str = "") -> str:
    return _page(row, _offered(SheetForm(data=fields), row), said=said, focus=focus)


def _page(row: InquiryForm, form: SheetForm, trouble: str = "", said: str = "", focus: str = "") -> str:
    page = editor(row, form, clock.now())
    return render_template(
        "settings/form_editor.html", row=row, form=form, page=page, trouble=trouble, said=said, focus=focus
    )


def _offered(form: SheetForm, row: InquiryForm) -> SheetForm:
    starts = (Sequence.trigger == Trigger.INQUIRY, Sequence.active | (Sequence.id == row.sequence_id))
    form.offer(_names(Account), _names(Sequence, *starts))
    return form


def _names(model: type[Account | Sequence], *which: sa.ColumnElement[bool]) -> dict[int, str]:
    rows = db.session.execute(sa.select(model.id, model.name).where(*which).order_by(model.name))
    return {found.id: found.name for found in rows}

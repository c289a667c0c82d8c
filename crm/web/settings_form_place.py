"""One form on a website: what to copy, and whether it is open, rests, or is put away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import transaction
from crm.flows.asking import FIRST
from crm.models import InquiryForm, Practice
from crm.web.forms.inquiry_forms import PauseForm
from crm.web.page_seen import PageSeen
from crm.web.practice_face import Face
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_subpage
from crm.web.shown_form import ShownForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.links import Links

bp = Blueprint("form_place", __name__, url_prefix="/form/<int:form_id>")


@dataclass(frozen=True)
class Copied:
    """What there is to copy: its address, two lines with a script, a frame alone, and plain HTML."""

    address: str
    snippet: str
    frame: str
    plain: str


@bp.get("/site")
def show(form_id: int) -> str:
    row, practice = get_or_404(InquiryForm, form_id), Practice.current()
    sites = ShownForm(row.current.sheet, row.slug, tuple(row.hosts)).framed_by(Face.of(practice)).split()[1:]
    return settings_subpage(
        "form_site", "form", practice, row=row, copied=_copied(row, practice), sites=sites
    )


@bp.get("/pause")
def new_pause(form_id: int) -> str:
    row = get_or_404(InquiryForm, form_id)
    return _pause_page(row, PauseForm(obj=row))


@bp.post("/pause")
def create_pause(form_id: int) -> Response | tuple[str, int]:
    form, row = PauseForm(request.form), get_or_404(InquiryForm, form_id)
    if not form.validate():
        return _pause_page(row, form), 422
    with transaction():
        row = get_or_404(InquiryForm, form_id, lock=True)
        row.pause(form.pause_words.data or "", clock.now())
        words = f"“{row.name}” rests. Its page says how else to reach you."
    flash(words, url_for(".create_return", form_id=form_id))
    return redirect(url_for("settings.form.show"), 303)


@bp.post("/return")
def create_return(form_id: int) -> Response:
    """Open again, whether it rested or was put away."""
    with transaction():
        row = get_or_404(InquiryForm, form_id, lock=True)
        row.reopen()
        name = row.name
    return done(f"“{name}” is open again.", to=url_for("settings.form.show"))


@bp.post("/archival")
def create_archival(form_id: int) -> Response:
    with transaction():
        row = get_or_404(InquiryForm, form_id, lock=True)
        row.archive(clock.now())
        words = f"“{row.name}” is put away. What came through it stays with each person."
    flash(words, url_for(".create_return", form_id=form_id))
    return redirect(url_for("settings.form.show"), 303)


def _pause_page(row: InquiryForm, form: PauseForm) -> str:
    return settings_subpage("form_pause", "form", Practice.current(), row=row, form=form)


def _copied(row: InquiryForm, practice: Practice) -> Copied:
    links: Links = current_app.extensions["links"]
    sheet, address = row.current.sheet, links.form(row.slug)
    shown = ShownForm(sheet, row.slug, number=row.current.number)
    asks_first = shown.asks_first(practice)
    plain = render_template(
        "settings/plain_form.html",
        address=address,
        shown=shown,
        asks_first=asks_first,
        version=str(PageSeen(shown.number, asks_first)),
        button_words=shown.button_words(practice.signer),
    )
    return Copied(
        address=address,
        snippet=render_template(
            "settings/embed_code.html",
            script=f"{links.base_url}{url_for('static', filename='embed.js')}",
            which="" if row.slug == FIRST else row.slug,
            address=address,
            headline=sheet.headline,
        ).strip(),
        frame=render_template("settings/frame_code.html", address=address, headline=sheet.headline).strip(),
        plain=plain,
    )

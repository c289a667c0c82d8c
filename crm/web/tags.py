"""The tags there are: renamed, merged and deleted for everybody who has them, with Undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import tagging
from crm.flows.tagging import NameTaken
from crm.models import Tag
from crm.web.forms.saved_views import NameForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("tags", __name__, url_prefix="/people/tags")

TAKEN = "There is a tag of that name. Merge this one into it instead."


@bp.get("")
def index() -> str:
    return render_template("people/tags/index.html", tags=tagging.counted())


@bp.get("/<int:tag_id>")
def show(tag_id: int) -> str:
    tag = _tag(tag_id)
    return _page(tag, NameForm(name=tag.name))


@bp.post("/<int:tag_id>/name")
def rename(tag_id: int) -> Response | tuple[str, int]:
    form = NameForm(request.form)
    if not form.validate():
        return _page(_tag(tag_id), form), 422
    try:
        with transaction():
            tagging.rename(_tag(tag_id), form.name.data, clock.now())
    except NameTaken:
        form.name.errors = [TAKEN]
        return _page(_tag(tag_id), form), 422
    return _done(f"It is called “{form.name.data}” now.", tag_id)


@bp.post("/<int:tag_id>/merger")
def merge(tag_id: int) -> Response:
    """Into another; whoever has the one has the other."""
    with transaction():
        tag, into = _tag(tag_id), _tag(request.form.get("into", 0, type=int))
        if tag is into:
            abort(400)
        tagging.merge(tag, into, clock.now())
        words = f"“{tag.name}” is “{into.name}” now, for everybody who had it."
    return _done(words, tag_id)


@bp.post("/<int:tag_id>/removal")
def remove(tag_id: int) -> Response:
    with transaction():
        tag = _tag(tag_id)
        tagging.remove(tag, clock.now())
        words = f"“{tag.name}” is gone. Nothing else about anybody changed."
    return _done(words, tag_id)


@bp.post("/<int:tag_id>/undo")
def undo(tag_id: int) -> Response:
    """Take back the last change of this tag."""
    try:
        with transaction():
            tag = db.session.get(Tag, tag_id) or abort(404)
            words = f"“{tag.name}” is as before."
            if not tagging.take_back(tag, clock.now()):
                words = "That can’t be taken back any more."
    except NameTaken:
        words = "Another tag has that name by now, so this can’t be taken back."
    flash(words, "message")
    return redirect(url_for("tags.index"), 303)


def _tag(tag_id: int) -> Tag:
    tag = db.session.get(Tag, tag_id)
    return tag if tag is not None and tag.removed_at is None else abort(404)


def _page(tag: Tag, form: NameForm) -> str:
    others = [(each.id, each.name) for each in db.session.scalars(Tag.all()) if each is not tag]
    return render_template("people/tags/show.html", tag=tag, form=form, others=others)


def _done(words: str, tag_id: int) -> Response:
    flash(words, url_for("tags.undo", tag_id=tag_id))
    return redirect(url_for("tags.index"), 303)

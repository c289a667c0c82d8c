"""Lists under a name: saved, renamed, taken away, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import saved_views
from crm.flows.saved_views import NameTaken, TooMany
from crm.models import SavedView
from crm.web.access import account
from crm.web.forms.saved_views import EVERYONE, NameForm, ViewForm
from crm.web.roster import Filters

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("saved_views", __name__, url_prefix="/people/views")

TAKEN = "There is a view of that name already."
ENOUGH = f"There are {saved_views.MOST} views. Take one away first."


@bp.get("/new")
def new() -> str:
    """The filters come with the address of the list."""
    return _new_page(ViewForm(query=Filters.read(request.args).query))


@bp.post("")
def create() -> Response | tuple[str, int]:
    form = ViewForm(request.form)
    query = Filters.read(dict(parse_qsl(form.query.data or ""))).query
    if not form.validate():
        return _new_page(form), 422
    mine = {"shared": form.whose.data == EVERYONE, "account_id": account().id, "now": clock.now()}
    try:
        with transaction():
            saved_views.save(saved_views.make(form.name.data, query, **mine))
    except (NameTaken, TooMany) as refusal:
        form.name.errors = [TAKEN if isinstance(refusal, NameTaken) else ENOUGH]
        return _new_page(form), 422
    flash(f"“{form.name.data}” stands above the list.", "message")
    return redirect(_list(query), 303)


@bp.get("/<int:view_id>")
def edit(view_id: int) -> str:
    view = _view(view_id)
    return _edit_page(view, NameForm(name=view.name))


@bp.post("/<int:view_id>/name")
def rename(view_id: int) -> Response | tuple[str, int]:
    form = NameForm(request.form)
    if not form.validate():
        return _edit_page(_view(view_id), form), 422
    try:
        with transaction():
            saved_views.rename(view := _view(view_id), form.name.data)
            query = view.query
    except NameTaken:
        form.name.errors = [TAKEN]
        return _edit_page(_view(view_id), form), 422
    flash(f"It is called “{form.name.data}” now.", "message")
    return redirect(_list(query), 303)


@bp.post("/<int:view_id>/removal")
def remove(view_id: int) -> Response:
    """Only the name goes; the people stay as they are."""
    with transaction():
        view = _view(view_id)
        view.removed_at = clock.now()
        words = f"“{view.name}” is gone. Nobody in it changed."
    flash(words, url_for("saved_views.restore", view_id=view_id))
    return redirect(_list(), 303)


@bp.post("/<int:view_id>/restoration")
def restore(view_id: int) -> Response:
    try:
        with transaction():
            view = _view(view_id, removed=True)
            saved_views.restore(view)
            words, query = f"“{view.name}” is back.", view.query
    except NameTaken:
        words, query = "Another view has that name by now, so this one stays away.", ""
    flash(words, "message")
    return redirect(_list(query), 303)


def _view(view_id: int, *, removed: bool = False) -> SavedView:
    """One of this account's, or everyone's; 404 for any other."""
    view = db.session.get(SavedView, view_id)
    if view is None or not (view.shared or view.account_id == account().id):
        abort(404)
    return view if removed or view.removed_at is None else abort(404)


def _list(query: str = "") -> str:
    return f"{url_for('people.index', view='list')}{'&' if query else ''}{query}"


def _new_page(form: ViewForm) -> str:
    return render_template("people/views/new.html", form=form, back_to=_list(form.query.data or ""))


def _edit_page(view: SavedView, form: NameForm) -> str:
    return render_template("people/views/edit.html", view=view, form=form, back_to=_list(view.query))

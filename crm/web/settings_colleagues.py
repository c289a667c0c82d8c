"""Settings, Colleagues: those to whom people are sent who are not for this practice."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, flash, request, url_for

from crm import clock
from crm.db import db, once_more, transaction
from crm.models import Colleague, Practice
from crm.rules.referring import freshest_first
from crm.web.forms.colleagues import ColleagueForm
from crm.web.openings_words import openings_words
from crm.web.respond import came_from, get_or_404, go
from crm.web.settings_frame import settings_page, settings_subpage

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

bp = Blueprint("colleagues", __name__, url_prefix="/colleagues")


@bp.get("")
def show() -> str:
    return _list(ColleagueForm(nonce=secrets.token_urlsafe(18)))


@bp.post("")
def create() -> Response | tuple[str, int]:
    form = ColleagueForm(request.form)
    if not form.validate():
        return _list(form), 422
    flash(*once_more(partial(_added, form)))
    return go(url_for(".show"))


def _added(form: ColleagueForm) -> tuple[str, str]:
    """What the toast says, and what takes it back. Two clicks are one colleague."""
    with transaction():
        colleague = Colleague.add(form.card, clock.now(), form.nonce.data or None)
        return f"{colleague.name} is in the directory.", _undo_of(colleague)


@bp.get("/<int:colleague_id>")
def edit(colleague_id: int) -> str:
    colleague = get_or_404(Colleague, colleague_id)
    return _page(colleague, ColleagueForm(obj=colleague))


@bp.post("/<int:colleague_id>")
def update(colleague_id: int) -> Response | tuple[str, int]:
    form = ColleagueForm(request.form)
    if not form.validate():
        return _page(get_or_404(Colleague, colleague_id), form), 422
    return _change(
        colleague_id, lambda one: one.rewrite(form.card), "{name} is changed.", to=url_for(".show")
    )


@bp.post("/<int:colleague_id>/confirmation")
def create_confirmation(colleague_id: int) -> Response:
    """They have just said that they have openings."""
    return _change(
        colleague_id, lambda one: one.confirm(clock.now()), "{name} has openings, confirmed today."
    )


@bp.post("/<int:colleague_id>/archival")
def create_archival(colleague_id: int) -> Response:
    words = "{name} is archived and named to nobody. Stories that named them stay as they are."
    return _change(colleague_id, lambda one: one.archive(clock.now()), words, to=url_for(".show"))


@bp.post("/<int:colleague_id>/return")
def create_return(colleague_id: int) -> Response:
    return _change(colleague_id, lambda one: one.bring_back(), "{name} is in the directory again.")


@bp.post("/<int:colleague_id>/changes/<int:number>/undo")
def undo(colleague_id: int, number: int) -> Response:
    """Take back this change of theirs, if it is the newest."""
    with transaction():
        colleague = get_or_404(Colleague, colleague_id, lock=True)
        name = colleague.name
        taken_back = colleague.take_back(number)
    words = f"Undone. {name} is as before." if taken_back else f"{name} has been changed again since."
    flash(words, "message")
    return go(url_for(".show"))


def _change(colleague_id: int, act: Callable[[Colleague], None], words: str, to: str = "") -> Response:
    with transaction():
        colleague = get_or_404(Colleague, colleague_id, lock=True)
        was = colleague.changes
        act(colleague)
        said = words.format(name=colleague.name)
        undo_at = _undo_of(colleague) if colleague.changes != was else "message"
    flash(said, undo_at)
    return go(to or came_from() or url_for(".show"))


def _undo_of(colleague: Colleague) -> str:
    return url_for(".undo", colleague_id=colleague.id, number=colleague.changes)


def _list(form: ColleagueForm) -> str:
    everybody = db.session.scalars(Colleague.all()).all()
    here = {each.id: each for each in everybody if each.archived_at is None}
    in_order = [here[each.id] for each in freshest_first(one.as_candidate for one in here.values())]
    now, practice = clock.now(), Practice.current()
    return settings_page(
        "colleagues",
        practice,
        form=form,
        colleagues=[(each, openings_words(each.openings_at, now, practice.zone)) for each in in_order],
        archived=[each for each in everybody if each.archived_at is not None],
    )


def _page(colleague: Colleague, form: ColleagueForm) -> str:
    practice = Practice.current()
    openings = openings_words(colleague.openings_at, clock.now(), practice.zone)
    return settings_subpage(
        "colleague", "colleagues", practice, colleague=colleague, form=form, openings=openings
    )

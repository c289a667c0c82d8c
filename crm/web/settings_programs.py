"""Settings, Tell other programs: which hear what happens here, how they fare, and what signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for

from crm import clock
from crm.db import db, let_go, transaction
from crm.flows import listeners
from crm.flows.listeners import TooMany
from crm.models import Dispatch, Listener, Practice
from crm.rules.dispatches import DispatchState
from crm.web import dispatch_log
from crm.web.forms.listeners import ListenerForm
from crm.web.listener_words import KINDS, OBJECTIONS, SINCE, health
from crm.web.respond import done, get_or_404, go
from crm.web.settings_frame import settings_page, settings_subpage

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("other_programs", __name__, url_prefix="/other-programs")
bp.register_blueprint(dispatch_log.bp)
FRESH = "fresh_secret"
"""Where a new secret waits for the one page that shows it."""
ENOUGH = f"There are {listeners.MOST_LISTENERS} programs already. Take one away first."
ASIDE = "It isn’t told anything at the moment. Turn it on first."


@bp.get("")
def show() -> str:
    return _list(ListenerForm())


@bp.post("")
def create() -> Response | tuple[str, int]:
    """Its page shows the secret, once."""
    form = ListenerForm(request.form)
    if not _is_fine(form):
        return _list(form), 422
    try:
        with transaction():
            listener = listeners.start(form.wish, clock.now())
            _show_once(listener.id, listener.secret)
            to = url_for(".one", listener_id=listener.id)
    except TooMany:
        form.name.errors = [ENOUGH]
        return _list(form), 422
    flash(f"{form.name.data} is told from now on. Send it a test.", "message")
    return go(to)


@bp.get("/<int:listener_id>")
def one(listener_id: int) -> str:
    listener = _listener(listener_id)
    return _page(listener, ListenerForm.of(listener))


@bp.post("/<int:listener_id>")
def update(listener_id: int) -> Response | tuple[str, int]:
    form = ListenerForm(request.form)
    if not _is_fine(form):
        return _page(_listener(listener_id), form), 422
    with transaction():
        listeners.edit(_listener(listener_id), form.wish)
    return done("Saved. It holds for what happens from now on.", to=_at(listener_id))


@bp.post("/<int:listener_id>/pause")
def create_pause(listener_id: int) -> Response:
    with transaction():
        listener = _listener(listener_id)
        listener.pause(clock.now())
        words = f"{listener.name} is paused. What happens meanwhile waits for it."
    flash(words, url_for(".create_resumption", listener_id=listener_id))
    return redirect(_at(listener_id), 303)


@bp.post("/<int:listener_id>/resumption")
def create_resumption(listener_id: int) -> Response:
    with transaction():
        listener = _listener(listener_id)
        listener.resume()
        words = f"{listener.name} is told again. What waited goes now."
    return done(words, to=_at(listener_id))


@bp.post("/<int:listener_id>/removal")
def create_removal(listener_id: int) -> Response:
    with transaction():
        listener = _listener(listener_id)
        listener.remove(clock.now())
        words = f"{listener.name} is told nothing any more."
    flash(words, url_for(".create_restoration", listener_id=listener_id))
    return redirect(url_for(".show"), 303)


@bp.post("/<int:listener_id>/restoration")
def create_restoration(listener_id: int) -> Response:
    with transaction():
        listener = get_or_404(Listener, listener_id)
        listener.bring_back()
        words = f"{listener.name} is back. What happened in between wasn’t told to it."
    flash(words, "message")
    return redirect(_at(listener_id), 303)


@bp.post("/<int:listener_id>/secret")
def create_secret(listener_id: int) -> Response:
    """Another one, beside the one before it for a day."""
    with transaction():
        _show_once(listener_id, _listener(listener_id).change_secret(clock.now()))
    return done("Here is a new one. Until tomorrow the one before it is good, too.", to=_at(listener_id))


@bp.post("/<int:listener_id>/tests")
def create_test(listener_id: int) -> Response:
    """It is told by the worker, as everything is, and its page says what came of it."""
    with transaction():
        listener = _listener(listener_id)
        made = listeners.test(listener, clock.now()).id if listener.is_on else None
    if made is None:
        return done(ASIDE, to=_at(listener_id))
    return go(url_for(".dispatches.one", listener_id=listener_id, dispatch_id=made))


def _listener(listener_id: int) -> Listener:
    listener = get_or_404(Listener, listener_id)
    return listener if listener.removed_at is None else abort(404)


def _at(listener_id: int) -> str:
    return url_for(".one", listener_id=listener_id)


def _is_fine(form: ListenerForm) -> bool:
    """By its shape first; then its name is looked up."""
    if not form.validate():
        return False
    let_go()
    if problem := listeners.objection(current_app.extensions["guard"], form.url.data):
        form.url.errors = [OBJECTIONS[problem]]
    return not problem


def _show_once(listener_id: int, secret: str) -> None:
    session[FRESH] = [listener_id, secret]


def _secret_to_show(listener_id: int) -> str | None:
    of, secret = session.pop(FRESH, None) or (0, "")
    return secret if of == listener_id else None


def _list(form: ListenerForm) -> str:
    practice, now = Practice.current(), clock.now()
    rows = db.session.scalars(Listener.all()).all()
    fares = {each.id: health(each, now, practice.zone) for each in rows}
    return settings_page("other_programs", practice, form=form, listeners=rows, fares=fares, kinds=KINDS)


def _page(listener: Listener, form: ListenerForm) -> str:
    practice, now = Practice.current(), clock.now()
    both = listener.old_secret_until if len(listener.secrets_at(now)) > 1 else None
    return settings_subpage(
        "other_program",
        "other_programs",
        practice,
        listener=listener,
        form=form,
        since=list(SINCE.items()),
        any_failed=_any_failed(listener.id),
        secret=_secret_to_show(listener.id),
        both_until=both,
        fares=health(listener, now, practice.zone),
        log=dispatch_log.log(listener.id, practice, now),
    )


def _any_failed(listener_id: int) -> bool:
    failed = (Dispatch.listener_id == listener_id, Dispatch.state == DispatchState.FAILED)
    return db.session.scalar(sa.select(Dispatch.id).where(*failed).limit(1)) is not None

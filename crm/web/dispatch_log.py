"""What one program was told, newest first; one such thing with all its tries; and telling it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint, abort, request, url_for

from crm import clock
from crm.db import db, transaction
from crm.flows import listeners
from crm.models import Dispatch, Lead, Listener, Practice
from crm.rules.telling import opening, things
from crm.web.forms.listeners import AgainForm
from crm.web.listener_words import SHOWN_AS, STATES, WORDS, Fares, answered, outcome, since
from crm.web.respond import done, get_or_404
from crm.web.settings_frame import settings_subpage

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

bp = Blueprint("dispatches", __name__, url_prefix="/<int:listener_id>")
PAGE = 20
ALL = ""
NOTHING = "Nothing has failed since then."


@dataclass(frozen=True)
class Line:
    """One thing in the log."""

    dispatch: Dispatch
    words: str
    who: str
    fares: Fares


@dataclass(frozen=True)
class Log:
    """One page of it. `filters`: words and address of each; `current` is the one that shows."""

    lines: list[Line]
    filters: list[tuple[str, str, None]]
    current: str
    older: str | None
    newest: str | None


def log(listener_id: int, practice: Practice, now: datetime) -> Log:
    """As the address of the page says: `show` a state, and `before` an id."""
    shown, before = request.args.get("show", ALL), request.args.get("before", 0, type=int)
    shown = shown if shown in STATES else ALL
    found = list(db.session.scalars(_rows(listener_id, shown, before).limit(PAGE + 1)))
    names = _names([each.lead_id for each in found if each.lead_id])
    lines = [
        Line(each, WORDS[each.kind], names.get(each.lead_id or 0, ""), outcome(each, now, practice.zone))
        for each in found[:PAGE]
    ]
    more = lines[-1].dispatch.id if len(found) > PAGE else None
    return Log(
        lines,
        [(words, _address(listener_id, state), None) for state, words in {ALL: "All", **STATES}.items()],
        _address(listener_id, shown),
        _address(listener_id, shown, more) if more else None,
        _address(listener_id, shown) if before else None,
    )


def _address(listener_id: int, shown: str, before: int | None = None) -> str:
    page, show = "settings.other_programs.one", shown or None
    return url_for(page, listener_id=listener_id, show=show, before=before, _anchor="log")


@bp.get("/told/<int:dispatch_id>")
def one(listener_id: int, dispatch_id: int) -> str:
    dispatch = _dispatch(listener_id, dispatch_id)
    practice, now = Practice.current(), clock.now()
    return settings_subpage(
        "dispatch",
        "other_programs",
        practice,
        dispatch=dispatch,
        listener=dispatch.listener,
        words=WORDS[dispatch.kind],
        who=_names([dispatch.lead_id]).get(dispatch.lead_id, "") if dispatch.lead_id else "",
        fares=outcome(dispatch, now, practice.zone),
        is_on_its_way=SHOWN_AS[dispatch.state] == "waiting"
        and dispatch.due_at <= now
        and dispatch.listener.is_on,
        body=json.dumps(json.loads(dispatch.body), indent=2, ensure_ascii=False),
        tries=[(each, answered(each)) for each in dispatch.attempts],
    )


@bp.post("/told/<int:dispatch_id>/replay")
def create_replay(listener_id: int, dispatch_id: int) -> Response:
    """Under the same name, so that a program which has it already can tell."""
    with transaction():
        _dispatch(listener_id, dispatch_id).again(clock.now())
    return done("It is told again now.", to=url_for(".one", listener_id=listener_id, dispatch_id=dispatch_id))


@bp.post("/replays")
def create_replays(listener_id: int) -> Response:
    """All that failed since."""
    form = AgainForm(request.form)
    if not form.validate():
        abort(400)
    now = clock.now()
    with transaction():
        get_or_404(Listener, listener_id)
        again = listeners.tell_again(listener_id, since(form.since.data, now), now)
    are = "is" if again == 1 else "are"
    words = f"{opening(things(again, 'thing'))} {are} told again now." if again else NOTHING
    return done(words, to=url_for("settings.other_programs.one", listener_id=listener_id))


def _rows(listener_id: int, shown: str, before: int) -> sa.Select[Dispatch]:
    rows = sa.select(Dispatch).where(Dispatch.listener_id == listener_id).order_by(Dispatch.id.desc())
    if shown:
        rows = rows.where(Dispatch.state.in_([state for state, words in SHOWN_AS.items() if words == shown]))
    return rows.where(Dispatch.id < before) if before else rows


def _names(lead_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(Lead.id, Lead.name).where(Lead.id.in_(lead_ids)))
    return {row.id: row.name for row in rows}


def _dispatch(listener_id: int, dispatch_id: int) -> Dispatch:
    dispatch = get_or_404(Dispatch, dispatch_id)
    return dispatch if dispatch.listener_id == listener_id else abort(404)

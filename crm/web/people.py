"""Everybody: the board by stage, and the list with its filters."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from crm import clock
from crm.flows.choices import choices
from crm.models import Practice, Sweep
from crm.rules.stages import BOARD, SCREEN_WORDS, Stage
from crm.web.access import account
from crm.web.board import board, whose
from crm.web.roster import NOBODY, Filters, roster
from crm.web.rows import rows
from crm.web.sweep_words import standing

bp = Blueprint("people", __name__)
bp.add_app_template_filter(whose)


@bp.get("/people")
def index() -> str:
    """The board; a list where one is asked for, or something is filtered or sought."""
    filters = Filters.read(request.args)
    if request.args.get("view") == "list" or filters.narrows:
        return _list(filters)
    return _board()


def _board() -> str:
    now, practice = clock.now(), Practice.current()
    shown = request.args.get("column", "")
    current = Stage(shown) if shown in {*BOARD} else Stage.NEW
    found = board(now, practice, {current: request.args.get("cards", 0, type=int)})
    return render_template("people/board.html", board=found, current=current, words=SCREEN_WORDS)


def _list(filters: Filters) -> str:
    now, practice, me = clock.now(), Practice.current(), account()
    page, offered = roster(filters, now), choices(me.id)
    return render_template(
        "people/list.html",
        rows=rows(page.leads, now, practice, len(offered.accounts)),
        page=page,
        filters=filters,
        sources=[("", "any way"), *((each, each) for each in offered.sources)],
        stages=[("", "any stage"), *SCREEN_WORDS.items()],
        tags=[("", "any tag"), *((tag.id, tag.name) for tag in offered.tags)],
        accounts=offered.accounts,
        whose=[
            ("", "anybody"),
            *((str(each), name) for each, name in offered.accounts.items()),
            (NOBODY, "nobody yet"),
        ],
        views=offered.views,
        sweep=Sweep.to_undo(me.id, now),
        standing=standing,
    )

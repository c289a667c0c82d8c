"""Everybody: the board by stage, and the list with its filters."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from crm import clock
from crm.models import Practice
from crm.rules.stages import BOARD, SCREEN_WORDS, Stage
from crm.web.board import board, whose
from crm.web.cards import lines
from crm.web.roster import Filters, roster, sources

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
    now, practice = clock.now(), Practice.current()
    page = roster(filters, now)
    return render_template(
        "people/list.html",
        rows=list(zip(page.leads, lines(page.leads, now, practice), strict=True)),
        page=page,
        filters=filters,
        sources=[("", "any way"), *((each, each) for each in sources())],
        stages=[("", "any stage"), *SCREEN_WORDS.items()],
    )

"""How a route answers: where to go next, what to say about it, and whether htmx asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import abort, current_app, flash, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from crm.db import db

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.models import Undo

Row = TypeVar("Row")


def get_or_404(model: type[Row], row_id: int) -> Row:
    """The row of this id; the not-found page otherwise."""
    return db.session.get(model, row_id) or abort(404)


def done(words: str, to: str, undo: Undo | None = None) -> Response:
    """Say what happened in a toast, with Undo where it can be taken back, and go on by 303.

    `to` is where to go unless the form named, as `next`, a page of ours.
    """
    flash(words, url_for("undo.create", undo_id=undo.id) if undo else "message")
    return redirect(safe_next() or to, 303)


def safe_next() -> str | None:
    """Where the form or the link wants to go next, if that is a page of ours; never another site."""
    target = request.form.get("next") or request.args.get("next") or ""
    return target if _is_ours(target) else None


def asked_by_htmx() -> bool:
    """Whether a fragment is wanted in place of the page."""
    return request.headers.get("HX-Request") == "true"


def _is_ours(target: str) -> bool:
    """A path that a route of ours answers to GET; nothing a browser could read as another host."""
    path = target.partition("?")[0]
    if not path.startswith("/") or path.startswith("//") or any(c in target for c in "\\\r\n\t\0"):
        return False
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True

"""How a route answers: where to go next, what to say about it, and whether htmx asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from crm.db import db
from crm.models import Alias, Lead, turns
from crm.rules.framing import parts_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from crm.models import Undo

Row = TypeVar("Row")


def get_or_404(model: type[Row], row_id: int, *, lock: bool = False) -> Row:
    """The row of this id, for this transaction alone with `lock`; the not-found page otherwise.

    Within a transaction whatever is a person's comes when it is their turn, since it is to be changed.
    """
    if db.session.info.get("writing"):
        turns.take_with(model, row_id)
    row = db.session.get(model, row_id, with_for_update={"of": model} if lock else None)
    if row is None and model is Lead:
        leave_for_the_kept(row_id)
    return row or abort(404)


def leave_for_the_kept(lead_id: int) -> None:
    """A record that was merged into another: its pages lead there, and what was to be done is looked at anew.

    Never permanently, because the two may be taken apart again.
    """
    if (kept_id := Alias.leads_to(lead_id)) is None:
        return
    if request.method not in ("GET", "HEAD"):
        abort(409, "This record and another have become one person since you opened the page.")
    old, new = (url_for("person.show", lead_id=each) for each in (lead_id, kept_id))
    same_page = request.path.startswith(f"{old}/")
    abort(redirect(request.path.replace(old, new, 1) if same_page else new, 303))


def done(words: str, to: str, undo: Undo | None = None) -> Response:
    """Say what happened in a toast, with Undo where it can be taken back, and go on.

    Where to: what the form named as `next`, else the page it was sent from, else `to`.
    """
    flash(words, url_for("undo.create", undo_id=undo.id) if undo else "message")
    return go(safe_next() or came_from() or to)


def go(to: str) -> Response:
    """On by 303. Scripts that swap part of a page load another one anew, and so the page under a dialog."""
    if not in_dialog() and not _is_another_page(to):
        return redirect(to, 303)
    answer = current_app.response_class(status=204)
    answer.headers["HX-Redirect"] = to.partition("#")[0]
    return answer


def _is_another_page(to: str) -> bool:
    """Whether htmx asked from a page that `to` is not. Had it followed a 303, the toast would be lost."""
    here = parts_of(request.headers.get("HX-Current-URL", ""))
    return asked_by_htmx() and here.path != urlsplit(to).path


def safe_next() -> str | None:
    """Where the form or the link wants to go next, if that is a page of ours; never another site."""
    target = request.form.get("next") or request.args.get("next") or ""
    return target if _is_ours(target) else None


def came_from() -> str | None:
    """The page of ours that this request was made from, with its filters."""
    said = parts_of(request.headers.get("HX-Current-URL") or request.referrer or "")
    path = f"{said.path}?{said.query}" if said.query else said.path
    return path if said.netloc == request.host and _is_ours(path) else None


def in_dialog() -> bool:
    """Whether the answer is shown in the dialog over a page, and not as a page of its own."""
    return request.headers.get("HX-Target", "").endswith(("#dialog", "#dialog-body"))


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

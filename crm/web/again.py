"""“Please confirm it’s you”: before what can do harm, a password or a passkey of the last ten minutes.

    @bp.post("/people/<int:lead_id>/erasure")
    @freshly_authenticated
    def erase(lead_id: int) -> Response: ...

The question stands in place of the view's answer and carries along all that was sent, so nothing typed is
lost: the same address gets it again, with the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    after_this_request,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from crm import clock, log
from crm.db import db, transaction
from crm.models import Account, Passkey, Practice, SignIn
from crm.web import passkeys, throttle
from crm.web.access import account, give_cookie
from crm.web.respond import asked_by_htmx, in_dialog, safe_next

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("again", __name__)
logger = log.get(__name__)
PASSWORD, PASSKEY = "again_password", "again_passkey"
OURS = frozenset({PASSWORD, PASSKEY, "csrf_token"})
WRONG = "That isn’t your password."
WRONG_PASSKEY = "That passkey isn’t one of yours here."
View = Callable[..., Any]
ASKS_AGAIN = "asks_again"
"""Under this name a view says that it is guarded so."""


def freshly_authenticated(view: View) -> View:
    """Let nobody through who has not shown in the last ten minutes that it is them. Goes below the route."""

    @wraps(view)
    def guarded(*args: object, **values: object) -> Any:  # noqa: ANN401 - whatever the view answers
        if g.sign_in.is_fresh(clock.now()):
            return view(*args, **values)
        if request.method != "POST" or not _has_an_answer():
            return _ask(None, 403)
        return _judged() or view(*args, **values)

    setattr(guarded, ASKS_AGAIN, True)
    return guarded


@bp.post("/again")
def create() -> AnyResponse:
    """The answer, where a page was asked for and nothing was sent: on to that page."""
    return _judged() or redirect(safe_next() or url_for("today.show"), 303)


def _has_an_answer() -> bool:
    return PASSWORD in request.form or PASSKEY in request.form


def _judged() -> AnyResponse | None:
    """None when it is them: their sign-in is fresh, under a new token. Else the question again."""
    buckets = throttle.at_the_gate(account().id)
    try:
        throttle.count(buckets)
    except throttle.Slowly as slowly:
        return _ask(slowly.words, 429, slowly.headers)
    if problem := _problem():
        return _ask(problem, 422)
    with transaction():
        throttle.take_back(buckets)
        token = db.session.get_one(SignIn, g.sign_in.id, populate_existing=True).prove(clock.now())
    logger.info("confirmed_again", account_id=account().id)

    @after_this_request
    def _renew(response: Response) -> Response:
        give_cookie(response, token)
        return response

    return None


def _problem() -> str | None:
    if request.form.get(PASSKEY):
        proved = passkeys.proved(request.form[PASSKEY])
        return None if proved == account().id else WRONG_PASSKEY
    known = Account.with_password(account().email, request.form.get(PASSWORD, ""))
    return None if known else WRONG


def _ask(problem: str | None, status: int, headers: dict[str, str] | None = None) -> AnyResponse:
    """The question, in the page or in the dialog. Scripts get it as a page that is to be shown whole."""
    inside = in_dialog()
    page = render_template(
        "session/again.html",
        frame=_frame(inside=inside),
        practice_name=Practice.current().name,
        problem=problem,
        has_passkey=Passkey.some_of(account().id),
        email=account().email,
        **_what_was_sent(),
    )
    answer = make_response(page, 200 if asked_by_htmx() else status, headers or {})
    if asked_by_htmx():
        where = ("#dialog-body", "#again", "innerHTML") if inside else ("#main", "#main", "outerHTML")
        names = ("HX-Retarget", "HX-Reselect", "HX-Reswap")
        answer.headers.extend(dict(zip(names, where, strict=True)))
    return answer


def _frame(*, inside: bool) -> str:
    """The page it stands in; alone, where nothing else is open to them (crm.web.access)."""
    if g.owes_second_step:
        return "session/again_alone.html"
    return "session/again_dialog.html" if inside else "session/again_page.html"


def _what_was_sent() -> dict[str, Any]:
    """Where the answer goes, and the fields that go with it."""
    if request.method == "POST" and request.endpoint != "again.create":
        fields = [(name, text) for name, text in request.form.items(multi=True) if name not in OURS]
        return {"action": request.full_path.rstrip("?"), "fields": fields}
    here = request.full_path.rstrip("?") if request.method != "POST" else request.form.get("next", "/")
    return {"action": url_for("again.create"), "fields": [("next", here)]}

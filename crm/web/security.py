"""What every answer carries and every unsafe request must show: headers, token, origin (R17, R24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, abort, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from crm.rules.framing import parts_of

if TYPE_CHECKING:
    from flask import Response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CROSS_SITE = frozenset(
    {
        "consultation.create",
        "stop.create",
        "stop.undo",
        "person_page.create",
        "person_page.update_details",
        "api.create_inquiry",
        "hooks.create",
        "hooks.create_by_header",
        "times.create",
        "times.create_wishes",
        "booked.cancel",
        "place.accept",
        "place.decline",
        "stop.ask_for_erasure",
        "mail_in.create",
        "mail_in.create_whole",
        "mail_in.create_by_password",
    }
)
"""What others may post to: public forms and programs carry their own token, and no cookie."""
csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., object])


def protect(app: Flask) -> None:
    """Checks before, headers after, on every request."""
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})
    app.before_request(_refuse_foreign_origin)
    app.after_request(_add_headers)
    app.register_error_handler(CSRFError, _stale_page)


def csrf_token() -> str:
    """The page's own; asked for by each of its forms, so looked up where the first asking has left it."""
    token: str = g.get("csrf_token") or generate_csrf()
    return token


def carries_its_own_token(view: View) -> View:
    """For the public forms: they read no cookie, and their proof is in the address or in the form."""
    exempt: View = csrf.exempt(view)
    return exempt


def allow_framing(by: str) -> None:
    """Let the practice's own site show this one page in a frame. `by`: origins, or 'self'."""
    g.frame_ancestors = by


def allow_own_policy() -> None:
    """The view has set its own Content-Security-Policy."""
    g.own_policy = True


def _refuse_foreign_origin() -> None:
    """Browsers name where a POST comes from; another site's is refused, whatever token it carries."""
    if request.method in SAFE_METHODS or request.endpoint in CROSS_SITE:
        return
    if not _is_from_here():
        abort(403, "This form was sent from another site.")


def _is_from_here() -> bool:
    """As far as the browser tells: from a page without referrer, such as sign-in, it says "null" (Fetch)."""
    origin = request.headers.get("Origin", "null")
    if origin == "null":
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    return parts_of(origin).netloc == request.host


def _add_headers(response: Response) -> Response:
    policy = POLICY | {"frame-ancestors": getattr(g, "frame_ancestors", "'none'")}
    if not getattr(g, "own_policy", False):
        lines = "; ".join(f"{name} {value}" for name, value in policy.items())
        response.headers["Content-Security-Policy"] = lines
        if policy["frame-ancestors"] == "'none'":  # for browsers that know no frame-ancestors
            response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin" if hasattr(g, "sign_in") else "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _stale_page(_error: CSRFError) -> tuple[str, int]:
    from flask import render_template  # noqa: PLC0415 - only this rare answer needs it

    return render_template("errors/400.html", description="This page was open for too long."), 400

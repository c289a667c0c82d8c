"""What is shown where something is not there, not allowed, or broken: a page, or a problem for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from crm import log
from crm.web import problems

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

PAGES = frozenset({400, 403, 404, 409, 413, 429})
logger = log.get(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(problems.Problem, problems.answer)
    app.register_error_handler(DBAPIError, _database_down)
    app.register_error_handler(PoolTimeout, _database_down)
    app.register_error_handler(500, _broken)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    headers = [(k, v) for k, v in error.get_headers() if k not in ("Content-Type", "Content-Length")]
    if told := problems.for_status(code, dict(headers)):
        return told
    page = code if code in PAGES else 400 if code < 500 else 500
    return render_template(f"errors/{page}.html", description=error.description), code, headers


def _foreign_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """A request by a name that isn't ours has no addresses of ours either, so it gets no page (R23)."""
    return "There is no site of this name here.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _database_down(error: Exception) -> ResponseReturnValue:
    """Locked or gone: the browser keeps what was typed, and asks again."""
    logger.error("database_unavailable", exc_info=error)
    again = {"Retry-After": "10"}
    return problems.for_status(503, again) or (render_template("errors/503.html"), 503, again)


def _broken(_error: Exception) -> ResponseReturnValue:
    return problems.for_status(500, {}) or (render_template("errors/500.html"), 500)

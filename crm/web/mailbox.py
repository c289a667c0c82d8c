"""The local mailbox: mail the catcher kept, to be read in the browser. Development only; anybody may look.

Mail shown here is as untrusted as mail anywhere: its HTML is a document of its own, in a sandbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, request

from crm.models import Practice
from crm.web.security import allow_framing, allow_own_policy

bp = Blueprint("mailbox", __name__)

ON_A_PAGE = 50
HEAD_BYTES = 16_384  # enough for the headers of a list
_NAME = re.compile(r"([0-9]{8}T[0-9]{6}\.[0-9]{6})-[0-9]{6,}\.eml")
# Links open beside the mailbox, as they would from a mail program; nothing else may run or load.
_HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Kept:
    """A mail in the folder. `name` is its file's name, and its place in the order of arrival."""

    name: str
    arrived_at: datetime
    mail: EmailMessage

    def header(self, name: str) -> str:
        return str(self.mail.get(name, ""))

    def text(self, kind: str) -> str | None:
        """The part for reading, `plain` or `html`, if there is one."""
        part = self.mail.get_body([kind])
        if part is None:
            return None
        try:
            return str(part.get_content())
        except LookupError:  # a charset nobody has heard of, a type that cannot be read
            return str(part.get_payload())


@bp.get("/mailbox")
def index() -> str:
    """The newest first; `before` a name, the ones that came earlier."""
    before = request.args.get("before", "~")
    names = sorted((name for name in _names() if name < before), reverse=True)
    return render_template(
        "mailbox/index.html",
        practice=Practice.current(),
        mails=[_read(name, HEAD_BYTES) for name in names[:ON_A_PAGE]],
        earlier=names[ON_A_PAGE - 1] if len(names) > ON_A_PAGE else None,
    )


@bp.get("/mailbox/<name>")
def show(name: str) -> str:
    return render_template("mailbox/show.html", practice=Practice.current(), kept=_read(name))


@bp.get("/mailbox/<name>/html")
def html(name: str) -> Response:
    """The HTML part alone, for the frame on its page."""
    words = _read(name).text("html") or abort(404)
    allow_framing("'self'")
    allow_own_policy()
    response = Response(_opening_links_outside(words), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _HTML_POLICY
    return response


@bp.get("/mailbox/<name>/raw")
def raw(name: str) -> Response:
    """Byte for byte as the mail server got it."""
    return Response(_path(name).read_bytes(), mimetype="text/plain; charset=utf-8")


def _folder() -> Path:
    return Path(current_app.extensions["config"].mailbox_dir)


def _names() -> list[str]:
    return [path.name for path in _folder().glob("*.eml") if _NAME.fullmatch(path.name)]


def _path(name: str) -> Path:
    """Only names that the catcher gives, so that no other file can be asked for."""
    path = _folder() / name
    return path if _NAME.fullmatch(name) and path.is_file() else abort(404)


def _read(name: str, at_most: int = -1) -> Kept:
    with _path(name).open("rb") as file:
        mail = message_from_bytes(file.read(at_most), policy=default)
    arrived = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    return Kept(name, arrived, mail)


def _opening_links_outside(document: str) -> str:
    """A mail's links would otherwise open inside its frame, where our pages refuse to be shown."""
    return re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', document, count=1, flags=re.IGNORECASE)

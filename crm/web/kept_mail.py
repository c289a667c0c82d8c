"""A mail as it came, and its files: only ever as downloads, because anybody may have made them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from flask import Blueprint, Response, abort, current_app, send_file

from crm import clock
from crm.flows import kept_mail
from crm.models import Incoming
from crm.rules.file_names import size_in_words
from crm.web.respond import get_or_404
from crm.web.security import allow_own_policy

bp = Blueprint("kept_mail", __name__, url_prefix="/mail")
GONE = "This mail isn’t kept here any more. Your mailbox may still have it."
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
bp.add_app_template_filter(size_in_words, "file_size")


@bp.app_template_filter("is_kept")
def is_kept(mail: Incoming) -> bool:
    """Whether its bytes are here still; a job forgets them, so a little longer does not matter."""
    kept_for: timedelta = current_app.extensions["mail_kept_for"]
    return clock.now() - mail.read_at < kept_for


@bp.get("/<int:mail_id>/raw")
def raw(mail_id: int) -> Response:
    """Byte for byte, as far as it was read."""
    octets = kept_mail.raw_of(get_or_404(Incoming, mail_id)) or abort(404, GONE)
    return _download(octets, f"mail-{mail_id}.txt", "text/plain")


@bp.get("/<int:mail_id>/files/<int:number>")
def file(mail_id: int, number: int) -> Response:
    mail = get_or_404(Incoming, mail_id)
    if not 1 <= number <= len(mail.attachments):
        abort(404)
    octets = kept_mail.file_of(mail, number)
    if octets is None:
        abort(404, GONE)
    return _download(octets, mail.attachments[number - 1]["name"], "application/octet-stream")


def _download(octets: bytes, name: str, kind: str) -> Response:
    """Nothing in it runs here, whatever it says it is; nosniff stands on every answer."""
    allow_own_policy()
    response = send_file(BytesIO(octets), kind, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    return response

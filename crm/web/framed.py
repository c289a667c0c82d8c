"""An email shown inside a page: in a frame of its own, with its inline styles and nothing else allowed."""

from __future__ import annotations

import re

from flask import Response

from crm.web.security import allow_own_policy

POLICY = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Nothing can run in it. Of our origin it is only so that the page around it may measure its height."""

_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def framed(document: str, status: int = 200) -> Response:
    """The document for an <iframe sandbox>. Its links lead nowhere: a preview is only looked at."""
    allow_own_policy()
    inert = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', document, count=1)
    response = Response(inert, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response

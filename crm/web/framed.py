"""An email shown inside a page: in a frame of its own, with its inline styles and nothing else allowed."""

from __future__ import annotations

import re

from flask import Response

from crm.web.security import allow_own_policy

POLICY = "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Nothing can run in it. Of our origin it is only so that the page around it may measure its height."""

PAGE_POLICY = (
    "sandbox allow-same-origin; default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)
"""The same for a page of ours, which has sheets instead of styles. Nothing can be sent from it either."""

_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def framed(document: str, status: int = 200) -> Response:
    """The document for an <iframe sandbox>. Its links lead nowhere: a preview is only looked at."""
    return _in_a_frame(document, POLICY, status)


def framed_page(document: str) -> Response:
    """A page of ours as strangers see it, to be looked at."""
    return _in_a_frame(document, PAGE_POLICY, 200)


def _in_a_frame(document: str, policy: str, status: int) -> Response:
    allow_own_policy()
    inert = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', document, count=1)
    response = Response(inert, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    return response

"""Whether a builder really sent this: each signs in its own way (their documents, as of 2026)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from crm.rules.ways_in import SourceKind

TOLERANCE = timedelta(minutes=5)
"""How far the time of a signed request may be off, where the builder signs one."""

HEADERS = {
    SourceKind.TYPEFORM: ("typeform-signature",),
    SourceKind.TALLY: ("tally-signature",),
    SourceKind.WEBFLOW: ("x-webflow-signature", "x-webflow-timestamp"),
}
"""What of a request is kept, so that its signature can be checked once the secret is known."""
SIGNERS = frozenset(HEADERS)
"""Builders that can sign what they send."""


def is_signed(kind: SourceKind, secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Compared in constant time. `headers` have lower-case names; `now` is when it arrived."""
    if kind not in SIGNERS:
        return False
    theirs = headers.get(HEADERS[kind][0], "")
    key = secret.encode()
    match kind:
        case SourceKind.TYPEFORM:
            ours = f"sha256={_base64(key, body)}"
        case SourceKind.TALLY:
            ours = _base64(key, body)
        case _:
            said = headers.get("x-webflow-timestamp", "")
            if not _is_recent(said, now):
                return False
            ours = hmac.new(key, f"{said}:".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))


def _base64(key: bytes, body: bytes) -> str:
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


def _is_recent(said: str, now: datetime) -> bool:
    """Webflow tells milliseconds since 1970."""
    if not re.fullmatch(r"[0-9]{10,14}", said):
        return False
    return abs(datetime.fromtimestamp(int(said) / 1000, UTC) - now) <= TOLERANCE

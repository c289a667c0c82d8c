"""What Mailgun posts: mail its routes forward, and events; each signed (its documents, as of 2026)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crm.rules.payloads import Unreadable, read_json
from crm.rules.providers import (
    Handed,
    PostedLetter,
    Report,
    Said,
    code_in,
    message_id,
    record_at,
    text_at,
)

TOLERANCE = timedelta(hours=9)
"""Mailgun tries for eight hours, and what it signed first must still be good at its last try.

The signature covers a time and a token and not the body, so each token is taken for one body only.
"""
AHEAD = timedelta(minutes=5)
NOTHING = frozenset({"accepted", "delivered", "opened", "clicked", "stored", "list_member_uploaded"})
LETTERS = 200_000
REBUILT = frozenset({"mime-version"})


@dataclass(frozen=True)
class Signature:
    """What a request is signed with."""

    timestamp: str = ""
    token: str = ""
    signature: str = ""


def signature_of(body: Mapping[str, Any]) -> Signature:
    """Beside the fields of a forwarded mail, in a record of its own of an event."""
    inner = record_at(body, "signature") or body
    return Signature(*(text_at(inner, name) for name in ("timestamp", "token", "signature")))


def is_signed(key: str, signed: Signature, now: datetime) -> bool:
    """Compared in constant time."""
    if not key or not signed.token or not re.fullmatch(r"[0-9]{9,11}", signed.timestamp):
        return False
    age = now - datetime.fromtimestamp(int(signed.timestamp), UTC)
    said = f"{signed.timestamp}{signed.token}".encode(errors="replace")
    ours = hmac.new(key.encode(), said, hashlib.sha256).hexdigest()
    fits = hmac.compare_digest(ours.encode(), signed.signature.lower().encode(errors="replace"))
    return fits and -AHEAD <= age <= TOLERANCE


def handed(body: Mapping[str, Any]) -> Handed:
    if event := record_at(body, "event-data"):
        return _event(event)
    key = f"mail:{signature_of(body).token}"
    if raw := text_at(body, "body-mime"):
        return Handed(key, "Inbound mail", raw=raw.encode("utf-8", "surrogateescape"))
    if text_at(body, "from") or text_at(body, "sender"):
        text, page = text_at(body, "body-plain")[:LETTERS], text_at(body, "body-html")[:LETTERS]
        return Handed(key, "Inbound mail", letter=PostedLetter(tuple(_headers(body)), text, page))
    return Handed(key, "something that is neither a mail nor an event", is_known=False)


def _event(event: Mapping[str, Any]) -> Handed:
    kind = text_at(event, "event")
    key = f"{kind}:{text_at(event, 'id')}"
    match kind:
        case "failed" | "rejected":
            return Handed(key, kind, reports=(_failure(event),))
        case "complained":
            return Handed(key, kind, reports=(_report(event, Said.COMPLAINED),))
        case "unsubscribed":
            return Handed(key, kind, reports=(_report(event, Said.UNSUBSCRIBED),))
    return Handed(key, kind or "an event without a name", is_known=kind in NOTHING)


def _failure(event: Mapping[str, Any]) -> Report:
    """Mailgun does not even try who is on a list of its own, and says by which."""
    match text_at(event, "reason"):
        case "suppress-bounce":
            return _report(event, Said.FAILED, "5.1.1")
        case "suppress-complaint":
            return _report(event, Said.COMPLAINED)
        case "suppress-unsubscribe":
            return _report(event, Said.UNSUBSCRIBED)
    told = record_at(event, "delivery-status")
    words = (text_at(told, "message"), text_at(told, "description"))
    status = code_in(text_at(told, "enhanced-code"), *words)
    if text_at(event, "severity") == "temporary":
        return _report(event, Said.DELAYED, status or "4.0.0")
    return _report(event, Said.FAILED, status or "5.0.0")


def _report(event: Mapping[str, Any], said: Said, status: str = "") -> Report:
    told = record_at(event, "delivery-status")
    code, words = text_at(told, "code"), text_at(told, "message") or text_at(told, "description")
    return Report(
        said,
        text_at(event, "recipient"),
        message_id(text_at(event, "message", "headers", "message-id")),
        status,
        words if words.startswith(code) else f"{code} {words}",
    )


def _headers(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """As they were, of which Mailgun gives a list of pairs; a few from fields where it does not."""
    try:
        pairs = read_json(text_at(body, "message-headers").encode())
    except Unreadable:
        pairs = []
    found = [
        (str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2
    ] if isinstance(pairs, list) else []  # fmt: skip
    names = {name.lower() for name, _ in found}
    for name, field in (("From", "from"), ("Subject", "subject"), ("To", "recipient")):
        if name.lower() not in names:
            yield name, text_at(body, field)
    yield "Delivered-To", text_at(body, "recipient")
    for name, value in found:
        if name.lower() not in REBUILT and not name.lower().startswith("content-"):
            yield name, value

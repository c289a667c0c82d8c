"""What Amazon SES tells by SNS: mail it received, and what became of mail that went out (as of 2026)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crm.rules.providers import Handed, Report, Said, code_in, list_at, message_id, record_at, text_at

NOTHING = frozenset({"Delivery", "Send", "Open", "Click"})
KNOWN_AS_DEAD = frozenset({"NoEmail", "Suppressed", "OnAccountSuppressionList"})
"""Kinds of bounces that mean the address, whatever code came along, if any."""
NEVER_DEAD = frozenset({"MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"})


def handed(body: Mapping[str, Any], key: str) -> Handed:
    """`key`: the name SNS gave it. Events call their kind otherwise than notifications do."""
    kind = text_at(body, "notificationType") or text_at(body, "eventType")
    match kind:
        case "Received":
            return _mail(body, key)
        case "Bounce":
            return Handed(key, f"Bounce, {_bounce_kind(body)}", reports=tuple(_bounces(body)))
        case "Complaint":
            return Handed(key, kind, reports=tuple(_complaints(body)))
        case "DeliveryDelay":
            return Handed(key, kind, reports=tuple(_delays(body)))
    return Handed(key, kind or "something SES does not name", is_known=kind in NOTHING)


def _mail(body: Mapping[str, Any], key: str) -> Handed:
    """Without the action that sends the whole mail along there is only news of it, which is of no use."""
    content = text_at(body, "content")
    if not content:
        return Handed(key, "Received, without the mail itself", is_known=False)
    is_packed = text_at(body, "receipt", "action", "encoding").upper() == "BASE64"
    return Handed(key, "Received", raw=_unpacked(content, is_packed=is_packed))


def _unpacked(content: str, *, is_packed: bool) -> bytes:
    """Not every notification names the encoding; a mail has a colon in its first line, Base64 nowhere."""
    if is_packed or re.fullmatch(r"[A-Za-z0-9+/\s]+=*\s*", content):
        try:
            return base64.b64decode(content)
        except (binascii.Error, ValueError):
            return content.encode("utf-8", "replace")
    return content.encode("utf-8", "replace")


def _bounce_kind(body: Mapping[str, Any]) -> str:
    bounce = record_at(body, "bounce")
    return f"{text_at(bounce, 'bounceType')}/{text_at(bounce, 'bounceSubType')}"


def _bounces(body: Mapping[str, Any]) -> Iterator[Report]:
    bounce, original = record_at(body, "bounce"), _original(body)
    for each in list_at(bounce, "bouncedRecipients"):
        words = text_at(each, "diagnosticCode")
        status = _status(bounce, code_in(text_at(each, "status"), words))
        yield Report(Said.FAILED, text_at(each, "emailAddress"), original, status, words)


def _status(bounce: Mapping[str, Any], said: str) -> str:
    kind, under = text_at(bounce, "bounceType"), text_at(bounce, "bounceSubType")
    if kind == "Permanent" and under in KNOWN_AS_DEAD:
        return "5.1.1"
    if kind == "Permanent" and under not in NEVER_DEAD:
        return said or "5.0.0"
    return f"4{said[1:]}" if said else "4.0.0"


def _complaints(body: Mapping[str, Any]) -> Iterator[Report]:
    for each in list_at(body, "complaint", "complainedRecipients"):
        yield Report(Said.COMPLAINED, text_at(each, "emailAddress"), _original(body))


def _delays(body: Mapping[str, Any]) -> Iterator[Report]:
    for each in list_at(body, "deliveryDelay", "delayedRecipients"):
        words = text_at(each, "diagnosticCode")
        status = code_in(text_at(each, "status"), words) or "4.0.0"
        yield Report(Said.DELAYED, text_at(each, "emailAddress"), _original(body), status, words)


def _original(body: Mapping[str, Any]) -> str:
    """SES puts its own Message-ID over ours. Ours is among the original headers, if they are told."""
    for each in list_at(body, "mail", "headers"):
        if text_at(each, "name").lower() == "message-id":
            return message_id(text_at(each, "value"))
    return message_id(text_at(body, "mail", "commonHeaders", "messageId"))

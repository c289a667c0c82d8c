"""What Amazon SNS sends round every message, and how it is signed (its documents, as of 2026)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crm.rules.providers import text_at

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
KINDS = (NOTIFICATION, CONFIRMATION, "UnsubscribeConfirmation")
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
VERSIONS = ("1", "2")
"""1 signs a SHA-1, 2 a SHA-256."""

_HOST = re.compile(r"sns\.[a-z0-9-]{2,30}\.amazonaws\.com(?:\.cn)?")


def is_amazons(url: str) -> bool:
    """Whether an address is one of SNS itself: https, its host, and nothing that could lead elsewhere.

    Anybody may put any address into a message: a certificate of their own would prove whatever they sign.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = url.isascii() and not any(each in url for each in "\\\r\n\t @")
    return plain and parts.scheme == "https" and port is None and bool(_HOST.fullmatch(parts.netloc))


def is_certificate(url: str) -> bool:
    return is_amazons(url) and urlsplit(url).path.endswith(".pem") and not urlsplit(url).query


def signed_text(message: Mapping[str, Any]) -> bytes:
    """What the signature covers: names and values, each on a line of its own."""
    names = SIGNED if text_at(message, "Type") == NOTIFICATION else SIGNED_CONFIRMATION
    there = ((name, text_at(message, name)) for name in names if name in message)
    return "".join(f"{name}\n{value}\n" for name, value in there).encode("utf-8", "replace")


def signature(message: Mapping[str, Any]) -> bytes:
    """Empty where there is none."""
    try:
        return base64.b64decode(text_at(message, "Signature"), validate=True)
    except (binascii.Error, ValueError):
        return b""

"""What Postmark posts: mail that came in, and what became of ours (its documents, as of 2026)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from crm.rules.providers import (
    Handed,
    PostedFile,
    PostedLetter,
    Report,
    Said,
    code_in,
    list_at,
    message_id,
    record_at,
    text_at,
)

OURS = "message-id"
"""The metadata under which our emails carry their Message-ID: the header X-PM-Metadata-message-id."""
DEAD = {"HardBounce": "5.1.1", "BadEmailAddress": "5.1.3"}
FOR_A_TIME = {
    "SoftBounce": "4.2.0",
    "DnsError": "4.4.0",
    "Blocked": "5.7.1",
    "SpamNotification": "5.7.1",
    "DMARCPolicy": "5.7.1",
    "VirusNotification": "5.7.1",
    "ManuallyDeactivated": "5.7.1",
    "Undeliverable": "4.0.0",
    "Unconfirmed": "4.0.0",
}
NOTHING = frozenset({"Delivery", "Open", "Click"})
NO_BOUNCES = frozenset({"AutoResponder", "AddressChange", "ChallengeVerification", "OpenRelayTest"})
FILES, LETTERS = 20, 200_000
REBUILT = frozenset({"from", "to", "cc", "subject", "date", "reply-to", "mime-version"})
"""Headers Postmark has fields for, or that would say something about parts that are packed anew."""


def handed(body: Mapping[str, Any]) -> Handed:
    """Everything Postmark posts has RecordType, but for mail that came in."""
    kind, name = text_at(body, "RecordType"), text_at(body, "MessageID")
    if not kind and (text_at(body, "From") or record_at(body, "FromFull")):
        return _mail(body, name)
    key = f"{kind}:{text_at(body, 'ID') or name}:{text_at(body, 'Recipient') or text_at(body, 'Email')}"
    match kind:
        case "Bounce":
            return _bounce(body, key)
        case "SpamComplaint":
            return Handed(key, kind, reports=(_report(body, Said.COMPLAINED),))
        case "SubscriptionChange":
            return _subscription(body, f"{key}:{text_at(body, 'ChangedAt')}")
    return Handed(key, kind or "something without a RecordType", is_known=kind in NOTHING)


def _bounce(body: Mapping[str, Any], key: str) -> Handed:
    kind = text_at(body, "Type")
    called = f"Bounce, {kind}"
    if kind in NO_BOUNCES:
        return Handed(key, called)
    if kind == "Unsubscribe":
        return Handed(key, called, reports=(_report(body, Said.UNSUBSCRIBED),))
    if kind == "SpamComplaint":
        return Handed(key, called, reports=(_report(body, Said.COMPLAINED),))
    if kind == "Transient":
        return Handed(key, called, reports=(_report(body, Said.DELAYED, "4.0.0"),))
    status = _status(kind, text_at(body, "Details"))
    if not status:
        return Handed(key, called, is_known=False)
    return Handed(key, called, reports=(_report(body, Said.FAILED, status),))


def _status(kind: str, details: str) -> str:
    """Only where Postmark itself takes an address for dead do the server's own words count."""
    return code_in(details) or DEAD[kind] if kind in DEAD else FOR_A_TIME.get(kind, "")


def _subscription(body: Mapping[str, Any], key: str) -> Handed:
    """Only what the person did: what Postmark does after a bounce is told as a bounce."""
    reason, by = text_at(body, "SuppressionReason"), text_at(body, "Origin")
    called = f"SubscriptionChange, {reason or 'lifted'}"
    if body.get("SuppressSending") is not True or reason != "ManualSuppression" or by != "Recipient":
        return Handed(key, called)
    return Handed(key, called, reports=(_report(body, Said.UNSUBSCRIBED),))


def _report(body: Mapping[str, Any], said: Said, status: str = "") -> Report:
    details = text_at(body, "Details") or text_at(body, "Description")
    return Report(
        said,
        text_at(body, "Email") or text_at(body, "Recipient"),
        message_id(text_at(body, "Metadata", OURS)),
        status,
        details,
    )


def _mail(body: Mapping[str, Any], name: str) -> Handed:
    key, raw = f"mail:{name}", text_at(body, "RawEmail")
    if raw:
        return Handed(key, "Inbound mail", raw=raw.encode("utf-8", "surrogateescape"))
    text, page = text_at(body, "TextBody")[:LETTERS], text_at(body, "HtmlBody")[:LETTERS]
    return Handed(
        key,
        "Inbound mail",
        letter=PostedLetter(tuple(_headers(body)), text, page, tuple(_files(body))),
    )


def _headers(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Its own headers, and those that Postmark took out into fields."""
    for name, field in (("From", "From"), ("To", "To"), ("Cc", "Cc"), ("Reply-To", "ReplyTo")):
        if said := text_at(body, field):
            yield name, said
    yield "Subject", text_at(body, "Subject")
    yield "Date", text_at(body, "Date")
    if recipient := text_at(body, "OriginalRecipient"):
        yield "Delivered-To", recipient
    for each in list_at(body, "Headers"):
        name = text_at(each, "Name")
        if name and name.lower() not in REBUILT and not name.lower().startswith("content-"):
            yield name, text_at(each, "Value")


def _files(body: Mapping[str, Any]) -> Iterator[PostedFile]:
    for each in list_at(body, "Attachments")[:FILES]:
        try:
            octets = base64.b64decode(text_at(each, "Content"))
        except (binascii.Error, ValueError):
            octets = b""
        yield PostedFile(text_at(each, "Name"), text_at(each, "ContentType"), octets)

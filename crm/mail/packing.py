"""A mail's plain values as bytes and back, for a pipe between two processes. JSON holds nothing that runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from crm.rules.inbound import (
    Attachment,
    Complaint,
    Delivery,
    InboundMail,
    Mailbox,
    Receipt,
    Returned,
    Trouble,
)


def packed(mail: InboundMail) -> bytes:
    """Half a pair of surrogates is no UTF-8, so everything beyond ASCII is escaped."""
    return json.dumps(asdict(mail), default=datetime.isoformat).encode("ascii")


def unpacked(octets: bytes) -> InboundMail:
    """Exactly what was packed."""
    values: dict[str, Any] = json.loads(octets)
    for name in ("in_reply_to", "references", "delivered_to"):
        values[name] = tuple(values[name])
    for name in ("sender", "reply_to"):
        values[name] = Mailbox(**values[name])
    values["to"] = tuple(Mailbox(**each) for each in values["to"])
    values["date"] = datetime.fromisoformat(values["date"]) if values["date"] else None
    values["headers"] = _pairs(values["headers"])
    values["attachments"] = tuple(Attachment(**each) for each in values["attachments"])
    values["deliveries"] = tuple(Delivery(**each) for each in values["deliveries"])
    values["returned"] = _returned(values["returned"])
    values["complaint"] = _complaint(values["complaint"])
    values["receipt"] = Receipt(**values["receipt"]) if values["receipt"] else None
    values["troubles"] = tuple(Trouble(each) for each in values["troubles"])
    return InboundMail(**values)


def _returned(values: dict[str, Any] | None) -> Returned | None:
    return Returned(**values | {"headers": _pairs(values["headers"])}) if values else None


def _complaint(values: dict[str, Any] | None) -> Complaint | None:
    return Complaint(values["feedback_type"], tuple(values["recipients"])) if values else None


def _pairs(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs)

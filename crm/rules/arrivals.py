"""Which mail it is, wherever it lies; and what became of it."""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import sha256


class Role(StrEnum):
    """What a folder holds."""

    INBOX = "inbox"
    SENT = "sent"
    JUNK = "junk"


class FoundBy(StrEnum):
    """How it was known whose a mail is, the surest first. `owner`: nothing told it, and he said so."""

    THREAD = "thread"
    ADDRESS = "address"
    SENDER = "sender"
    OWNER = "owner"


HEAD_BYTES = 100_000
_ADDRESS = re.compile(rb"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}", re.ASCII)
_MESSAGE_ID = re.compile(rb"<[^\s<>]{1,400}>")
_FIELD = re.compile(
    rb"^(message-id|from|date|in-reply-to|references):(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE
)


def fingerprint(raw: bytes) -> str | None:
    """The same for one mail in every folder, under every number, however its body is packed.

    From its Message-ID, its sender and its date, because a careless program gives one Message-ID to many.
    None for a mail that has no Message-ID: `of_bytes` tells those apart.
    """
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    found: dict[bytes, bytes] = {}
    for name, value in _FIELD.findall(head):
        found.setdefault(name.lower(), b" ".join(value.split()))
    if not found.get(b"message-id"):
        return None
    said = (found.get(name, b"") for name in (b"message-id", b"from", b"date"))
    return sha256(b"\0".join(said)).hexdigest()


def sender_in(raw: bytes) -> str:
    """The address behind From, read as simply as can be: for a mail nothing else could be made of."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    value = next((value for name, value in _FIELD.findall(head) if name.lower() == b"from"), b"")
    found = _ADDRESS.search(value[:2_000])
    return found[0].decode("ascii").lower() if found else ""


def threads_in(raw: bytes) -> tuple[str, ...]:
    """The Message-IDs such a mail says it answers, what it answers itself first."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    fields = [(name.lower(), value[:8_000]) for name, value in _FIELD.findall(head)]
    answered = [value for name, value in fields if name == b"in-reply-to"]
    before = [value for name, value in fields if name == b"references"]
    found = [*_MESSAGE_ID.findall(b" ".join(answered)), *reversed(_MESSAGE_ID.findall(b" ".join(before)))]
    return tuple(dict.fromkeys(each.decode("ascii", "replace") for each in found))


def of_bytes(raw: bytes) -> str:
    """A mail without a Message-ID is all that it says."""
    return f"raw:{sha256(raw).hexdigest()}"

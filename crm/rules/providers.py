"""Mail providers that hand over what came in: who they are, and what one of their bodies says.

Whatever shape a provider gives it, it is one of four things: a whole mail, a mail in pieces, a report about
an email of ours, or something that changes nothing or that nobody here knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ProviderKind(StrEnum):
    """Who hands it over."""

    POSTMARK = "postmark"
    MAILGUN = "mailgun"
    SES = "ses"


class ParcelState(StrEnum):
    """What became of one. Only a `waiting` one is still read; an `unknown` one is kept and shown."""

    WAITING = "waiting"
    TAKEN = "taken"
    NOTHING = "nothing"
    UNKNOWN = "unknown"
    SEEN = "seen"


class Said(StrEnum):
    """What a report says of an email of ours."""

    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True)
class Report:
    """About one recipient. `status` is an enhanced code (RFC 3463), `diagnostic` the server's own words."""

    said: Said
    recipient: str
    original_id: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class PostedFile:
    """One file of a mail in pieces."""

    name: str
    type: str
    octets: bytes


@dataclass(frozen=True)
class PostedLetter:
    """A mail in pieces: where a provider does not hand over its bytes."""

    headers: tuple[tuple[str, str], ...]
    text: str = ""
    html: str = ""
    files: tuple[PostedFile, ...] = ()


@dataclass(frozen=True)
class Handed:
    """What a body says. `key` is the provider's own name for it, the same at each of its tries.

    `called` is what the provider calls it. One of `raw`, `letter` and `reports` is there, or none: then
    `is_known` says whether that is as it should be.
    """

    key: str
    called: str
    raw: bytes | None = None
    letter: PostedLetter | None = None
    reports: tuple[Report, ...] = ()
    is_known: bool = True

    @property
    def has_something(self) -> bool:
        return bool(self.raw or self.letter or self.reports)


_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_BARE_ID = re.compile(r"[^\s<>]{1,400}@[^\s<>]{1,400}")


def text_at(record: object, *path: str) -> str:
    """The text at this place of a JSON body; empty where there is none, or something else."""
    for name in path:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record if isinstance(record, str) else str(record) if isinstance(record, int) else ""


def record_at(record: object, *path: str) -> Mapping[str, Any]:
    for name in path:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record if isinstance(record, Mapping) else {}


def list_at(record: object, *path: str) -> Sequence[Any]:
    for name in path:
        record = record.get(name) if isinstance(record, Mapping) else None
    return record if isinstance(record, list) else ()


def message_id(text: str) -> str:
    """With its brackets, which some providers leave out; empty for what is none."""
    found = _BARE_ID.search(text)
    return f"<{found[0]}>" if found else ""


def code_in(*texts: str) -> str:
    """The first enhanced code in a server's words."""
    found = (_CODE.search(text) for text in texts)
    return next((match[0] for match in found if match), "")

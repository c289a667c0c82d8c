"""What other programs are told, in which shape, and when it is tried again.

Shape, headers and schedule are those of the Standard Webhooks specification 1.0. A program may be told the
same thing twice, with the same `webhook-id`; it may be told two things in another order than they happened,
and `timestamp` says when they did.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

VERSION = 1
"""Of the payloads. A key may be added; to take one away or give it another meaning is a new version."""
SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each try that failed the next one comes, as the specification recommends."""
JITTER = 0.2
"""A wait is up to so much longer, so that what failed together does not come back together."""
LONGEST_REST = timedelta(hours=24)
"""So long a program may ask to be left alone at most."""
FAILED_FOR = timedelta(days=5)
"""After so long without a single success a program is told nothing any more."""
KEPT = timedelta(days=30)
"""How long what is over is kept in the log."""
KEPT_AT_MOST = 10_000
"""Rows of one program's log."""


class DispatchKind(StrEnum):
    """What happened, as it is called in the payload."""

    INQUIRY_RECEIVED = "inquiry.received"
    STAGE_CHANGED = "stage.changed"
    REPLY_RECEIVED = "reply.received"
    CALL_BOOKED = "call.booked"
    TEST = "test"


class DispatchState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class OffReason(StrEnum):
    """Why a program is told nothing any more, without the owner's doing."""

    GONE = "gone"
    FAILING = "failing"


class Verdict(StrEnum):
    """What an answer means."""

    DELIVERED = "delivered"
    GONE = "gone"
    BUSY = "busy"
    FAILED = "failed"


def verdict(status: int | None) -> Verdict:
    """By the specification: 2xx is success, 410 is the end, 429 and 503 ask for rest, all else failed."""
    match status:
        case int() if 200 <= status < 300:
            return Verdict.DELIVERED
        case 410:
            return Verdict.GONE
        case 429 | 503:
            return Verdict.BUSY
        case _:
            return Verdict.FAILED


def rest_asked_for(retry_after: str, now: datetime) -> timedelta:
    """What the header Retry-After says (RFC 9110 10.2.3): seconds, or an instant; else nothing."""
    words = retry_after.strip()
    if words.isascii() and words.isdigit():
        return min(timedelta(seconds=int(words[:9])), LONGEST_REST)
    try:
        until = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return timedelta(0)
    return min(max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta(0)), LONGEST_REST)


def next_try(tries: int, rest: timedelta, chance: float, now: datetime) -> datetime | None:
    """When, after so many tries, it is tried again; None when that was the last. `chance`: from 0 to 1."""
    if tries > len(SCHEDULE):
        return None
    wait = SCHEDULE[tries - 1]
    return now + max(wait * (1 + JITTER * chance), rest)


def message_id(kind: DispatchKind, about: str, at: datetime) -> str:
    """The name of one thing that happened, the same whenever it is told.

    With its instant, because after the restore of a backup a number may be given a second time.
    """
    named = f"{kind}:{about}:{at.astimezone(UTC).isoformat()}"
    return f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Wants:
    """What a program may know of people beyond their number."""

    contact: bool = False
    words: bool = False


@dataclass(frozen=True)
class Told:
    """One thing that happened. `person` and `facts` may be told to everybody, the others where it is wanted.

    `words`: what they wrote; None where nobody wrote anything.
    """

    kind: DispatchKind
    at: datetime
    person: dict[str, Any]
    contact: dict[str, Any]
    facts: dict[str, Any]
    words: str | None = None


def body_of(told: Told, wants: Wants) -> str:
    """The payload, as it is signed and sent."""
    person = told.person | (told.contact if wants.contact else {})
    facts = told.facts | ({"message": told.words} if wants.words and told.words is not None else {})
    payload = {
        "type": told.kind,
        "timestamp": instant(told.at),
        "version": VERSION,
        "data": {"person": person, **facts},
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def test_body(name: str, now: datetime) -> str:
    """A test has the same shape, and nobody in it."""
    said = {"note": f"A test for {name}. Nothing happened."}
    payload = {"type": DispatchKind.TEST, "timestamp": instant(now), "version": VERSION, "data": said}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def instant(at: datetime) -> str:
    """As in RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

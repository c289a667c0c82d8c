"""The access record: what a line of it says, and how each is sealed to the one before.

A line holds ids and words from closed lists, never what a person is called or wrote. Its seal is an HMAC over
all of it and over the seal before (RFC 2104): whoever has the database without the key can break the chain,
but not mend it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = ""
"""What stands before the first line."""
_WORD = re.compile(r"[a-z0-9_.]{1,80}", re.ASCII)


class Act(StrEnum):
    """What was done."""

    LOOKED = "looked"
    CHANGED = "changed"
    SENT = "sent"
    EXPORTED = "exported"
    ERASED = "erased"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SETTINGS_CHANGED = "settings_changed"
    ROLE_CHANGED = "role_changed"
    TRIED = "tried"
    SHORTENED = "shortened"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Deed:
    """Who did what, to which person or thing. Without `account_id` it happened by itself or at the door.

    `about` is the name of a table and `about_id` a row of it, where the subject is not a person.
    """

    act: Act
    at: datetime
    account_id: int | None = None
    lead_id: int | None = None
    about: str | None = None
    about_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError for facts that could be more than ids and words of ours."""
        if not _is_plain(self.facts):
            raise ValueError(f"the facts of a line are ids and words: {sorted(self.facts)}")


def key_from(secret: str) -> bytes:
    """The key of the seals, from the practice's secret: knowing one says nothing about the other."""
    return hmac.digest(secret.encode(), b"access record", "sha256")


def name_of(key: bytes) -> str:
    """By this a line says under which key it was sealed; it tells nothing of the key."""
    return hashlib.sha256(b"name of " + key).hexdigest()[:12]


def seal(key: bytes, number: int, deed: Deed, previous: str) -> str:
    """The seal of this line, at this place, after that one."""
    said = {
        "number": number,
        "act": deed.act,
        "at": deed.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "account_id": deed.account_id,
        "lead_id": deed.lead_id,
        "about": deed.about,
        "about_id": deed.about_id,
        "facts": deed.facts,
        "previous": previous,
    }
    return _mac(key, said)


def seal_of_anchor(key: bytes, number: int, hash_: str, at: datetime) -> str:
    """The seal of the word that all lines up to this one were put away by the program itself."""
    said = {"anchor": number, "hash": hash_, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return _mac(key, said)


def _mac(key: bytes, said: Mapping[str, object]) -> str:
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def _is_plain(value: object) -> bool:
    match value:
        case None | bool() | int():
            return True
        case str():
            return _WORD.fullmatch(value) is not None
        case list():
            return all(map(_is_plain, value))
        case dict():
            return all(_is_plain(each) for pair in value.items() for each in pair)
        case _:
            return False

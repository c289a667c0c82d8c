"""What a mail provider posts: kept in the request, as mails; a worker reads them (flows/posted)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.mail.mailbox import MOST_BYTES
from crm.mail.rebuilt import mail_about, mail_of
from crm.models import MailParcel, MailProvider
from crm.rules.providers import ParcelState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from crm.rules.providers import Handed

UNKNOWN_AT_MOST = 200
"""So many that nobody knows are kept with their bytes; no person looks through more."""
UNKNOWN_BYTES = 20_000


class UsedBefore(Exception):  # noqa: N818 - a fact about a signature
    """Its signature has come with another body: somebody has copied it."""


@dataclass(frozen=True)
class Mailpiece:
    """One mail out of what was handed over."""

    key: str
    raw: bytes
    state: ParcelState


def keep(provider: MailProvider, handed: Handed, nonce: str, now: datetime) -> bool:
    """Write it down. False where all of it has come before. Raises UsedBefore."""
    pieces = list(_pieces(provider, handed))
    used = MailParcel.keys_of(provider.id, nonce) if nonce else set()
    if used - {each.key for each in pieces}:
        raise UsedBefore
    provider.told(handed.called, now)
    new = [each for each in pieces if _is_new(provider, each, handed.called, nonce, now)]
    return bool(new)


def keep_unread(provider: MailProvider, body: bytes, why: str, now: datetime) -> None:
    """It came with the right token and cannot be read: shown to the owner."""
    piece = Mailpiece(_by_bytes(body), body[:UNKNOWN_BYTES], ParcelState.UNKNOWN)
    _is_new(provider, piece, why, "", now)
    provider.last_at, provider.trouble = now, why


def _pieces(provider: MailProvider, handed: Handed) -> Iterator[Mailpiece]:
    """A report on several people is a mail for each. What nobody knows is kept as it came."""
    if handed.raw is not None:
        yield Mailpiece(handed.key, handed.raw, ParcelState.WAITING)
    elif handed.letter is not None:
        yield Mailpiece(handed.key, mail_of(handed.letter), ParcelState.WAITING)
    elif not handed.reports:
        state = ParcelState.NOTHING if handed.is_known else ParcelState.UNKNOWN
        yield Mailpiece(handed.key, b"", state)
    for number, report in enumerate(handed.reports):
        raw = mail_about(report, handed.key, provider.kind)
        yield Mailpiece(f"{handed.key}#{number}" if number else handed.key, raw, ParcelState.WAITING)


def _is_new(provider: MailProvider, piece: Mailpiece, called: str, nonce: str, now: datetime) -> bool:
    """The unique key decides, also between two tries at once."""
    if MailParcel.came(provider.id, piece.key):
        return False
    if piece.state is ParcelState.UNKNOWN and _too_many_unknown():
        return False
    parcel = MailParcel(
        provider_id=provider.id,
        key=piece.key,
        nonce=nonce,
        called=called[:200],
        arrived_at=now,
        size=len(piece.raw),
        state=piece.state,
        raw=piece.raw[:MOST_BYTES],
    )
    try:
        with db.session.begin_nested():
            db.session.add(parcel)
    except sa.exc.IntegrityError:
        return False
    return True


def _too_many_unknown() -> bool:
    beyond = MailParcel.unknown().with_only_columns(MailParcel.id).offset(UNKNOWN_AT_MOST).limit(1)
    return db.session.scalar(beyond) is not None


def _by_bytes(body: bytes) -> str:
    return f"bytes:{sha256(body).hexdigest()}"


def key_of(message: Mapping[str, Any], body: bytes) -> str:
    """What SNS calls it; what it is, where it has no name."""
    name = message.get("MessageId")
    return name if isinstance(name, str) and name else _by_bytes(body)

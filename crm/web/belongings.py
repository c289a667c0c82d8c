"""Whose things an address names: what somebody may not see is not there for them, by any address.

Asked before each request of an account that does not see everything, whatever the route goes on to do. Its
readers look through views (models/eyes); a transaction that writes does not, and so this stands before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import abort, request

from crm.db import EYES, db
from crm.models import (
    Alias,
    Booking,
    Event,
    Incoming,
    Lead,
    Merge,
    Message,
    Offer,
    Passkey,
    PeopleImport,
    SavedView,
    SignIn,
    Sweep,
    Tag,
    Undo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMED: dict[str, tuple[Any, ...]] = {
    "lead_id": (Lead.id, Alias.id),
    "other_id": (Lead.id, Alias.id),
    "message_id": (Message.id,),
    "booking_id": (Booking.id,),
    "merge_id": (Merge.id,),
    "event_id": (Event.id,),
    "undo_id": (Undo.id,),
    "first": (Undo.id,),
    "last": (Undo.id,),
    "mail_id": (Incoming.id,),
    "sweep_id": (Sweep.id,),
    "import_id": (PeopleImport.id,),
    "view_id": (SavedView.id,),
    "tag_id": (Tag.id,),
    "passkey_id": (Passkey.id,),
    "offer_id": (Offer.id,),
    "sign_in_id": (SignIn.id,),
}
"""What a part of an address names that may be somebody's. A record that was merged leads to another."""

OF_THE_PRACTICE = frozenset(
    {
        "sequence_id",
        "template_id",
        "number",
        "step",
        "key",
        "edition_id",
        "form_id",
        "listener_id",
        "dispatch_id",
        "source_id",
        "delivery_id",
        "rule_id",
        "account_id",
        "colleague_id",
        "invitation_id",
        "provider_id",
        "day_id",
        "vacancy_id",
    }
)
"""These are nobody's in particular."""


def ask() -> None:
    """404 for what they can't see, as for what does not exist; also for what stands in neither list."""
    for name, value in (request.view_args or {}).items():
        if name not in OF_THE_PRACTICE and not _is_there(name, value):
            abort(404)


def seen(model: type[Message | Lead], row_ids: Iterable[int]) -> list[int]:
    """Of the rows that a form names, those which who is signed in can see; for most that is all of them."""
    asked = list(row_ids)
    if EYES not in db.session().info:
        return asked
    there = set(db.session.scalars(sa.select(model.id).where(model.id.in_(asked))))
    return [each for each in asked if each in there]


def _is_there(name: str, row_id: int) -> bool:
    ways = (sa.exists().where(column == row_id) for column in NAMED.get(name, ()))
    return bool(db.session.scalar(sa.select(sa.or_(sa.false(), *ways))))

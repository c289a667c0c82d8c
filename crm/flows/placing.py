"""A mail nobody could be found for: who it may be from, and what follows once the owner has said so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm.db import db
from crm.flows import inbox, triage
from crm.flows.acquaintance import Contact, Introduction, introduce
from crm.flows.resemblance import CANDIDATES, Resemblance
from crm.mail.parse import parse
from crm.models import Event, Incoming, RawMail, Reply, Suppression, Undo
from crm.models.search_entry import tokens_of
from crm.rules.addresses import normalize_email
from crm.rules.intake import NAME_LIMIT, clean_line
from crm.rules.likeness import Names, Sign, Traits, compare, likeness, mailbox_key, name_key
from crm.rules.search_words import near_words
from crm.sealed import known_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm.models import Account, Lead

HEAD = 20_000
"""Bytes among which a mail's own name is looked for."""
PLACED = "placed"
"""Under this word an Undo keeps what else has to be put back."""


def name_of(incoming: Incoming) -> str:
    """What the sender goes by in their own mail; empty where it says nothing or is not kept any more.

    Only the head is read, and of no mail that broke its reader.
    """
    if incoming.quarantined_at is not None:
        return ""
    raw = db.session.scalar(sa.select(RawMail.raw).where(RawMail.incoming_id == incoming.id)) or b""
    head = raw[:HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    name = clean_line(parse(head + b"\n\n").sender.name, NAME_LIMIT)
    return "" if "@" in name else name


def proposals(name: str, email: str) -> list[Resemblance]:
    """Who it may be from, the likeliest first: nearly the same address, or the very same name."""
    asked = {
        "id": 0,
        "near": tokens_of(near_words(name, email)),
        "mailbox_key": mailbox_key(normalize_email(email)) if email else None,
        "phone_key": None,
        "name_key": name_key(name),
    }
    sender = Traits(name, email or None)
    people = db.session.execute(CANDIDATES, asked).all()
    alike = (Resemblance(each, _signs(sender, Traits(each.name, each.email, each.phone))) for each in people)
    found = [each for each in alike if each.signs]
    return sorted(found, key=lambda each: (each.is_doubtful, -len(each.signs), -each.lead.id))


def _signs(sender: Traits, other: Traits) -> tuple[Sign, ...]:
    """People write from another address than the one they gave: here a whole name asks by itself."""
    same_name = compare(sender.name, other.name) is Names.SAME
    return likeness(sender, other) or ((Sign.SAME_NAME,) if same_name else ())


def give(incoming: Incoming, lead: Lead, account_id: int, now: datetime) -> Undo:
    """It is this person's, and counts as if that had been known at once."""
    undo = Undo.remember(lead, account_id, now)
    kept = _as_it_was(incoming, lead)
    incoming.belongs_to(lead, now)
    inbox.attach(incoming, lead, now)
    db.session.flush()
    undo.before = undo.before | {PLACED: kept}
    return undo


def introduce_sender(incoming: Incoming, account: Account, now: datetime) -> Lead:
    """Somebody new, with this as their first words. Nothing is sent to them by itself.

    Raises AlreadyKnown where the address has become somebody's meanwhile; ValueError without an address.
    """
    contact = Contact(name_of(incoming), incoming.sender)
    lead = introduce(Introduction(contact), account, now)
    incoming.belongs_to(lead, now)
    inbox.attach(incoming, lead, now)
    return lead


def take_back(incoming: Incoming, undo: Undo, now: datetime) -> bool:
    """It was somebody else's: the words leave this person's story, and what they stopped goes on.

    False where that is no longer possible, and for an Undo of anything else.
    """
    kept = undo.before.get(PLACED, {})
    if kept.get("incoming_id") != incoming.id or not triage.take_back(undo, now):
        return False
    lead, reply_id = undo.lead, incoming.reply_id
    incoming.wait_again()
    lead.heard_at, lead.replied_at = _instant(kept["heard_at"]), _instant(kept["replied_at"])
    for wish in _wishes(set(kept["free"])):
        wish.lift(now)
    db.session.flush()
    if reply_id is not None and reply_id not in kept["replies"]:
        db.session.execute(sa.delete(Event).where(Event.reply_id == reply_id))
        db.session.delete(db.session.get_one(Reply, reply_id))
    db.session.expire(lead)
    return True


def _as_it_was(incoming: Incoming, lead: Lead) -> dict[str, Any]:
    """What an Undo does not keep of itself. `free`: addresses at which nothing was wished yet."""
    others = lead.wish_keys - {known_as(normalize_email(incoming.sender))}
    return {
        "incoming_id": incoming.id,
        "heard_at": _plain(lead.heard_at),
        "replied_at": _plain(lead.replied_at),
        "replies": list(db.session.scalars(sa.select(Reply.id).where(Reply.lead_id == lead.id))),
        "free": sorted(key for key in others if Suppression.unsubscribed(key) is None),
    }


def _wishes(address_keys: set[str]) -> Iterator[Suppression]:
    return (wish for key in sorted(address_keys) if (wish := Suppression.unsubscribed(key)))


def _plain(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(plain: str | None) -> datetime | None:
    return datetime.fromisoformat(plain) if plain else None
